"""The contents of a bundle: what its archive holds, as a comparison and a page for people take it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sampling.errors import UnreadableArchive, UnreadableBundle
from sampling.evidence import wacz
from sampling.evidence.comparison import Side, tiles_of
from sampling.evidence.layout import boxes_of
from sampling.evidence.parts import ARCHIVE, MANIFEST
from sampling.evidence.visit import VisitKind

MOST_BYTES = 256 << 20
"""Of an archive's files when unpacked: a page has at most so much."""

_ASIDE = ("sources", "sureness", "picture_hashes", "price_box")
"""What is told about fields is no field."""


@dataclass(frozen=True, slots=True)
class Contents:
    """One bundle opened to be looked at; nothing of it is proved by that."""

    manifest: Mapping[str, Any]
    members: Mapping[str, bytes]
    """The files under `evidence/` in the archive, by their bare name."""

    @property
    def fields(self) -> dict[str, str]:
        """What was read from the page, each field as one text."""
        return dict(flat(_table(self.members.get("extract.json", b"{}"))))

    @property
    def text(self) -> str:
        """What the page showed, a line for each run of text."""
        return "\n".join(box.text for box in boxes_of(self.members.get("layout.json", b"").decode(errors="replace")))

    def side(self) -> Side:
        """Give the capture as it is compared with another."""
        first, *more = tiles_of(self.members) or (None,)
        kind, url = VisitKind(self.manifest["kind"]), str(self.manifest["final_url"])
        return Side(self.fields, self.text, first, kind, url, tuple(tile for tile in more if tile))


def opened(files: Mapping[str, bytes], *, most_bytes: int = MOST_BYTES) -> Contents:
    """Give the contents of a bundle's files; one without a manifest and an archive that can be read is refused."""
    record = _table(files.get(MANIFEST, b""))
    if not isinstance(record.get("final_url"), str) or str(record.get("kind")) not in set(VisitKind):
        raise UnreadableBundle(f"The bundle has no {MANIFEST} that can be read.")
    try:
        held = wacz.members(files[ARCHIVE], most_bytes=most_bytes)
    except (KeyError, UnreadableArchive) as error:
        raise UnreadableBundle(f"The bundle has no {ARCHIVE} that can be read: {error}") from error
    inside = {name.removeprefix(wacz.FOLDER): data for name, data in held.items() if name.startswith(wacz.FOLDER)}
    return Contents(record, inside)


def flat(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give each stated field of a listing's record as one text: `129.00 CNY` for money, `a; b` for several."""
    for name, value in record.items():
        match value:
            case _ if name in _ASIDE or value in (None, "", [], {}):
                pass
            case {"amount": amount, "currency": currency}:
                yield name, f"{amount} {currency}"
            case list():
                yield name, "; ".join(map(str, value))
            case bool():
                yield name, "yes" if value else "no"
            case str() | int():
                yield name, str(value)
            case _:
                yield name, json.dumps(value, ensure_ascii=False, sort_keys=True)


def _table(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
