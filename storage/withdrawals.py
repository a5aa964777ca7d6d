"""Withdrawals of accreditation: proposed, decided by a second person, and the verdicts that rest on what is taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labs.accreditation import Assay, covering
from labs.verdict import Verdict
from labs.withdrawal import WITHDRAWAL, Reach, Withdrawal, WithdrawalEvent, WithdrawalKind, taken_from
from storage import events, grounds, laboratories, moves, verdicts
from storage.errors import NotAllowed, NotFound
from storage.records import record_of
from storage.schema.accreditation import FallenRow, WithdrawalRow
from storage.schema.base import new_id
from storage.schema.lab import LaboratoryRow, ReportRow, ResultRow
from storage.schema.sample import SampleRow

_REACH = ("lab", "from_day", "to_day", "scheme", "item", "method")


@dataclass(frozen=True, slots=True)
class Fallen:
    """One verdict that fell with a withdrawal."""

    verdict_id: UUID
    withdrawal_id: UUID
    sample_id: UUID
    items: tuple[str, ...]
    undone: tuple[str, ...]
    """The numbers of what was taken back with it."""
    left: tuple[str, ...]
    """What its life cycle lets nobody take back."""


def propose(unit: Session, kind: WithdrawalKind, reach: Reach, reason: str, *, by: str, at: datetime) -> Withdrawal:
    """Keep a proposal, which takes nothing away yet; an unknown laboratory raises NotFound."""
    if unit.get(LaboratoryRow, reach.lab) is None:
        raise NotFound(f"there is no laboratory {reach.lab}")
    values = {name: getattr(reach, name) for name in _REACH}
    row = WithdrawalRow(id=new_id(), kind=kind, reason=reason, state=WITHDRAWAL.initial, proposed_by=by,
                        proposed_at=at, **values)  # fmt: skip
    unit.add(row)
    unit.flush()
    told = {name: None if value is None else str(value) for name, value in values.items()}
    data = {**told, "kind": kind.value, "reason": reason}
    events.append(unit, row.id, WITHDRAWAL.noun, row.id, "proposed", by=by, at=at, data=data)
    return _withdrawal(row)


def decide(
    unit: Session, id_: UUID, event: WithdrawalEvent, *, by: str, at: datetime, refusal: str | None = None
) -> Withdrawal:
    """Carry out or refuse a proposal; whoever proposed it carrying it out raises NotAllowed."""
    row = moves.load(unit, WithdrawalRow, id_)
    if event is WithdrawalEvent.CARRIED_OUT and row.proposed_by == by:
        raise NotAllowed("accreditation is taken away by a second person")
    WITHDRAWAL.move(row.state, event)
    row.decided_by, row.decided_at, row.refusal = by, at, refusal
    data = {"reason": refusal} if refusal else {}
    moves.move(unit, row, WITHDRAWAL, event, case_id=id_, by=by, at=at, data=data)
    return _withdrawal(row)


def get(unit: Session, id_: UUID) -> Withdrawal:
    """Give one withdrawal, or raise NotFound."""
    return _withdrawal(moves.read(unit, WithdrawalRow, id_))


def listed(unit: Session) -> tuple[Withdrawal, ...]:
    """Give every withdrawal, newest first."""
    return tuple(_withdrawal(row) for row in unit.scalars(select(WithdrawalRow).order_by(WithdrawalRow.id.desc())))


def resting(unit: Session, reach: Reach, *, at: datetime) -> tuple[tuple[Verdict, tuple[str, ...]], ...]:
    """Give each live verdict that rests on a test which no line covers any more, with the items that were so tested.

    A test without a day counts as done on the day of its report. A verdict that weighs one that falls, falls too.
    """
    lost = _lost(unit, reach, at)
    live = [one for id_ in lost for one in verdicts.of_sample(unit, id_) if one.state in verdicts.LIVE]
    found = ((one, _items(unit, one, lost[one.sample_id])) for one in live)
    return tuple((one, items) for one, items in found if items)


def keep_fallen(unit: Session, fallen: Fallen) -> None:
    """Write down for ever that a verdict fell with a withdrawal, and what else was undone."""
    columns = {name: getattr(fallen, name) for name in fallen.__slots__}
    unit.add(FallenRow(**{name: list(one) if isinstance(one, tuple) else one for name, one in columns.items()}))
    unit.flush()


def fallen(unit: Session, withdrawal_id: UUID) -> tuple[Fallen, ...]:
    """Give every verdict that fell with a withdrawal."""
    return _fallen(unit, FallenRow.withdrawal_id == withdrawal_id)


def fallen_of(unit: Session, sample_id: UUID) -> tuple[tuple[Fallen, Withdrawal], ...]:
    """Give the verdicts of a sample that fell, each with the withdrawal that took it."""
    return tuple((one, get(unit, one.withdrawal_id)) for one in _fallen(unit, FallenRow.sample_id == sample_id))


def _lost(unit: Session, reach: Reach, at: datetime) -> dict[UUID, dict[UUID, str]]:
    """Sample by sample, the results that no line covers once it is taken away, with their items."""
    before = laboratories.scopes(unit)
    after = taken_from(before, reach, at)
    on = func.coalesce(ResultRow.tested_on, ReportRow.issued_on)
    wanted = (
        select(ResultRow, SampleRow.category, on)
        .join(ReportRow, ReportRow.id == ResultRow.report_id)
        .join(SampleRow, SampleRow.id == ResultRow.sample_id)
        .where(ReportRow.lab == reach.lab, on >= reach.from_day)
        .order_by(SampleRow.id, ResultRow.id)
    )
    lost: dict[UUID, dict[UUID, str]] = {}
    for row, category, day in unit.execute(wanted):
        value = row.low if row.low == row.high else None
        tested = Assay(reach.lab, row.item, row.method, day, category, row.method_edition, value, row.unit)
        if reach.meant(tested) and covering(after, tested) is None:
            lost.setdefault(row.sample_id, {})[row.id] = row.item
    return lost


def _items(unit: Session, one: Verdict, lost: Mapping[UUID, str]) -> tuple[str, ...]:
    """The items of a verdict, or of those that it weighs, that rest on what is lost."""
    under = grounds.result_ids(unit, one)
    return tuple(dict.fromkeys(item for id_, item in lost.items() if id_ in under))


def _fallen(unit: Session, *asked: object) -> tuple[Fallen, ...]:
    rows = unit.scalars(select(FallenRow).where(*asked).order_by(FallenRow.verdict_id))  # type: ignore[arg-type]
    return tuple(
        record_of(Fallen, row, items=tuple(row.items), undone=tuple(row.undone), left=tuple(row.left)) for row in rows
    )


def _withdrawal(row: WithdrawalRow) -> Withdrawal:
    return record_of(Withdrawal, row, reach=record_of(Reach, row))
