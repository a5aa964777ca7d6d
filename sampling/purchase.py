"""A purchase: ordered at most once, because the intent is stored before the order is placed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sampling.lifecycle import Lifecycle
from sampling.money import Money


class PurchaseState(StrEnum):
    """Where a purchase stands; `unknown` is settled by reading the shop's order list or by a person."""

    INTENDED = "intended"
    PLACED = "placed"
    UNKNOWN = "unknown"
    FAILED = "failed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class PurchaseEvent(StrEnum):
    """What happened to a purchase."""

    PLACED = "placed"
    REFUSED = "refused"
    LOST_SIGHT = "lost_sight"
    FOUND = "found"
    NOT_FOUND = "not_found"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


_S, _E = PurchaseState, PurchaseEvent

PURCHASE: Lifecycle[PurchaseState, PurchaseEvent] = Lifecycle(
    noun="purchase",
    initial=_S.INTENDED,
    moves={
        (_S.INTENDED, _E.PLACED): _S.PLACED,
        (_S.INTENDED, _E.REFUSED): _S.FAILED,
        (_S.INTENDED, _E.LOST_SIGHT): _S.UNKNOWN,
        (_S.UNKNOWN, _E.FOUND): _S.PLACED,
        (_S.UNKNOWN, _E.NOT_FOUND): _S.FAILED,
        (_S.PLACED, _E.SHIPPED): _S.SHIPPED,
        (_S.PLACED, _E.CANCELLED): _S.CANCELLED,
        (_S.SHIPPED, _E.DELIVERED): _S.DELIVERED,
        # A parcel that was sent and never came, or was called back on its way.
        (_S.SHIPPED, _E.CANCELLED): _S.CANCELLED,
    },
)


@dataclass(frozen=True, slots=True)
class Purchase:
    """One order of test and backup units from one listing."""

    id: UUID
    sample_id: UUID
    shopper: str
    quantity: int
    state: PurchaseState
    intended_at: datetime
    order_no: str | None = None
    order_url: str | None = None
    paid: Money | None = None
    carrier: str | None = None
    waybill: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ShopOrder:
    """One entry of a shop's own order list, as the shopper's account shows it."""

    order_no: str
    url: str
    placed_at: datetime | None
    item_ids: tuple[str, ...]
    status: str


def find_order(
    purchase: Purchase,
    item_id: str,
    orders: tuple[ShopOrder, ...],
    taken: frozenset[str],
) -> ShopOrder | None:
    """Give the shop's order that answers the intent: the same item, and no other purchase's order number.

    The conflict rule lets a shopper buy a listing once, so the item alone identifies the order;
    an order list that shows two unclaimed orders of the item gives the earlier one.
    """
    matches = [order for order in orders if item_id in order.item_ids and order.order_no not in taken]
    return min(matches, key=lambda order: order.order_no, default=None)
