"""Publications as people handle them: proposed when every gate but the second person is passed, then approved."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from labs.objection import OBJECTION
from labs.verdict import Verdict
from platforms.notice import NoticeKind
from reputation.errors import NotReady
from reputation.publication import Facts, Party, Publication, Readiness, entry, gates
from sampling.custody import Role
from sampling.plan import is_targeted
from sampling.sample import Sample
from storage import (
    bases,
    captures,
    consignments,
    coverage,
    custody,
    deadlines,
    grounds,
    notices,
    objections,
    publications,
    purchases,
    samples,
    verdicts,
)
from storage.offers import listing_of
from storage.service import OBJECTION_WINDOW, procedure_of


def propose_publication(unit: Session, sample_id: UUID, *, by: str, at: datetime) -> Publication:
    """Put a result up for approval, or raise NotReady with the gates that are still closed."""
    sample = samples.get(unit, sample_id)
    number = publications.next_number(unit, at)
    public = entry(_facts(unit, sample, number, at))
    closed = gates(_readiness(unit, sample, author=by, approver="*", at=at), public, _private(unit, sample))
    closed += _corrected(unit, sample) + _tested_once(unit, sample)
    if closed:
        raise NotReady(", ".join(closed))
    disputed = bool(public["disputed"])
    return publications.propose(unit, sample_id, public, number=number, disputed=disputed, by=by, at=at)


def approve_publication(unit: Session, publication_id: UUID, *, by: str, at: datetime) -> None:
    """Approve as a second person; the gates are asked once more, because time has passed."""
    proposal = publications.get(unit, publication_id)
    sample = samples.get(unit, proposal.sample_id)
    readiness = _readiness(unit, sample, author=proposal.proposed_by, approver=by, at=at, again=True)
    closed = gates(readiness, proposal.entry, _private(unit, sample))
    closed += _corrected(unit, sample) + _tested_once(unit, sample)
    if closed:
        raise NotReady(", ".join(closed))
    publications.approve(unit, publication_id, by=by, at=at)


def open_objections(unit: Session, sample_id: UUID) -> bool:
    """Tell whether an objection to the sample waits for its end."""
    return any(item.state not in OBJECTION.final for item in objections.of_sample(unit, sample_id))


def is_held(unit: Session, sample_id: UUID, at: datetime) -> bool:
    """Tell whether an open objection keeps a result from the public, as the procedure in force then has it."""
    return open_objections(unit, sample_id) and not _noted(unit, sample_id, at)


def _noted(unit: Session, sample_id: UUID, at: datetime) -> bool:
    """Whether what is contested is shown with the word that it is."""
    rule = procedure_of(unit, sample_id, at).rule("publication_while_open")
    return open_objections(unit, sample_id) and rule.word == "noted"


def _facts(unit: Session, sample: Sample, number: str, at: datetime) -> Facts:
    verdict = verdicts.effective(unit, sample.id)
    if verdict is None:
        raise NotReady("no_verdict")
    seen = captures.of_sample(unit, sample.id)[0]
    delisting = [notice for notice in notices.of_sample(unit, sample.id) if notice.kind is NoticeKind.DELISTING]
    return Facts(
        number=number,
        version=1,
        sample=sample,
        listing=listing_of(unit, sample),
        verdict=verdict,
        basis="risk_targeted" if is_targeted(sample.stratum) else "probability",
        sampled_on=seen.captured_at.date(),
        lab=_lab(unit, sample, verdict),
        name_seller=True,
        disputed=_noted(unit, sample.id, at),
        takedown=delisting[0].state.value if delisting else None,
    )


def _readiness(
    unit: Session, sample: Sample, *, author: str, approver: str, at: datetime, again: bool = False
) -> Readiness:
    verdict = verdicts.effective(unit, sample.id)
    if verdict is None:
        raise NotReady("no_verdict")
    return Readiness(
        at=at,
        outcome=verdict.outcome,
        verdict_state=verdict.state,
        parties=_parties(unit, sample),
        author=author,
        approver=approver,
        objection_open=open_objections(unit, sample.id),
        disputed=_noted(unit, sample.id, at),
        unqualified=coverage.uncovered(unit, sample),
        duplicate=not again and publications.of_sample(unit, sample.id) is not None,
    )


def _parties(unit: Session, sample: Sample) -> tuple[Party, ...]:
    told = [notice for notice in notices.of_sample(unit, sample.id) if notice.kind is NoticeKind.RESULT]
    clocks = {notice.recipient: deadlines.find(unit, sample.id, notice.recipient, OBJECTION_WINDOW) for notice in told}
    return tuple(
        Party(name, clock.starts_at if clock else None, clock.due_at if clock else None)
        for name, clock in clocks.items()
    )


def _corrected(unit: Session, sample: Sample) -> tuple[str, ...]:
    """A laboratory that corrected its report after the verdict was confirmed: somebody must look before it is shown."""
    verdict = verdicts.effective(unit, sample.id)
    return ("results_changed",) if verdict is not None and bases.is_outdated(unit, verdict) else ()


def _tested_once(unit: Session, sample: Sample) -> tuple[str, ...]:
    """Goods without a backup unit: nobody could have them tested again, so the result serves risk monitoring alone."""
    test, backup = (custody.standing_as(unit, sample.id, role) for role in (Role.TEST, Role.BACKUP))
    return ("no_backup",) if test and not backup else ()


def _lab(unit: Session, sample: Sample, verdict: Verdict) -> str:
    """The laboratory whose results the verdict rests on; of one that weighs others, the last of them."""
    weighed = () if verdict.basis is None else verdict.basis.weighed
    found = grounds.of_verdict(unit, verdicts.get(unit, weighed[-1]) if weighed else verdict)
    return found[-1].lab if found else sample.lab or ""


def _private(unit: Session, sample: Sample) -> tuple[str, ...]:
    orders = [item.order_no for item in purchases.of_sample(unit, sample.id) if item.order_no]
    blind = [order.blind_code for order in consignments.of_sample(unit, sample.id)]
    waybills = [item.waybill for item in purchases.of_sample(unit, sample.id) if item.waybill]
    return (*orders, *blind, *waybills, *([sample.shopper] if sample.shopper else []))
