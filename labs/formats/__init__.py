"""A laboratory's file: told by its content, read by its format, checked as a whole."""

from collections.abc import Callable, Mapping

from labs.formats import csv, json, xlsx, xml
from labs.formats.assembly import assemble
from labs.formats.table import Expected, Table, refusal
from labs.report import Reading
from labs.result import Finding
from sampling.digest import sha256

MOST_BYTES = 100 * 1024 * 1024

FORMATS: Mapping[str, Callable[[bytes], Table]] = {
    "csv": csv.read,
    "json": json.read,
    "xlsx": xlsx.read,
    "xml": xml.read,
}
ENDINGS = ".xlsx, .csv, .json, .xml"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%pdf", "pdf"), (b"\x89png", "png"), (b"\xff\xd8\xff", "jpeg"), (b"\x1f\x8b", "gzip"), (b"<html", "html"),
    (b"<!doctype", "html"),
)  # fmt: skip
"""Compared with the first bytes in small letters."""


def read(data: bytes, name: str, expected: Expected) -> Reading:
    """Give the reports of a file and every finding, or the one finding that refuses it."""
    digest = sha256(data)
    refused = _refusal(data, digest, expected)
    if refused:
        return Reading((), (refused,))
    form = sniff(data)
    reading = assemble(FORMATS[form](data), digest, expected)
    ending = name.rpartition(".")[2].lower()
    if ending == form:
        return reading
    lie = Finding("extension-differs", "warn", None, None, ending, form)
    return Reading(reading.reports, (lie, *reading.findings), reading.results)


def sniff(data: bytes) -> str:
    """Give the format that the content shows, whatever the file is called."""
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    start = data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"{"):
        return "json"
    return "xml" if start.startswith(b"<") else "csv"


def refusal_of_size(size: int) -> Finding:
    """Give the finding that refuses a file for its size, which is known before its content."""
    return refusal("file-too-large", found=str(size), expected=str(MOST_BYTES))


def _refusal(data: bytes, digest: str, expected: Expected) -> Finding | None:
    if not data[:200].strip() and not data.strip():
        return refusal("file-empty")
    if expected.announced and expected.announced != digest:
        return refusal("file-cut", found=digest, expected=expected.announced)
    if len(data) > MOST_BYTES:
        return refusal_of_size(len(data))
    if data.startswith(_OLE):
        return refusal("encrypted-or-old", expected=ENDINGS)
    other = next((kind for mark, kind in _OTHERS if data[:9].lower().startswith(mark)), None)
    return refusal("format-unknown", found=other, expected=ENDINGS) if other else None


__all__ = ["FORMATS", "Expected", "read", "sniff"]
