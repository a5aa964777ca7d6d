"""The dossier of a sample's custody: chains, seals and units held against the event log and the ledger."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sampling.chain import CustodyFault, chain_faults, effective, state
from sampling.custody import SHELF_LIFE, Handover, Role, Unit, UnitEvent
from sampling.digest import Digest
from sampling.seal import SEAL, Seal, SealEvent, SealKind, SealState
from sampling.text import Text

SENTENCES: dict[str, Text] = {
    "log_altered": Text(
        "事件日志第 {what} 条与其哈希不符或没有接上前一条。",
        "Entry {what} of the event log does not fit its hash, or does not continue from the one before it.",
    ),
    "unit_missing": Text(
        "事件日志记有样品份 {subject}，登记中却没有。",
        "The event log tells of the unit {subject}, which is not on file.",
    ),
    "unit_unknown": Text(
        "登记中有样品份 {subject}，事件日志却没有记载其封样。",
        "The unit {subject} is on file, but the event log does not tell of its sealing.",
    ),
    "unit_altered": Text(
        "样品份 {subject} 的{what}与事件日志不符。",
        "The {what} of the unit {subject} is not what the event log says.",
    ),
    "unlogged": Text(
        "{subject} 第 {what} 条流转记录在事件日志中没有对应的记载。",
        "Entry {what} of {subject} has no counterpart in the event log.",
    ),
    "entry_missing": Text(
        "事件日志记有 {subject} 的第 {what} 条流转记录，链中却没有。",
        "The event log tells of entry {what} of {subject}, which is missing from its chain.",
    ),
    "seal_missing": Text(
        "事件日志记有封签 {subject}，封签登记中却没有。",
        "The event log tells of the seal {subject}, which is not in the registry.",
    ),
    "seal_unknown": Text(
        "封签 {subject} 登记在本样品上，事件日志却没有记载其施加。",
        "The seal {subject} is registered on this sample, but the event log does not tell that it was applied.",
    ),
    "seal_altered": Text(
        "封签 {subject} 的{what}与事件日志不符。",
        "The {what} of the seal {subject} is not what the event log says.",
    ),
    "seal_twice": Text(
        "封签 {subject} 被施加过不止一次：封签号不得重复使用。",
        "The seal {subject} was applied more than once: a number is never used again.",
    ),
    "seal_out_of_order": Text(
        "封签 {subject} 的事件顺序不可能：{what}。",
        "What happened to the seal {subject} is out of order: {what}.",
    ),
    "seal_not_issued": Text(
        "封签 {subject} 不在其批次的发放记录中。",
        "The seal {subject} is not among those that its batch was issued with.",
    ),
    "wrong_seal": Text(
        "{subject} 第 {what} 条记录核对的封签并不在该样品份上。",
        "Entry {what} of {subject} looked at a seal that is not on this unit.",
    ),
    "ledger_differs": Text(
        "{subject} 第 {what} 条记录与账本中登记的哈希不符。",
        "Entry {what} of {subject} is not the one that the ledger holds.",
    ),
}


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of a case's event log."""

    noun: str
    subject: str
    type: str
    at: datetime
    actor: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SealBatch:
    """The seals that were issued at once: numbers of one kind, by whom and when."""

    id: UUID
    kind: SealKind
    numbers: tuple[str, ...]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is on file about the custody of one sample."""

    sample_id: UUID
    code: str
    units: tuple[Unit, ...]
    chains: Mapping[UUID, Sequence[Handover]]
    seals: tuple[Seal, ...]
    log: tuple[Logged, ...]
    log_breaks: tuple[int, ...]
    """Where the event log does not continue."""
    batches: Mapping[UUID, SealBatch]
    applied: Mapping[str, int]
    """How often each seal number was applied, over all cases."""
    entered: Mapping[UUID, Digest]
    """What the ledger holds of the entries of the chains."""


def custody_faults(dossier: Dossier) -> tuple[CustodyFault, ...]:
    """Give every fault of a sample's custody, each as a sentence in both languages; none means that it holds."""
    found = [_fault("log_altered", dossier.code, str(seq)) for seq in dossier.log_breaks]
    for unit in dossier.units:
        chain = dossier.chains.get(unit.id, ())
        found += [*chain_faults(unit.code, chain), *_entered(dossier, unit, chain)]
    # An altered log says nothing that anything could be held against.
    return tuple(found if dossier.log_breaks else [*found, *_against_log(dossier)])


def _against_log(dossier: Dossier) -> Iterator[CustodyFault]:
    yield from _units(dossier)
    yield from _seals(dossier)
    for unit in dossier.units:
        chain = dossier.chains.get(unit.id, ())
        yield from _logged(dossier, unit, chain)
        yield from _looked_at(dossier, unit, chain)


