"""What coordinators and officers do: hand over, settle, confirm, decide, approve."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from labs.verdict import Verdict, VerdictEvent
from platforms.notice import NoticeEvent
from sampling import rulebook
from sampling.calendar import Deadline
from sampling.calendar import due as deadline_of
from sampling.custody import CARRIER, STATION, UnitEvent
from sampling.purchase import PurchaseEvent
from sampling.sample import SampleEvent, SampleState
from sampling.task import TaskEvent
from storage import (
    bases,
    campaigns,
    consignments,
    custody,
    documents,
    grounds,
    notices,
    purchases,
    releases,
    samples,
    verdicts,
)
from storage.acts.reinspection import conclude_retest
from storage.errors import NotAllowed
from storage.parcel_papers import manifest_number
from storage.service import serve

CONSIGNMENT_LIMIT = "consignment_limit"
LOST = ("not_found", "sold_out", "goods_changed", "on_request")
"""Why a person may give up a drawn listing before it is bought."""


def hand_over(
    unit: Session, consignment_id: UUID, waybill: str, *, by: str, at: datetime, courier: str | None = None,
    seals_whole: bool = False,
) -> None:  # fmt: skip
    """Give a packed consignment to the carrier: its manifest is frozen, and every unit's chain goes on from here.

    That the seals are whole is written down where somebody looked at all of them, and nothing of them otherwise.
    """
    consignment = consignments.hold(unit, consignment_id)
    units = consignments.units_of(unit, consignment_id).values()
    for unit_id, _ in units:
        custody.hand_over(
            unit, unit_id, UnitEvent.HANDED_OVER, released_by=STATION, received_by=CARRIER, place=STATION,
            seal_ok=seals_whole or None, by=by, at=at,
        )  # fmt: skip
    printed = documents.last(unit, manifest_number(consignment.number))
    due = _due(unit, next(sample_id for _, sample_id in units), at)
    consignments.leave(
        unit, consignment_id, courier=courier, waybill=waybill, document=printed.sha256 if printed else None, due=due,
        by=by, at=at,
    )  # fmt: skip


def _due(unit: Session, sample_id: UUID, at: datetime) -> Deadline | None:
    """By when a laboratory must have it, where the rulebook of the campaign says so."""
    rules = rulebook.load(campaigns.get(unit, samples.get(unit, sample_id).campaign_id).rulebook)
    rule = rules.rules.get(CONSIGNMENT_LIMIT)
    return None if rule is None else deadline_of(at, rule, rules.zone)


def settle_purchase(
    unit: Session, purchase_id: UUID, order_no: str | None, order_url: str, *, by: str, at: datetime
) -> None:
    """Say what became of an order that was lost sight of: its number, or that it was never placed."""
    purchase = purchases.get(unit, purchase_id)
    if order_no:
        purchases.placed(
            unit, purchase_id, PurchaseEvent.FOUND, order_no=order_no, order_url=order_url, paid=None, by=by, at=at
        )
        ordered(unit, purchase.sample_id, order_no, by=by, at=at)
    else:
        purchases.record(unit, purchase_id, PurchaseEvent.NOT_FOUND, by=by, at=at, reason="not_in_order_list")


def ordered(unit: Session, sample_id: UUID, order_no: str, *, by: str, at: datetime) -> None:
    """Move a sample and its task on once the order is known to stand."""
    samples.expect(unit, sample_id, SampleState.CAPTURED)
    samples.record(unit, sample_id, SampleEvent.ORDERED, by=by, at=at, data={"order_no": order_no})
    samples.record_task(unit, sample_id, TaskEvent.BOUGHT, by=by, at=at)


def skip(unit: Session, sample_id: UUID, reason: str, *, by: str, at: datetime) -> None:
    """Give up a drawn listing that cannot be bought, for one of LOST; the next of its reserve is opened by a sweep.

    A sample that is captured already raises Conflict: its evidence says what became of it.
    """
    samples.expect(unit, sample_id, SampleState.TARGETED)
    samples.record_task(unit, sample_id, TaskEvent.RELEASED, by=by, at=at, reason=reason)
    samples.record(unit, sample_id, SampleEvent.SKIPPED, by=by, at=at, reason=reason)


def confirm_verdict(unit: Session, verdict_id: UUID, *, by: str, at: datetime, limits_read: bool = False) -> Verdict:
    """Confirm a verdict as a second person; a final one after a retest replaces the first.

    Whoever brought any of its results, or let a held file of them pass, raises NotAllowed. So does a verdict on results
    that were corrected since, or a failure by a limit that nobody read at its source, unless the second person did.
    """
    proposed = verdicts.get(unit, verdict_id)
    under = grounds.of_verdict(unit, proposed)
    if by in {one.uploaded_by for one in under}:
        raise NotAllowed("a verdict is confirmed by a second person")
    if by in releases.deciders(unit, {one.upload_id for one in under}):
        raise NotAllowed("a verdict is confirmed by somebody who did not let the file of its results pass")
    if bases.is_outdated(unit, proposed):
        raise NotAllowed("the laboratory corrected its report: the verdict is given again first")
    verdict = verdicts.confirm(unit, verdict_id, by=by, at=at, limits_read=limits_read)
    if verdict.purpose == "final":
        first = verdicts.live(unit, verdict.sample_id, "first")
        if first is not None:
            verdicts.end(unit, first.id, VerdictEvent.REPLACED, by=by, at=at)
        conclude_retest(unit, verdict, by=by, at=at)
    return verdict


def approve_notice(unit: Session, notice_id: UUID, *, by: str, at: datetime) -> None:
    """Approve a drafted notice as a second person; the next `notify` sweep issues it."""
    notices.approve(unit, notice_id, by=by, at=at)


def prove_service(
    unit: Session, notice_id: UUID, proof: str, *, by: str, at: datetime, zone: ZoneInfo | None = None
) -> None:
    """Write down how a party without an account was reached; its clock starts here and counts the days of its zone."""
    notice = notices.get(unit, notice_id)
    notices.said(unit, notice_id, "served", by=by, at=at, reason=proof)
    notices.record(unit, notice_id, NoticeEvent.ACKNOWLEDGED, by=by, at=at, data={"proof": proof})
    serve(unit, notice, proof=proof, by=by, at=at, zone=zone)
