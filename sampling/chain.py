"""The chain of one unit: how entries are bound by hash, who holds the unit, and each way in which it can be broken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from sampling.custody import MAY_PASS, UNIT, Handover, UnitEvent, UnitState
from sampling.digest import ORIGIN, Digest, chained
from sampling.errors import RefusedCustody
from sampling.text import Text

PATIENCE = timedelta(minutes=5)
"""So far may the clock of a device be ahead of ours."""

SENTENCES: dict[str, Text] = {
    "missing_handover": Text(
        "{unit} 的流转链在第 {seq} 条处缺少记录，或序号有误。",
        "The chain of {unit} lacks its entry {seq}, or its numbers are out of order.",
    ),
    "unbound": Text(
        "{unit} 第 {seq} 条记录没有哈希：它写于记录相互绑定之前。",
        "Entry {seq} of {unit} has no hash: it was written before entries were bound to each other.",
    ),
    "altered": Text(
        "{unit} 第 {seq} 条记录的内容与其哈希不符：内容被改动过。",
        "Entry {seq} of {unit} does not fit its hash: it was changed afterwards.",
    ),
    "unlinked": Text(
        "{unit} 第 {seq} 条记录没有接上前一条的哈希。",
        "Entry {seq} of {unit} does not continue from the hash of the one before it.",
    ),
    "time_goes_back": Text(
        "{unit} 第 {seq} 条记录的时间早于前一条。",
        "Entry {seq} of {unit} is of a time before the one it follows.",
    ),
    "wrong_clock": Text(
        "{unit} 第 {seq} 条记录的事件时间比系统时间晚五分钟以上：请检查设备时钟。",
        "Entry {seq} of {unit} happened more than five minutes after it was recorded: look at the device's clock.",
    ),
    "unknown_holder": Text(
        "{unit} 第 {seq} 条记录由 {released_by} 交出，但当时的持有方不是它。",
        "{unit} was given away in entry {seq} by {released_by}, which did not hold it.",
    ),
    "silent_passing": Text(
        "{unit} 第 {seq} 条记录并非交接，持有方却变了。",
        "The holder of {unit} changes in entry {seq}, which is no passing from one party to another.",
    ),
    "given_to_nobody": Text(
        "{unit} 第 {seq} 条记录为退还，但接收方就是持有方。",
        "{unit} was given back in entry {seq} to the very party that held it.",
    ),
    "illegal_move": Text(
        "{unit} 第 {seq} 条记录的事件在当时的状态下不可能发生。",
        "What entry {seq} of {unit} says is not possible in the state that the unit was in.",
    ),
    "wrong_correction": Text(
        "{unit} 第 {seq} 条更正记录没有更正的对象，或改动了不可更正的内容。",
        "The correction in entry {seq} of {unit} corrects nothing, or changes what cannot be corrected.",
    ),
}


@dataclass(frozen=True, slots=True)
class CustodyFault:
    """One thing that is wrong with a history of custody; `subject` is the code, number or place it is wrong with."""

    code: str
    subject: str
    sentence: Text
    seq: int = 0

    def to_json(self) -> dict[str, Any]:
        """Give the fault as plain JSON."""
        return {"code": self.code, "subject": self.subject, "seq": self.seq, **self.sentence.record()}


def record(entry: Handover) -> dict[str, Any]:
    """Give what the hash of an entry is taken over: every field but the two hashes.

    The seal before stands in it where there was one, so that entries without one keep the hash they have.
    """
    replaced = {} if entry.old_seal_no is None else {"old_seal": entry.old_seal_no}
    return {
        **replaced,
        "id": str(entry.id),
        "unit": str(entry.unit_id),
        "seq": entry.seq,
        "event": entry.event.value,
        "at": _instant(entry.at),
        "offset_minutes": entry.offset_minutes,
        "recorded_at": _instant(entry.recorded_at),
        "by": entry.by,
        "released_by": entry.released_by,
        "received_by": entry.received_by,
        "place": entry.place,
        "step": entry.step.value,
        "seal": entry.seal_no,
        "seal_ok": entry.seal_ok,
        "condition": entry.condition,
        "temperature": None if entry.temperature is None else f"{entry.temperature:f}",
        "photos": list(entry.photos),
        "corrects": entry.corrects,
        "reason": entry.reason,
    }


def bound(entry: Handover, previous: Digest) -> Handover:
    """Give the entry with the hash that binds it to the one before."""
    return replace(entry, prev_hash=previous, hash=chained(previous, record(entry)))


def head(chain: Sequence[Handover]) -> Digest:
    """Give the hash that the next entry continues from."""
    return chain[-1].hash if chain else ORIGIN


def effective(chain: Sequence[Handover]) -> tuple[Handover, ...]:
    """Give the entries as they count: in the place of a corrected one stands its newest correction."""
    newest = {entry.corrects or entry.seq: entry for entry in chain}
    return tuple(newest[entry.seq] for entry in chain if entry.corrects is None)


def holder(chain: Sequence[Handover]) -> str | None:
    """Give the party that has the unit, or None before it was sealed."""
    counted = effective(chain)
    return counted[-1].received_by if counted else None


def state(chain: Sequence[Handover]) -> UnitState | None:
    """Give the state that the entries lead to, or None where the unit's lifecycle lacks one of the moves."""
    reached = UNIT.initial
    for entry in effective(chain):
        if not UNIT.allows(reached, entry.event):
            return None
        reached = UNIT.move(reached, entry.event)
    return reached


