"""Oscar's catalogue and search pages answered from its own tables, with no search server beside."""

import json
from collections.abc import Iterator
from typing import Any

from haystack.backends import BaseEngine, BaseSearchBackend, BaseSearchQuery, SearchNode
from haystack.models import SearchResult
from oscar.apps.catalogue.models import Product

# The sort fields Oscar's form asks for → columns; the last resort keeps pages stable.
ORDERS = {
    "title_exact": "title",
    "date_created": "date_created",
    "price": "stockrecords__price",
    "rating": "rating",
}


class Backend(BaseSearchBackend):  # type: ignore[misc]
    """Finds public products by category and by words in their title, attributes or seller."""

    def update(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing: the tables are the index."""

    def remove(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing, as update()."""

    def clear(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing, as update()."""

    def search(self, query_string: str, **how: Any) -> dict[str, Any]:
        """The asked slice of the products found, and how many there are."""
        wanted = json.loads(query_string)
        found = Product.objects.browsable().base_queryset()
        if "category" in wanted:
            found = found.filter(categories__in=wanted["category"])
        for word in wanted.get("content", "").split():
            found = found.filter(title__icontains=word) | found.filter(stockrecords__partner__name__icontains=word)
        found = found.distinct().order_by(*_columns(how.get("sort_by")), "pk")
        page = found[how.get("start_offset") or 0 : how.get("end_offset")]
        return {"results": [_result(product) for product in page], "hits": found.count()}


def _columns(sort_by: Any) -> Iterator[str]:
    for field in sort_by or ():
        name = field.lstrip("-")
        yield ("-" if field.startswith("-") else "") + ORDERS.get(name, name)


def _result(product: Any) -> SearchResult:
    result = SearchResult("catalogue", "product", product.pk, 0)
    result._object = product
    return result


class Query(BaseSearchQuery):  # type: ignore[misc]
    """Haystack's tree of filters as JSON: {"category": [ids], "content": "words"}."""

    def build_query(self) -> str:
        """The filters of the form; those on visibility are the backend's own business."""
        return json.dumps(dict(self._filters(self.query_filter)))

    def _filters(self, node: SearchNode) -> Iterator[tuple[str, Any]]:
        for child in node.children:
            if isinstance(child, SearchNode):
                yield from self._filters(child)
                continue
            name, value = child
            field = name.split("__")[0]
            if field in ("category", "content"):
                yield field, getattr(value, "query_string", value)

    def matching_all_fragment(self) -> str:
        """Oscar always filters, so that this is never asked; Haystack wants it defined."""
        return "*"


class Engine(BaseEngine):  # type: ignore[misc]
    """What HAYSTACK_CONNECTIONS names."""

    backend = Backend
    query = Query
