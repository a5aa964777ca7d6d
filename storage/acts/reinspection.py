"""Re-tests of objected results: what rules one out, who pays, and how one ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from labs.objection import Objection, ObjectionEvent, ObjectionState, may_be_retested, retest_refusal
from labs.retest import overturned, split
from labs.verdict import Outcome, Verdict, VerdictEvent
from sampling.custody import Role, Unit, UnitState
from sampling.sample import SampleEvent
from storage import custody, objections, returns, samples, verdicts
from storage.service import procedure_of

DATES = ("reinspect_formalities", "reinspect_lab_named")
"""What begins to run when a re-test is ordered, where the procedure has it."""
TWINS = {Role.BACKUP: "retest", Role.ARBITRATION: "arbitration"}
"""What each twin is sent for."""
MADE = ("retest", "arbitration", "final")
"""The verdicts that a re-test brings about."""
CONTESTED = (Outcome.FAIL, Outcome.REVIEW)
SPOILT = (UnitState.COMPROMISED, UnitState.LOST)
WHOLE = (UnitState.SEALED, UnitState.RETAINED)
"""The states of a unit that can still be sent to a second laboratory."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One unit that is to be tested, and for which items."""

    role: Role
    items: tuple[str, ...]


def refusal(unit: Session, objection: Objection, at: datetime) -> str | None:
    """Give the code of what rules a re-test of an objection out, so that the original stands, or None."""
    rules = procedure_of(unit, objection.sample_id, objection.received_at)
    items = contested_items(unit, objection.sample_id)
    if not items:
        return "nothing_failed"
    retestable = may_be_retested(items, rules.rule("not_retestable").words)
    return unit_refusal(unit, objection.sample_id, Role.BACKUP, at, retestable=retestable)


def unit_refusal(unit: Session, sample_id: UUID, role: Role, at: datetime, *, retestable: bool = True) -> str | None:
    """Give the code of what rules out that the backup or the third unit is tested, or None."""
    found = kept(unit, sample_id, role)
    broken = found is not None and found.state is UnitState.COMPROMISED
    damaged = found is not None and returns.is_damaged(unit, found.id)
    code = retest_refusal(
        has_backup=broken or (found is not None and (found.state in WHOLE or damaged)),
        seal_ok=not broken,
        damaged=damaged,
        expires_on=found.expires_on if found else None,
        on=at.astimezone(procedure_of(unit, sample_id, at).zone).date(),
        retestable=retestable,
    )
    return code.replace("backup", "third_unit") if code and role is Role.ARBITRATION else code


def next_test(unit: Session, sample_id: UUID, purposes: Collection[str]) -> Wanted | None:
    """Give what a sample under re-inspection needs next, with what it was sent for so far; None while it is tested.

    A unit that came to grief on its way is needed still, and cannot be had.
    """
    for role, purpose in TWINS.items():
        found = kept(unit, sample_id, role)
        if purpose not in purposes or (found is not None and _is_spoilt(unit, found)):
            break
    else:
        return None
    final = verdicts.live(unit, sample_id, "final")
    items = contested_items(unit, sample_id) if role is Role.BACKUP else split(final) if final else ()
    return Wanted(role, items) if items else None


def _is_spoilt(unit: Session, part: Unit) -> bool:
    return part.state in SPOILT or returns.is_damaged(unit, part.id)


def kept(unit: Session, sample_id: UUID, role: Role) -> Unit | None:
    """Give the unit of a role, or None where none was sealed or it is the test unit by now."""
    return custody.standing_as(unit, sample_id, role)


def contested_items(unit: Session, sample_id: UUID) -> tuple[str, ...]:
    """Give the items that the verdict on a sample says have failed, or are to be reviewed."""
    verdict = verdicts.effective(unit, sample_id)
    return tuple(item.item for item in verdict.items if item.outcome in CONTESTED) if verdict else ()