def _units(dossier: Dossier) -> Iterator[CustodyFault]:
    told = {one.subject: one for one in dossier.log if one.noun == "unit" and one.type == UnitEvent.SEALED}
    on_file = {str(unit.id): unit for unit in dossier.units}
    for subject, unit in on_file.items():
        if subject not in told:
            yield _fault("unit_unknown", unit.code)
    for subject, sealing in told.items():
        if subject not in on_file:
            yield _fault("unit_missing", str(sealing.data["code"]))
            continue
        unit = on_file[subject]
        chain = dossier.chains.get(unit.id, ())
        counted = effective(chain)
        expected = {
            "sample_id": dossier.sample_id, "code": sealing.data["code"], "role": Role(sealing.data["role"]),
            "lot": sealing.data["lot"], "state": state(chain), "place": counted[-1].place if counted else None,
            "expires_on": _shelf_life(dossier, subject),
        }  # fmt: skip
        for name, value in expected.items():
            if getattr(unit, name) != value:
                yield _fault("unit_altered", unit.code, name)


def _shelf_life(dossier: Dossier, subject: str) -> date | None:
    """The last day that the event log tells of the unit's shelf life."""
    told = [one for one in dossier.log if one.type == SHELF_LIFE and one.subject == subject]
    return date.fromisoformat(told[-1].data["expires_on"]) if told else None


def _seals(dossier: Dossier) -> Iterator[CustodyFault]:
    told: dict[str, list[Logged]] = {}
    for one in dossier.log:
        if one.noun == "seal":
            told.setdefault(one.subject, []).append(one)
    registered = {seal.number: seal for seal in dossier.seals}
    for number in registered.keys() - told.keys():
        yield _fault("seal_unknown", number)
    for number, entries in told.items():
        if number not in registered:
            yield _fault("seal_missing", number)
        yield from _seal(dossier, number, entries, registered.get(number))


def _seal(dossier: Dossier, number: str, entries: Sequence[Logged], seal: Seal | None) -> Iterator[CustodyFault]:
    if dossier.applied.get(number, 0) > 1:
        yield _fault("seal_twice", number)
    reached = SEAL.initial
    for one in entries:
        if not SEAL.allows(reached, SealEvent(one.type)):
            yield _fault("seal_out_of_order", number, f"{reached} → {one.type}")
            return
        reached = SEAL.move(reached, SealEvent(one.type))
    if seal is None:
        return
    expected = _expected(number, entries, reached)
    for field in fields(Seal):
        if getattr(seal, field.name) != getattr(expected, field.name):
            yield _fault("seal_altered", number, field.name)
    if expected.batch_id is not None and not _issued(expected, dossier.batches.get(expected.batch_id)):
        yield _fault("seal_not_issued", number)


def _expected(number: str, entries: Sequence[Logged], reached: SealState) -> Seal:
    """Give the seal as the event log says it must be on file."""
    first, last = entries[0], entries[-1]
    data = first.data
    ended = last if reached in SEAL.final else None
    return Seal(
        number=number,
        kind=SealKind(data["kind"]),
        state=reached,
        batch_id=UUID(data["batch"]) if data["batch"] else None,
        issued_by=data["issued_by"],
        issued_at=datetime.fromisoformat(data["issued_at"]),
        unit_id=UUID(data["unit"]),
        applied_by=first.actor,
        witness=data["witness"],
        applied_at=first.at,
        photo=data["photo"],
        ended_by=ended.actor if ended else None,
        ended_at=ended.at if ended else None,
        reason=ended.data["reason"] if ended else None,
    )


def _issued(seal: Seal, batch: SealBatch | None) -> bool:
    if batch is None:
        return False
    same = (batch.kind, batch.by, batch.at) == (seal.kind, seal.issued_by, seal.issued_at)
    return same and seal.number in batch.numbers


def _logged(dossier: Dossier, unit: Unit, chain: Sequence[Handover]) -> Iterator[CustodyFault]:
    """Every entry of the chain stands in the event log with its hash, and the other way round."""
    told = {
        int(one.data["seq"]): str(one.data["hash"])
        for one in dossier.log
        if one.noun == "unit" and one.subject == str(unit.id) and "hash" in one.data
    }
    held = {entry.seq: entry.hash for entry in chain}
    for seq in held.keys() - told.keys() | {seq for seq in held.keys() & told.keys() if held[seq] != told[seq]}:
        yield _fault("unlogged", unit.code, str(seq), seq)
    for seq in told.keys() - held.keys():
        yield _fault("entry_missing", unit.code, str(seq), seq)


def _looked_at(dossier: Dossier, unit: Unit, chain: Sequence[Handover]) -> Iterator[CustodyFault]:
    own = {
        one.subject
        for one in dossier.log
        if one.noun == "seal" and one.type == SealEvent.APPLIED and one.data["unit"] == str(unit.id)
    }
    for entry in chain:
        if entry.seal_ok is not None and entry.seal_no not in own:
            yield _fault("wrong_seal", unit.code, str(entry.seq), entry.seq)


def _entered(dossier: Dossier, unit: Unit, chain: Sequence[Handover]) -> Iterator[CustodyFault]:
    for entry in chain:
        if dossier.entered.get(entry.id, entry.hash) != entry.hash:
            yield _fault("ledger_differs", unit.code, str(entry.seq), entry.seq)


def _fault(code: str, subject: str, what: str = "", seq: int = 0) -> CustodyFault:
    sentence = SENTENCES[code]
    given = {"subject": subject, "what": what}
    return CustodyFault(code, subject, Text(sentence.zh.format(**given), sentence.en.format(**given)), seq)
