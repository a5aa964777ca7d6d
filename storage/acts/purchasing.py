"""What people do about an order: consent to a changed offer, call an order off, enter money that came back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from sampling.budget import MoneyKind
from sampling.consent import Consent, ConsentEvent
from sampling.money import Money
from sampling.purchase import PurchaseEvent, PurchaseState
from sampling.sample import SampleEvent, SampleState
from sampling.task import TaskEvent
from storage import budget, captures, consents, purchases, samples
from storage.errors import Conflict, NotAllowed

CALLED_OFF = (
    "seller_cancelled", "seller_refused", "sold_out", "not_delivered", "sent_back", "account_blocked", "recognised",
)  # fmt: skip
"""Why an order that stood came to nothing."""
UNDER_WAY = (PurchaseState.PLACED, PurchaseState.SHIPPED)


def decide_offer(unit: Session, consent_id: UUID, *, go: bool, note: str, by: str, at: datetime) -> Consent:
    """Let a changed offer be bought, or end its sample as not obtained; the next of the reserve is opened by a sweep.

    Who sells what is from then on what the later capture says. A sample that is no longer waiting raises Conflict.
    """
    asked = consents.get(unit, consent_id)
    sample = samples.expect(unit, asked.sample_id, SampleState.CAPTURED)
    decided = consents.decide(
        unit, consent_id, ConsentEvent.GIVEN if go else ConsentEvent.DENIED, by=by, at=at, note=note
    )
    if go:
        said = captures.get(unit, asked.shown_id).listing
        title, seller, brand = (said.get(name) for name in ("title", "seller", "brand"))
        samples.learn(unit, sample.id, title=title or "", seller=seller, brand=brand)
    else:
        _not_obtained(unit, sample.id, asked.reason, by=by, at=at)
    return decided


def call_off(unit: Session, sample_id: UUID, reason: str, *, by: str, at: datetime) -> None:
    """End an order that came to nothing, for one of CALLED_OFF; money that was paid is awaited back.

    It says nothing of the goods. An order that is not under way raises Conflict.
    """
    samples.expect(unit, sample_id, SampleState.ORDERED, SampleState.SHIPPED)
    order = purchases.live(unit, sample_id)
    if order is None or order.state not in UNDER_WAY:
        raise Conflict("there is no order under way")
    purchases.record(unit, order.id, PurchaseEvent.CANCELLED, by=by, at=at, reason=reason)
    _not_obtained(unit, sample_id, reason, by=by, at=at)


def give_back(
    unit: Session, purchase_id: UUID, shopper: str, amount: Money, *, reference: str, by: str, at: datetime
) -> bool:
    """Enter what the shop gave back to a shopper, once for its reference; False where it is entered already.

    Another's order raises NotAllowed, more than was paid WrongEntry.
    """
    if purchases.get(unit, purchase_id).shopper != shopper:
        raise NotAllowed("this order is another shopper's")
    return budget.enter(
        unit, purchase_id, MoneyKind.REFUND, amount, reference=reference, note="by_shopper", by=by, at=at
    )


def _not_obtained(unit: Session, sample_id: UUID, reason: str, *, by: str, at: datetime) -> None:
    samples.record(unit, sample_id, SampleEvent.NOT_OBTAINED, by=by, at=at, reason=reason)
    samples.record_task(unit, sample_id, TaskEvent.RELEASED, by=by, at=at, reason=reason)