def order(unit: Session, objection: Objection, *, by: str, at: datetime) -> None:
    """Order a re-test: what is asked of the objector and the laboratory is dated, and the fee is advanced."""
    rules = procedure_of(unit, objection.sample_id, objection.received_at)
    objections.record(unit, objection.id, ObjectionEvent.REINSPECTION_ORDERED, by=by, at=at)
    policy, payer = rules.rule("retest_policy").word, rules.rule("fee_advanced_by").word
    objections.agree(unit, objection.id, policy=policy, advanced_by=payer)
    objections.set_dates(unit, objection.id, rules.deadlines(DATES, at))
    samples.record(unit, objection.sample_id, SampleEvent.REINSPECTION_ORDERED, by=by, at=at)


def give_up(unit: Session, objection: Objection, reason: str, *, by: str, at: datetime) -> None:
    """End a re-test that cannot be finished: the first verdict stands, and the objector bears the fee."""
    _void(unit, objection.sample_id, MADE, by=by, at=at)
    first = verdicts.effective(unit, objection.sample_id)
    assert first is not None  # a result was objected to
    _close(unit, objection, ObjectionEvent.DISMISSED, stands=True, by=by, at=at, reason=reason)
    _settle(unit, first, by=by, at=at)


def annul(unit: Session, objection: Objection, reason: str, *, by: str, at: datetime) -> None:
    """End a re-test that cannot be finished, and the case with it: no verdict stands, and the objector bears no fee."""
    _void(unit, objection.sample_id, ("first", *MADE), by=by, at=at)
    uphold(unit, objection.sample_id, reason, by=by, at=at)
    code = f"{objection.kind}_objection_upheld"
    samples.record(unit, objection.sample_id, SampleEvent.VOIDED, by=by, at=at, reason=code)


def uphold(unit: Session, sample_id: UUID, reason: str, *, by: str, at: datetime) -> None:
    """Close the objection that a sample is re-tested for, where there is one, because no verdict stands any more."""
    objection = objections.retested(unit, sample_id)
    if objection is not None:
        _close(unit, objection, ObjectionEvent.UPHELD, stands=False, by=by, at=at, reason=reason)


def conclude_retest(unit: Session, final: Verdict, *, by: str, at: datetime) -> None:
    """Close the re-inspection of a sample with its final verdict; the fee goes with it."""
    [*_, first] = (one for one in verdicts.of_sample(unit, final.sample_id) if one.purpose == verdicts.FIRST)
    stands = not overturned(final, first)
    event = ObjectionEvent.RETEST_FAILED if stands else ObjectionEvent.RETEST_PASSED
    for objection in objections.of_sample(unit, final.sample_id):
        if objection.state is ObjectionState.REINSPECT:
            _close(unit, objection, event, stands=stands, by=by, at=at)
    _settle(unit, final, by=by, at=at)


def _void(unit: Session, sample_id: UUID, purposes: Collection[str], *, by: str, at: datetime) -> None:
    for purpose in purposes:
        made = verdicts.live(unit, sample_id, purpose)
        if made is not None:
            verdicts.end(unit, made.id, VerdictEvent.VOIDED, by=by, at=at)


def _close(
    unit: Session, objection: Objection, event: ObjectionEvent, *, stands: bool, by: str, at: datetime,
    reason: str | None = None,
) -> None:  # fmt: skip
    rules = procedure_of(unit, objection.sample_id, objection.received_at)
    bearer = rules.rule("fee_borne_by.stands" if stands else "fee_borne_by.overturned").word
    objections.charge(unit, objection, bearer, by=by, at=at)
    objections.record(unit, objection.id, event, by=by, at=at, reason=reason)
    objections.record(unit, objection.id, ObjectionEvent.CLOSED, by=by, at=at)


def _settle(unit: Session, verdict: Verdict, *, by: str, at: datetime) -> None:
    data = {"outcome": verdict.outcome.value}
    samples.record(unit, verdict.sample_id, SampleEvent.REINSPECTED, by=by, at=at, data=data)
