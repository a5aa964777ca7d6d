"""Markup: the product that a page describes for machines, in JSON-LD, microdata, RDFa, Open Graph or its state."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import html as lxml_html

from platforms.errors import NoLiteral
from platforms.literal import literal_of
from platforms.meta import meta_fields
from platforms.product import is_asked, is_here, product_fields, product_nodes
from platforms.scopes import MICRODATA, RDFA, Syntax, items
from platforms.state import state_fields

_PARSER = lxml_html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)

_ENOUGH = frozenset({"price", "currency", "sku", "available", "brand"})

SURENESS: Mapping[str, int] = {"json-ld": 80, "microdata": 78, "rdfa": 75, "open-graph": 70, "state": 65}


@dataclass(frozen=True, slots=True)
class Stated:
    """One value, where the page states it, and how sure that is, 0 to 100."""

    value: str
    source: str
    sureness: int = 75


def parsed(html: str) -> lxml_html.HtmlElement:
    """Give the page as a tree; an empty page as an empty one."""
    plain = html.strip().replace("\x00", "") or "<html></html>"
    return lxml_html.document_fromstring(plain.encode("utf-8", "replace"), parser=_PARSER)


def stated(tree: lxml_html.HtmlElement, url: str = "") -> dict[str, Stated]:
    """Give what the page states of its product by field name; JSON-LD first, the state last."""
    found: dict[str, Stated] = {}
    title = _title(tree)
    readers: tuple[tuple[str, Callable[[], Mapping[str, str]]], ...] = (
        ("json-ld", lambda: _from_json_ld(tree, url, title)),
        ("microdata", lambda: _from_scopes(tree, MICRODATA, url, title)),
        ("rdfa", lambda: _from_scopes(tree, RDFA, url, title)),
        ("open-graph", lambda: meta_fields(tree)),
        ("state", lambda: state_fields(tree, found["title"].value if "title" in found else title, url)),
    )
    for source, read in readers:
        if source == "state" and found.keys() >= _ENOUGH:
            break  # the search through scripts is the dearest
        own = {name: value for name, value in read().items() if value.strip()}
        if source == "state" and "\n" in _value(found, "variants"):
            own.pop("sku", None)  # the scripts hold one of the variants, and nobody said which is meant
        own |= {"sku": own["asked_sku"]} if "asked_sku" in own else {}
        if "price" in found:
            own.pop("currency", None) if "currency" in found else None
            own.pop("high_price", None)
        for name, value in own.items():
            text = value if name in {"picture", "variants"} else " ".join(value.split())
            found[name] = _joined(found[name], text) if name in found else Stated(text, source, SURENESS[source])
    return found


def _value(found: Mapping[str, Stated], name: str) -> str:
    return found[name].value if name in found else ""


def _joined(first: Stated, value: str) -> Stated:
    """A second place that says the same makes it surer."""
    if first.value.casefold() == value.casefold():
        return Stated(first.value, first.source, min(first.sureness + 8, 95))
    return first


def _title(tree: lxml_html.HtmlElement) -> str:
    heading = next((words for element in tree.iter("h1") if (words := " ".join(element.text_content().split()))), "")
    return heading or next((" ".join((element.text or "").split()) for element in tree.iter("title")), "")


def _from_json_ld(tree: lxml_html.HtmlElement, url: str, title: str) -> dict[str, str]:
    nodes = []
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            try:
                text = _unwrapped(script.text or "")
                plain = text.lstrip().startswith(("{", "[")) and text.count('"') > 1
                nodes += list(product_nodes(literal_of(text if plain else html.unescape(text))))
            except NoLiteral:  # one broken block must not hide the others
                continue
    return _likeliest(nodes, url, title)


def _unwrapped(text: str) -> str:
    return re.sub(r"^\s*(?://\s*)?(?:<!\[CDATA\[|<!--)|(?://\s*)?(?:\]\]>|-->)\s*$", "", text)


def _from_scopes(tree: lxml_html.HtmlElement, syntax: Syntax, url: str, title: str) -> dict[str, str]:
    return _likeliest([node for item in items(tree, syntax) for node in product_nodes(item)], url, title)


def _likeliest(nodes: Sequence[Mapping[str, Any]], url: str, title: str) -> dict[str, str]:
    """Of several products the one that the address asks for, then the one named like the page, then one priced."""
    asked = [node for node in nodes if is_asked(node, url)] or [node for node in nodes if is_here(node, url)]
    products = [product_fields(node, url) for node in asked or nodes]
    words = set(re.findall(r"\w+", title.lower()))

    def rank(fields: Mapping[str, str]) -> tuple[float, bool]:
        own = set(re.findall(r"\w+", fields.get("title", "").lower()))
        return (round(len(own & words) / max(len(own | words), 1), 1) if words else 0.0, "price" in fields)

    return max(products, key=rank, default={})
