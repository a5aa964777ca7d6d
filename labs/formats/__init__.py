"""A laboratory's file: told by its content, read by its format, checked as a whole."""

from collections.abc import Callable, Mapping

from labs.formats import csv, json, xlsx
from labs.formats.assembly import assemble
from labs.formats.table import Expected, Table, refusal
from labs.report import Reading
from labs.result import Finding
from sampling.digest import sha256

MOST_BYTES = 20 * 1024 * 1024

FORMATS: Mapping[str, Callable[[bytes], Table]] = {
    "csv": csv.read,
    "json": json.read,
    "xlsx": xlsx.read,
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = ((b"%PDF", "pdf"), (b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"\x1f\x8b", "gzip"), (b"<", "markup"))


def read(data: bytes, name: str, expected: Expected) -> Reading:
    """Give the reports of a file and every finding, or the one finding that refuses it."""
    refused = _refusal(data)
    if refused:
        return Reading((), (refused,))
    form = sniff(data)
    reading = assemble(FORMATS[form](data), sha256(data), expected)
    ending = name.rpartition(".")[2].lower()
    if ending == form:
        return reading
    lie = Finding("extension-differs", "warn", None, None, ending, form)
    return Reading(reading.reports, (lie, *reading.findings))


def sniff(data: bytes) -> str:
    """Give the format that the content shows, whatever the file is called."""
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    return "json" if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else "csv"


def _refusal(data: bytes) -> Finding | None:
    if not data.strip():
        return refusal("file-empty")
    if len(data) > MOST_BYTES:
        return refusal("file-too-large", found=str(len(data)), expected=str(MOST_BYTES))
    if data.startswith(_OLE):
        return refusal("encrypted-or-old", expected=".xlsx, .csv, .json")
    other = next((kind for mark, kind in _OTHERS if data.startswith(mark)), None)
    return refusal("format-unknown", found=other, expected=".xlsx, .csv, .json") if other else None


__all__ = ["FORMATS", "Expected", "read", "sniff"]
