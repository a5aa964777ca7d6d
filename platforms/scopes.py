"""Scopes: microdata and RDFa, whose items are marked on the page's own elements, as nodes like those of JSON-LD."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

_LINKED = frozenset({"url", "image", "availability", "itemCondition", "sameAs", "thumbnail", "logo", "priceValidUntil"})


@dataclass(frozen=True, slots=True)
class Syntax:
    """The attributes by which a syntax marks an item, its type and its properties."""

    name: str
    scope: str
    kind: str
    property: str


MICRODATA = Syntax("microdata", "itemscope", "itemtype", "itemprop")
RDFA = Syntax("rdfa", "typeof", "typeof", "property")


def items(tree: HtmlElement, syntax: Syntax) -> list[Mapping[str, Any]]:
    """Give the outermost items of the page; properties outside any item make one of their own."""
    marked = tree.xpath(f"//body//*[@{syntax.property} or @{syntax.scope}]")
    nodes: dict[HtmlElement, dict[str, Any]] = {}
    loose: dict[str, Any] = {}
    top: list[Mapping[str, Any]] = []
    referred = dict(_referred(tree, marked))
    for element in marked:
        if element.get(syntax.scope) is not None:
            nodes[element] = {"@type": (element.get(syntax.kind) or "").split()}
        names = (element.get(syntax.property) or "").split()
        owner = referred.get(element) if element in referred else _owner(element, nodes)
        if element in nodes and (not names or owner is None):
            top.append(nodes[element])
        if names:
            node = loose if owner is None else nodes.get(owner, loose)
            value = (
                nodes[element] | _text_too(element, nodes[element]) if element in nodes else _value(element, names[0])
            )
            if element in nodes and isinstance(value, dict):
                nodes[element].update(value)
                value = nodes[element]
            for name in names:
                _add(node, name.rpartition(":")[2].rpartition("/")[2], value)
    return [*top, *([{"@type": ["Product"], **loose}] if syntax is MICRODATA and "price" in loose else [])]


def _referred(tree: HtmlElement, marked: list[HtmlElement]) -> Iterator[tuple[HtmlElement, HtmlElement]]:
    """The elements that an item takes in by `itemref` although they stand outside it."""
    for scope in marked:
        for name in (scope.get("itemref") or "").split():
            for place in tree.xpath("//*[@id=$name]", name=name):
                for element in place.iter():
                    inner = (above for above in element.iterancestors() if above.get("itemscope") is not None)
                    if place not in {*_until(next(inner, None))} and element.get("itemprop"):
                        yield element, scope


def _until(element: HtmlElement | None) -> list[HtmlElement]:
    return [] if element is None else [element, *element.iterancestors()]


def _owner(element: HtmlElement, nodes: Mapping[HtmlElement, Any]) -> HtmlElement | None:
    return next((above for above in element.iterancestors() if above in nodes), None)


def _add(node: dict[str, Any], name: str, value: Any) -> None:
    if value in ("", None):
        return
    if name not in node:
        node[name] = value
    elif isinstance(node[name], list):
        node[name].append(value)
    else:
        node[name] = [node[name], value]


def _text_too(element: HtmlElement, node: Mapping[str, Any]) -> dict[str, Any]:
    """An item without a name of its own is named by its text."""
    return {} if len(node) > 1 or element.find(".//*[@itemprop]") is not None else {"name": _line(element)}


def _value(element: HtmlElement, name: str) -> str:
    stated = element.get("content") or element.get("datetime") or element.get("resource")
    if stated:
        return str(stated).strip()
    if element.tag in {"data", "meter"} and element.get("value"):
        return str(element.get("value"))
    linked = element.get("href") or element.get("src") or element.get("data-src") or ""
    if name in _LINKED and linked:
        return str(linked)
    return _line(element) or str(linked)


def _line(element: HtmlElement) -> str:
    return " ".join(" ".join(map(str, element.itertext())).split())[:400]