def extend(unit: str, chain: Sequence[Handover], entry: Handover) -> Handover:
    """Give the entry bound to the end of the chain, or raise RefusedCustody with the first rule that it breaks."""
    made = bound(entry, head(chain))
    before = {(fault.code, fault.seq) for fault in chain_faults(unit, chain)}
    fresh = [fault for fault in chain_faults(unit, [*chain, made]) if (fault.code, fault.seq) not in before]
    if fresh:
        raise RefusedCustody(fresh[0].code, fresh[0].sentence)
    return made


def chain_faults(unit: str, chain: Sequence[Handover]) -> tuple[CustodyFault, ...]:
    """Give every fault of one unit's chain by itself: numbers, hashes, clocks, corrections, holders and moves."""
    found = [*_bindings(chain), *_clocks(chain), *_corrections(chain), *_continuity(effective(chain)), *_moves(chain)]
    return tuple(_fault(code, unit, seq, entry) for code, seq, entry in found)


Found = tuple[str, int, Handover]


def _bindings(chain: Sequence[Handover]) -> Iterator[Found]:
    previous = ORIGIN
    for place, entry in enumerate(chain, start=1):
        if entry.seq != place:
            yield "missing_handover", place, entry
        if not entry.hash:
            yield "unbound", entry.seq, entry
        elif chained(entry.prev_hash, record(entry)) != entry.hash:
            yield "altered", entry.seq, entry
        if entry.hash and entry.prev_hash != previous:
            yield "unlinked", entry.seq, entry
        previous = entry.hash


def _clocks(chain: Sequence[Handover]) -> Iterator[Found]:
    """Nothing happens after it was written down, whatever a correction says of it later."""
    written = {entry.seq: entry.recorded_at for entry in chain if entry.corrects is None}
    for entry in chain:
        if entry.at > written.get(entry.corrects or entry.seq, entry.recorded_at) + PATIENCE:
            yield "wrong_clock", entry.seq, entry


def _corrections(chain: Sequence[Handover]) -> Iterator[Found]:
    """A correction states one earlier entry anew, but never what moved the unit or its seal."""
    kept = {entry.seq: _unchangeable(entry) for entry in chain if entry.corrects is None}
    for entry in chain:
        if entry.corrects is None:
            continue
        if entry.corrects >= entry.seq or kept.get(entry.corrects) != _unchangeable(entry) or not entry.reason:
            yield "wrong_correction", entry.seq, entry


def _unchangeable(entry: Handover) -> tuple[object, ...]:
    return entry.event, entry.step, entry.seal_no, entry.seal_ok, entry.old_seal_no


def _continuity(counted: Sequence[Handover]) -> Iterator[Found]:
    for entry in counted:
        if entry.event not in MAY_PASS and entry.released_by != entry.received_by:
            yield "silent_passing", entry.seq, entry
        if entry.event is UnitEvent.GIVEN_BACK and entry.released_by == entry.received_by:
            yield "given_to_nobody", entry.seq, entry
    for before, entry in pairwise(counted):
        if entry.at < before.at:
            yield "time_goes_back", entry.seq, entry
        if entry.released_by != before.received_by:
            yield "unknown_holder", entry.seq, entry


def _moves(chain: Sequence[Handover]) -> Iterator[Found]:
    reached = UNIT.initial
    for entry in effective(chain):
        if not UNIT.allows(reached, entry.event):
            yield "illegal_move", entry.seq, entry
            return
        reached = UNIT.move(reached, entry.event)


def _fault(code: str, unit: str, seq: int, entry: Handover) -> CustodyFault:
    given = {"unit": unit, "seq": seq, "released_by": entry.released_by}
    sentence = SENTENCES[code]
    return CustodyFault(code, unit, Text(sentence.zh.format(**given), sentence.en.format(**given)), seq)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
