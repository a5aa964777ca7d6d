"""The rules about what an archive records: its records, the index to them, and the tables that tell of them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sampling.digest import sha256
from sampling.errors import UnreadableArchive
from sampling.evidence import warc
from sampling.evidence.archive_rules import within
from sampling.evidence.blocks import plain
from sampling.evidence.exchange import Fate
from sampling.evidence.sentences import Fault
from sampling.evidence.wacz import ARCHIVE, INDEX, PAGES
from sampling.evidence.warc import Record

PROVENANCE, REQUESTS = "evidence/provenance.json", "evidence/requests.jsonl"
_SAME = ("capture", "case", "kind", "reason", "requested_url", "final_url", "status", "started_at", "ended_at")


def records(members: Mapping[str, bytes]) -> tuple[Record, ...] | None:
    """Give the archive's records, every digest recomputed; None when one of them is not what it says."""
    try:
        return tuple(warc.records(members.get(ARCHIVE, b"")))
    except UnreadableArchive:
        return None


def recorded(members: Mapping[str, bytes], held: Sequence[Record], record: Mapping[str, Any]) -> Iterator[Fault]:
    """Give every table of the archive that does not fit its records or the manifest."""
    if not _fits_counts(held, record["completeness"]):
        yield Fault("bad_counts", within(ARCHIVE))
    rows = _rows(members.get(REQUESTS, b""))
    if rows is None or not _is_counted(rows, record["completeness"]):
        yield Fault("bad_counts", within(REQUESTS))
    elif not _fits_bodies(rows, held):
        yield Fault("other_body", within(REQUESTS))
    if INDEX in members and not _guarded(_fits_index, members[INDEX], held):
        yield Fault("bad_index", within(INDEX))
    if PAGES in members and not _guarded(_fits_pages, members[PAGES], record):
        yield Fault("other_visit", within(PAGES))
    if not _guarded(_fits_visit, members.get(PROVENANCE, b""), record):
        yield Fault("other_visit", within(PROVENANCE))


def counts(held: Sequence[Record]) -> dict[str, int]:
    """Give how many records of each kind the archive holds."""
    kinds = [one.kind for one in held]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def _fits_counts(held: Sequence[Record], due: Mapping[str, Any]) -> bool:
    """Each request leaves a note; all but the gaps leave what was asked as well."""
    notes = sum(one.kind == "metadata" and one.header("content-type") != warc.LINES for one in held)
    asked = sum(one.kind == "request" for one in held)
    made, lost = int(due["requests"]), len(due["gaps"])
    return notes == made == due["recorded"] + due["failed"] + lost and asked == made - lost


def _rows(data: bytes) -> list[dict[str, Any]] | None:
    try:
        rows = [json.loads(line) for line in data.splitlines()]
    except (ValueError, RecursionError):
        return None
    return rows if all(isinstance(row, dict) for row in rows) else None


def _is_counted(rows: Sequence[Mapping[str, Any]], due: Mapping[str, Any]) -> bool:
    fates = [row.get("fate") for row in rows]
    gaps = [{"url": row.get("url"), "reason": row.get("gap")} for row in rows if row.get("fate") == Fate.GAP]
    cut = sum(row.get("truncated") is not None for row in rows)
    found = (len(rows), fates.count(Fate.RECORDED), fates.count(Fate.FAILED), gaps, cut)
    return found == tuple(due[name] for name in ("requests", "recorded", "failed", "gaps", "truncated"))


def _fits_bodies(rows: Sequence[Mapping[str, Any]], held: Sequence[Record]) -> bool:
    answers = [(one.header("warc-target-uri"), sha256(one.payload)) for one in held if one.kind == "response"]
    told = [
        (plain(str(row.get("url"))), row.get("sha256") or sha256(b"")) for row in rows if row.get("status") is not None
    ]
    return answers == told


def _fits_index(data: bytes, held: Sequence[Record]) -> bool:
    """Every line leads to a whole record of that address and payload, and no answer is left without a line."""
    at = {(str(one.offset), str(one.length)): one for one in held}
    lines = [json.loads(line.split(" ", 2)[2]) for line in data.decode().splitlines()]
    named = [at.get((line["offset"], line["length"])) for line in lines]
    for line, one in zip(lines, named, strict=True):
        if (
            one is None
            or line["filename"] != ARCHIVE.rpartition("/")[2]
            or line["url"] != one.header("warc-target-uri")
        ):
            return False
        if line["digest"] != one.header("warc-payload-digest"):
            return False
    return _is_whole(held, [one for one in named if one is not None])


def _is_whole(held: Sequence[Record], named: Sequence[Record]) -> bool:
    due = [one.offset for one in held if one.kind in {"response", "resource"} and _is_asked(one)]
    return sorted(one.offset for one in named) == due


def _is_asked(one: Record) -> bool:
    """Sockets, and other schemes than a player asks for, are in no index."""
    url = one.header("warc-target-uri") or ""
    status = one.http()[0].split(" ")[1:2] if one.kind == "response" else []
    return url.startswith(("http://", "https://", "urn:")) and status != ["101"]


def _fits_pages(data: bytes, record: Mapping[str, Any]) -> bool:
    head, page = (json.loads(line) for line in data.decode().splitlines())
    due = ("json-pages-1.0", record["capture"], plain(record["final_url"]), record["title"])
    return (head["format"], page["id"], page["url"], page["title"]) == due


def _fits_visit(data: bytes, record: Mapping[str, Any]) -> bool:
    """The visit is told twice, in the archive and in the manifest, in the same words."""
    told = json.loads(data)
    return set(_SAME) <= set(told) and all(record[name] == value for name, value in told.items())


def _guarded(rule: Callable[[bytes, Any], bool], data: bytes, known: Any) -> bool:
    """A table of another form than ours fits nothing."""
    try:
        return rule(data, known)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return False
