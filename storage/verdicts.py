"""Verdicts: stored once, confirmed by a second person, replaced but never changed."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.verdict import VERDICT, Basis, ItemVerdict, Outcome, Verdict, VerdictEvent, VerdictState
from sampling.custody import Role, UnitState
from storage import custody, events, limits, moves
from storage.errors import Conflict, NotAllowed
from storage.records import record_of
from storage.schema.lab import VerdictRow

LIVE = (VerdictState.PROVISIONAL, VerdictState.CONFIRMED)
EXACT = ("margin", "p_conform")
FIRST, RETEST, ARBITRATION = "first", "retest", "arbitration"
UNSETTLED = (Outcome.HOLD, Outcome.INDETERMINATE)


def save(unit: Session, verdict: Verdict, *, uploaded_by: str, by: str, at: datetime) -> None:
    """Keep a provisional verdict; a second live one of the same sample and purpose raises Conflict."""
    columns = {name: getattr(verdict, name) for name in verdict.__slots__}
    columns["items"] = [_plain(item) for item in verdict.items]
    columns["reasons"] = list(verdict.reasons)
    columns["basis"] = None if verdict.basis is None else _plain_basis(verdict.basis)
    _expect_whole(unit, verdict.sample_id, verdict.purpose)
    unit.add(VerdictRow(**columns, uploaded_by=uploaded_by))
    unit.flush()
    data = {"outcome": verdict.outcome.value, "purpose": verdict.purpose, "rules": verdict.rule_version}
    events.append(unit, verdict.sample_id, "verdict", verdict.id, "given", by=by, at=at, data=data)


def confirm(unit: Session, id_: UUID, *, by: str, at: datetime, limits_read: bool = False) -> Verdict:
    """Confirm a verdict; an unsettled one, or the person who uploaded its results, raises NotAllowed.

    So does a failure by a limit that nobody read at its source, unless the person did; which is written down.
    """
    row = moves.load(unit, VerdictRow, id_)
    if row.purpose in (RETEST, ARBITRATION):
        raise NotAllowed("a re-test is weighed against the first verdict, and what follows from both is confirmed")
    if row.outcome in UNSETTLED:
        raise NotAllowed("a verdict on hold waits for the laboratory")
    if by == row.uploaded_by:
        raise NotAllowed("a verdict is confirmed by a second person")
    unread = [limit.id for limit in limits.unread(_verdict(row), limits.of_rules(unit, row.rule_version))]
    if unread and not limits_read:
        raise NotAllowed(f"a failure is confirmed by who read its limit at the source: {', '.join(unread)}")
    _expect_whole(unit, row.sample_id, row.purpose)
    row.confirmed_by = by
    data = {"limits_read": unread} if unread else {}
    moves.move(unit, row, VERDICT, VerdictEvent.CONFIRMED, case_id=row.sample_id, by=by, at=at, data=data)
    return _verdict(row)


def end(unit: Session, id_: UUID, event: VerdictEvent, *, by: str, at: datetime, reason: str | None = None) -> None:
    """Replace or void a verdict, for a reason where a person does; it stays readable."""
    row = moves.load(unit, VerdictRow, id_)
    data = {"reason": reason} if reason else {}
    moves.move(unit, row, VERDICT, event, case_id=row.sample_id, by=by, at=at, data=data)


def send_back(unit: Session, id_: UUID, reason: str, *, by: str, at: datetime) -> None:
    """Void a verdict that nobody confirmed yet: the laboratory's next report is judged, the same results are not.

    One that weighs others takes the last of them with it. A confirmed one raises Conflict.
    """
    row = moves.load(unit, VerdictRow, id_)
    if row.state is not VerdictState.PROVISIONAL:
        raise Conflict(f"a verdict that is {row.state} is not sent back")
    end(unit, id_, VerdictEvent.VOIDED, by=by, at=at, reason=reason)
    basis = _verdict(row).basis
    last = None if basis is None else basis.third or basis.retest
    if last is not None:
        end(unit, last, VerdictEvent.VOIDED, by=by, at=at, reason=reason)


def sent_back(unit: Session, sample_id: UUID, purpose: str) -> str | None:
    """Give why the newest verdict of a purpose was made void by a person; None where another was given since."""
    given = [one for one in of_sample(unit, sample_id) if one.purpose == purpose]
    return why_void(unit, given[-1]) if given else None


def voided_on(unit: Session, sample_id: UUID, purpose: str, results: Iterable[UUID]) -> bool:
    """Tell whether a verdict of the purpose on exactly these results was made void."""
    given = set(results)
    voided = (one for one in of_sample(unit, sample_id) if (one.purpose, one.state) == (purpose, VerdictState.VOID))
    return any(one.basis is not None and set(one.basis.results) == given for one in voided)


def uploaded_by(unit: Session, id_: UUID) -> str:
    """Give who brought the results under a verdict; that person may not confirm it."""
    return moves.read(unit, VerdictRow, id_).uploaded_by


def why_void(unit: Session, verdict: Verdict) -> str | None:
    """Give why a person made a verdict void; None where nobody did."""
    if verdict.state is not VerdictState.VOID:
        return None
    voided = (str(verdict.id), VerdictEvent.VOIDED.value)
    ends = (one for one in events.history(unit, verdict.sample_id) if (one.subject_id, one.type) == voided)
    return next((one.data["reason"] for one in ends if "reason" in one.data), None)


def get(unit: Session, id_: UUID) -> Verdict:
    """Give one verdict, or raise NotFound."""
    row = moves.read(unit, VerdictRow, id_)
    return _verdict(row)


def effective(unit: Session, sample_id: UUID) -> Verdict | None:
    """Give the verdict that counts: the final one if there was a retest, else the first."""
    found = {verdict.purpose: verdict for verdict in of_sample(unit, sample_id) if verdict.state in LIVE}
    return found.get("final") or found.get("first")


def live(unit: Session, sample_id: UUID, purpose: str) -> Verdict | None:
    """Give the live verdict of a purpose, or None."""
    wanted = select(VerdictRow).where(
        VerdictRow.sample_id == sample_id, VerdictRow.purpose == purpose, VerdictRow.state.in_(LIVE)
    )
    row = unit.scalars(wanted).one_or_none()
    return None if row is None else _verdict(row)


def of_sample(unit: Session, sample_id: UUID) -> tuple[Verdict, ...]:
    """Give every verdict of a sample, oldest first."""
    rows = unit.scalars(select(VerdictRow).filter_by(sample_id=sample_id).order_by(VerdictRow.id))
    return tuple(_verdict(row) for row in rows)


def every(unit: Session) -> Iterator[Verdict]:
    """Give every verdict there is, oldest first."""
    return (_verdict(row) for row in unit.scalars(select(VerdictRow).order_by(VerdictRow.id)))


def to_confirm(unit: Session) -> tuple[Verdict, ...]:
    """Give the verdicts that wait for a second person, oldest first."""
    wanted = select(VerdictRow).where(
        VerdictRow.state == VerdictState.PROVISIONAL,
        VerdictRow.purpose.not_in((RETEST, ARBITRATION)),
        VerdictRow.outcome.not_in(UNSETTLED),
    )
    return tuple(_verdict(row) for row in unit.scalars(wanted.order_by(VerdictRow.id)))


def _expect_whole(unit: Session, sample_id: UUID, purpose: str) -> None:
    """A unit whose seal was broken without an explanation proves nothing."""
    role = {FIRST: Role.TEST, ARBITRATION: Role.ARBITRATION}.get(purpose, Role.BACKUP)
    tested = custody.standing_as(unit, sample_id, role)
    if tested is not None and tested.state is UnitState.COMPROMISED:
        raise NotAllowed("the unit under this verdict is compromised: its seal was broken without an explanation")


def _plain(item: ItemVerdict) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value
        for name, value in asdict(item).items()
    }


def _plain_basis(basis: Basis) -> dict[str, Any]:
    told = {name: value for name, value in asdict(basis).items() if value}
    return {
        name: [str(one) for one in value] if isinstance(value, tuple) else str(value) for name, value in told.items()
    }


def _basis(plain: dict[str, Any]) -> Basis:
    weighed = {name: UUID(plain[name]) for name in ("first", "retest", "third") if name in plain}
    return Basis(category=plain.get("category", ""), ordered=tuple(plain.get("ordered", ())),
                 results=tuple(map(UUID, plain.get("results", ()))), policy=plain.get("policy"),
                 on=date.fromisoformat(plain["on"]) if "on" in plain else None, **weighed)  # fmt: skip


def _item(plain: dict[str, Any]) -> ItemVerdict:
    exact = {name: None if plain[name] is None else Decimal(plain[name]) for name in EXACT}
    return ItemVerdict(**{**plain, **exact, "outcome": Outcome(plain["outcome"]), "reasons": tuple(plain["reasons"])})


def _verdict(row: VerdictRow) -> Verdict:
    items = tuple(_item(item) for item in row.items)
    basis = None if row.basis is None else _basis(row.basis)
    return record_of(Verdict, row, items=items, reasons=tuple(row.reasons), basis=basis)
