"""XML with the elements of the schema `lab-results/1`: the same tree, and neither document type nor entity."""

from typing import Any

from lxml import etree

from labs.formats.table import Table, refused
from labs.formats.tree import SCHEMA, Misshapen, table_of

_ROOT = "lab-results"
_LISTS = {"samples": "sample", "results": "row", "seals": "seal", "photos": "photo"}
"""What holds a list, and the name of each entry."""


def read(data: bytes) -> Table:
    """Give one row a result, numbered from 1 in the order of `results`; a tree outside the schema is refused."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:  # another encoding would hide the words
        return refused("document-type", found=_ROOT)
    # Nothing is resolved, fetched or allowed to grow; what the look above missed stays unread.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
        if root.tag != _ROOT:
            return refused("format-unknown", found=str(root.tag)[:60], expected=f"<{_ROOT}>")
        return table_of({"schema": root.get("schema", ""), **_fields(root)})
    except etree.XMLSyntaxError as error:
        return refused("xml-broken", found=str(error))
    except Misshapen as error:
        return refused("xml-shape", found=str(error), expected=SCHEMA)


def _fields(element: etree._Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    _expect_bare(element)
    for child in element.iterchildren(etree.Element):
        if child.tag in found:
            raise Misshapen(f"{child.tag}: stands twice")
        found[str(child.tag)] = _value(child)
    return found


def _expect_bare(element: etree._Element) -> None:
    """What holds elements holds no text beside them, and none of them has attributes."""
    texts = (element.text, *(child.tail for child in element.iterchildren()))
    named = any(child.attrib for child in element.iterchildren(etree.Element))
    if named or any((text or "").strip() for text in texts):
        raise Misshapen(f"{element.tag}: text or attributes beside its elements")


def _value(element: etree._Element) -> Any:
    entry = _LISTS.get(str(element.tag))
    if entry:
        _expect_bare(element)
        if any(child.tag not in {entry, etree.Comment} for child in element.iterchildren()):
            raise Misshapen(f"{element.tag}: holds {entry} alone")
        return [_fields(child) for child in element.iterchildren(entry)]
    if len(element):
        return _fields(element)
    return element.text or ""
