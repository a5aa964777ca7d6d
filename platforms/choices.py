"""Choices: whether an element belongs to something that the buyer may add or choose, but has not."""

import re

from lxml.html import HtmlElement

_NEAR = 4
_CHOSEN = re.compile(r"(?<!\bnot)(?:^|[\s_-])(?:is-?)?(?:selected|active|checked|chosen)(?=$|[\s_-])", re.I)
_SLIDING = re.compile(r"slide|swiper|carousel|tab", re.I)
_STATES = ("aria-checked", "aria-selected", "aria-pressed", "aria-current")
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


def is_chosen(element: HtmlElement) -> bool:
    """Tell whether the element belongs to the one of several choices that is made."""
    inner: HtmlElement | None = element
    for _ in range(_NEAR):
        if inner is None or not isinstance(inner.tag, str):
            return False
        if _is_made(inner):
            beside = (*inner.itersiblings(inner.tag), *inner.itersiblings(inner.tag, preceding=True))
            if any(not _is_made(one) for one in beside):
                return True
        inner = inner.getparent()
    return False


def _is_made(choice: HtmlElement) -> bool:
    if choice.get("selected") is not None or any(choice.get(state) == "true" for state in _STATES):
        return True
    if choice.tag in {"label", "li", "tr"} and (field := _field(choice)) is not None:
        return field.get("checked") is not None
    names = choice.get("class") or ""
    return _CHOSEN.search(names) is not None and not _SLIDING.search(names)


def _field(choice: HtmlElement) -> HtmlElement | None:
    """The button or box that belongs to a choice: in it, or right before it."""
    before = choice.getprevious()
    field = choice.find(".//input")
    return before if field is None and before is not None and before.tag == "input" else field


def _is_open(label: HtmlElement) -> bool:
    field = _field(label)
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
