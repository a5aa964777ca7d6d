"""Choices: whether an element belongs to something that the buyer may add or choose, but has not."""

from lxml.html import HtmlElement

_NEAR = 4
_ROW = 3


def is_unchosen(element: HtmlElement) -> bool:
    """Tell whether the element names a box not ticked, or one of several choices of which another is made."""
    inner: HtmlElement | None = element
    for _ in range(_NEAR):
        if inner is None or not isinstance(inner.tag, str):
            return False
        if inner.get("aria-checked") == "false":
            return True
        if inner.tag == "label":
            return _is_open(inner)
        inner = inner.getparent()
    return False


def _is_open(label: HtmlElement) -> bool:
    before = label.getprevious()
    field = label.find(".//input")
    if field is None and before is not None and before.tag == "input":
        field = before
    if field is None or field.get("checked") is not None:
        return False
    match field.get("type"):
        case "checkbox":
            return True
        case "radio":
            return _another_is_made(label, field)
        case _:
            return False


def _another_is_made(label: HtmlElement, field: HtmlElement) -> bool:
    """Whether a button of the same group is pressed; they stand together, or share a name."""
    outer = label
    for _ in range(_ROW):
        above = outer.getparent()
        if above is None:
            break
        outer = above
    group = (one for one in outer.iter("input") if one.get("type") == "radio" and one.get("name") == field.get("name"))
    return any(one.get("checked") is not None for one in group)
