"""The payment: whether an offer that was looked at again just before it is paid is still the offer that was drawn."""

from collections.abc import Iterable, Mapping

from sampling.evidence.comparison import Change, ChangeKind
from sampling.money import Money

DECISIVE: Mapping[str, str] = {
    "seller": "seller_changed",
    "shop_id": "seller_changed",
    "brand": "goods_changed",
    "gtin": "goods_changed",
    "item_id": "goods_changed",
    "model": "goods_changed",
    "mpn": "goods_changed",
    "sku": "goods_changed",
}
"""The fields that say who sells what, and the reason for which a person is asked when one changes.

The seller stands first: other goods of another seller are asked about for the seller. Every other field, the claims
among them, binds as it stands at the payment; so does the price, as long as it did not rise too far.
"""
DEARER = "price_risen"


def questioned(
    changes: Iterable[Change], *, before: Money | None, after: Money | None, most_percent: int
) -> str | None:
    """Give the reason for which a person must consent before the offer is ordered; None where it may be ordered.

    A field that only one of the two readings states proves no change: the page may just have come up shorter. A price
    in another currency is no rise: it cannot be compared.
    """
    told = {change.name: change for change in changes if change.kind is ChangeKind.CHANGED and not _alike(change)}
    reason = next((reason for name, reason in DECISIVE.items() if name in told), None)
    return reason or (DEARER if rose(before, after, most_percent) else None)


def rose(before: Money | None, after: Money | None, most_percent: int) -> bool:
    """Tell whether a price is more than so many percent above what it was."""
    if before is None or after is None or before.currency != after.currency:
        return False
    return after.amount * 100 > before.amount * (100 + most_percent)


def _alike(change: Change) -> bool:
    """Whether only the way of writing differs: letters, case and breaks, not the words."""
    return _plain(change.before) == _plain(change.after)


def _plain(value: str | None) -> str:
    return "".join((value or "").split()).casefold()
