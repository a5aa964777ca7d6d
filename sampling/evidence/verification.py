"""Verification: whether a bundle is whole and unchanged since it was signed, told file by file, and what it proves.

The rules are applied in a fixed order: the head and its signature, the listed files and their sums, the web archive
with its list and signature, the records in it, the time-stamps, the place in the ledger, the keys.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from sampling.errors import UnreadableArchive
from sampling.evidence import checkpoint, wacz
from sampling.evidence.archive_rules import archive
from sampling.evidence.instant import text_of
from sampling.evidence.parts import ARCHIVE
from sampling.evidence.place import Place
from sampling.evidence.record_rules import counts, recorded, records
from sampling.evidence.sentences import Fault
from sampling.evidence.signed_rules import head, is_first, listed
from sampling.evidence.trust import Trust
from sampling.evidence.witness_rules import Stamped, placed, signers, stamps


class Verdict(IntEnum):
    """What a verification comes to; the number is the exit code of the command."""

    TIMESTAMPED = 0
    """All holds, and an authority says when it existed at the latest."""
    FAULTY = 1
    """Something is wrong with it."""
    UNREADABLE = 2
    """It could not be opened as a bundle at all."""
    SEALED = 3
    """All holds, but only our own word says when it was made: no time-stamp was added yet."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found out about one bundle: its faults in a fixed order, and the facts that hold."""

    faults: tuple[Fault, ...]
    record: Mapping[str, Any] = field(default_factory=dict)
    """The signed manifest; empty where no signature holds."""
    trusted: bool = False
    """Whether it was measured by what the reader trusts, or only by the keys it brings along."""
    stamps: tuple[Stamped, ...] = ()
    place: Place | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    """Records of the archive by kind."""
    files: int = 0
    size: int = 0
    """Bytes of all files together."""

    @property
    def first_form(self) -> bool:
        """Whether it has no web archive, so that files, signature and time-stamps are all that could be checked."""
        return is_first(self.record)

    @property
    def verdict(self) -> Verdict:
        """What it comes to."""
        if self.faults:
            return Verdict.FAULTY
        return Verdict.TIMESTAMPED if self.stamps else Verdict.SEALED

    def to_json(self) -> dict[str, Any]:
        """Give the findings as plain JSON: the verdict, each fault with its sentences, and what is proved."""
        told = ("schema", "capture", "case", "kind", "reason", "requested_url", "final_url", "started_at", "ended_at",
                "signer", "archive_key", "completeness")  # fmt: skip
        return {
            "verdict": self.verdict.name.lower(),
            "trusted": self.trusted,
            "faults": [
                {"code": fault.code, "path": fault.path, "sentence": fault.sentence.record()} for fault in self.faults
            ],
            **{name: self.record.get(name) for name in told},
            "stamps": [_stamp(one) for one in self.stamps],
            "ledger": _place(self.place) if self.place else None,
            "records": dict(self.counts),
            "files": self.files,
            "bytes": self.size,
        }


def verify_bundle(files: Mapping[str, bytes], *, trust: Trust | None = None) -> tuple[Fault, ...]:
    """Give all that is wrong with a bundle, in a fixed order; nothing is the answer for a good one.

    Without `trust` it proves that the bundle fits the keys and certificates it brings along, not whose they are.
    """
    return tally(files, trust=trust).faults


def tally(files: Mapping[str, bytes], *, trust: Trust | None = None) -> Verified:
    """Give the faults of a bundle with all that it proves; a missing time-stamp is a state, not a fault."""
    size = sum(map(len, files.values()))
    opened = head(files)
    record = opened.record
    if record is None:
        return Verified(opened.faults, trusted=trust is not None, files=len(files), size=size)
    inner, held = _archived(files, record)
    given, stamp_faults = stamps(files, record, trust)
    place, more, place_faults = placed(files, record, trust)
    found = [*opened.faults, *listed(files, record), *inner, *stamp_faults, *place_faults]
    found += signers(record, [*given, *more], trust)
    return Verified(
        tuple(dict.fromkeys(found)), record, trust is not None, (*given, *more), place, held, len(files), size
    )  # fmt: skip


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """Give the one exit code for several bundles: the worst, a fault before a file that could not be opened."""
    worst = (Verdict.FAULTY, Verdict.UNREADABLE, Verdict.SEALED)
    seen = set(verdicts)
    return next((one for one in worst if one in seen), Verdict.TIMESTAMPED).value


def _archived(files: Mapping[str, bytes], record: Mapping[str, Any]) -> tuple[list[Fault], dict[str, int]]:
    if ARCHIVE not in files or is_first(record):
        return [], {}
    try:
        members = wacz.members(files[ARCHIVE])
    except UnreadableArchive:
        return [Fault("bad_archive", ARCHIVE)], {}
    faults, held = list(archive(members, record)), records(members)
    if held is None:
        return [*faults, Fault("bad_record", f"{ARCHIVE}/{wacz.ARCHIVE}")], {}
    return [*faults, *recorded(members, held, record)], counts(held)


def _stamp(one: Stamped) -> dict[str, Any]:
    return {
        "authority": one.code,
        "over": one.over,
        "at": text_of(one.stamp.at),
        "serial": str(one.stamp.serial),
        "subject": one.stamp.authority,
        "policy": one.stamp.policy,
    }


def _place(place: Place) -> dict[str, Any]:
    head = checkpoint.read(place.checkpoint)
    return {"origin": head.origin, "index": place.index, "size": head.size, "root": head.root.hex(),
            "at": text_of(place.entry.at)}  # fmt: skip
