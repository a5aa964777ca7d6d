"""A release: the published entries as JSON, CSV and Atom; the same entries always give the same bytes."""

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from reputation.publication import Publication, PublicationState
from sampling.text import Text

FORMAT = "1.0"

COLUMNS = (
    "number",
    "version",
    "state",
    "published_at",
    "changed_at",
    "reason",
    "sample",
    "platform",
    "item_id",
    "url",
    "title",
    "category",
    "brand",
    "model",
    "batch",
    "gtin",
    "seller",
    "sampled_on",
    "basis",
    "lab",
    "outcome",
    "severity",
    "disputed",
    "takedown",
    "item",
    "item_outcome",
    "limit",
    "found",
)

_SHOWN = frozenset({PublicationState.PUBLISHED, PublicationState.CORRECTED})
_TAKEN_BACK = frozenset({PublicationState.WITHDRAWN, PublicationState.EXPIRED})

# A spreadsheet runs a cell that begins like this, in half or full width.
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠\t\r]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")

# XML 1.0 2.2: the characters that no document may hold.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_ATOM = {"xmlns": "http://www.w3.org/2005/Atom", "xmlns:at": "http://purl.org/atompub/tombstones/1.0"}

_SINCE = date(2026, 1, 1)
_TITLE = Text("抽检结果", "Sampling results")
_AUTHOR = Text("神秘买家", "Mystery Shopper")

_OUTCOMES = {"pass": Text("合格", "conforms"), "fail": Text("不合格", "does not conform")}
_DISPUTED = Text("（有异议）", " (contested)")


@dataclass(frozen=True, slots=True)
class Feed:
    """Whose feed it is; `authority` and `since` make the tag: ids (RFC 4151), so they never change."""

    authority: str
    """A host name the publisher owned on the day `since`."""
    since: date
    url: str
    """The page of the results: each entry lies beneath it under its number."""
    title: Text
    author: Text


def feed_at(base_url: str) -> Feed:
    """Give the feed of the results that are published beneath an address."""
    return Feed(urlsplit(base_url).hostname or "localhost", _SINCE, f"{base_url}/results", _TITLE, _AUTHOR)


def to_json(publications: Sequence[Publication]) -> bytes:
    """Give every public entry, by number, as one UTF-8 JSON document; of one taken back only number, dates, reason."""
    document = {"format": FORMAT, "entries": [_record(publication) for publication in _public(publications)]}
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def to_csv(publications: Sequence[Publication]) -> bytes:
    """Give one row for each judged item, UTF-8 with its mark so that spreadsheets read Chinese, formulas disarmed."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for publication in _public(publications):
        record = _record(publication)
        for item in record.get("items") or [{}]:
            row = record | {name if name != "outcome" else "item_outcome": value for name, value in item.items()}
            writer.writerow({name: _cell(row.get(name)) for name in COLUMNS})
    return out.getvalue().encode("utf-8-sig")


def to_atom(publications: Sequence[Publication], *, feed: Feed, language: str) -> bytes:
    """Give the feed in one language (RFC 4287), newest first; what is taken back leaves a tombstone (RFC 6721)."""
    public = sorted(_public(publications), key=lambda publication: publication.number)
    public.sort(key=_changed, reverse=True)
    root = ElementTree.Element("feed", _ATOM | {"xml:lang": language})
    _add(root, "id", f"tag:{feed.authority},{feed.since.isoformat()}:publications")
    _add(root, "title", feed.title.to(language))
    newest = max(map(_changed, public), default=datetime(feed.since.year, feed.since.month, feed.since.day, tzinfo=UTC))
    _add(root, "updated", _moment(newest))
    _add(ElementTree.SubElement(root, "author"), "name", feed.author.to(language))
    ElementTree.SubElement(root, "link", {"rel": "self", "href": f"{feed.url}/publications.{language}.atom"})
    for publication in public:
        _add_entry(root, publication, feed, language)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _public(publications: Sequence[Publication]) -> list[Publication]:
    """What was never published stays unknown, even when it was withdrawn."""
    shown = [
        publication
        for publication in publications
        if publication.published_at is not None and publication.state in _SHOWN | _TAKEN_BACK
    ]
    return sorted(shown, key=lambda publication: publication.number)


def _record(publication: Publication) -> dict[str, Any]:
    frame = {
        "number": publication.number,
        "version": publication.version,
        "state": publication.state.value,
        "published_at": _moment(publication.published_at),
        "changed_at": _moment(publication.changed_at),
        "reason": publication.reason,
    }
    if publication.state in _TAKEN_BACK:
        return frame
    return publication.entry | frame | {"disputed": publication.disputed}


def _add_entry(root: ElementTree.Element, publication: Publication, feed: Feed, language: str) -> None:
    tag = f"tag:{feed.authority},{feed.since.isoformat()}:publication/{publication.number}"
    changed = _moment(_changed(publication)) or ""
    if publication.state in _TAKEN_BACK:
        grave = ElementTree.SubElement(root, "at:deleted-entry", {"ref": tag, "when": changed})
        _add(grave, "at:comment", publication.reason or publication.state.value)
        return
    record = _record(publication)
    node = ElementTree.SubElement(root, "entry")
    _add(node, "id", tag)
    outcome = _OUTCOMES[record["outcome"]].to(language)
    label = _DISPUTED.to(language) if publication.disputed else ""
    _add(node, "title", f"{record['title']}: {outcome}{label}")
    _add(node, "published", _moment(publication.published_at))
    _add(node, "updated", changed)
    ElementTree.SubElement(node, "link", {"rel": "alternate", "href": f"{feed.url}/{publication.number}"})
    _add(node, "summary", " · ".join(str(record[name]) for name in ("brand", "model", "seller") if record.get(name)))


def _add(parent: ElementTree.Element, name: str, text: str | None) -> None:
    ElementTree.SubElement(parent, name).text = _NOT_XML.sub("\ufffd", text or "")


def _changed(publication: Publication) -> datetime:
    moments = [at for at in (publication.published_at, publication.changed_at) if at is not None]
    return max(moments)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case _:
            text = str(value)
            return "'" + text if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
