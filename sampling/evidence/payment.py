"""The payment: whether an offer that was looked at again just before it is paid is still the offer that was drawn."""

from collections.abc import Iterable, Mapping

from sampling.evidence.comparison import Change, ChangeKind

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
"""The fields that say who sells what, and the reason for which a drawn listing is lost when one changes.

The seller stands first: other goods of another seller are lost for the seller. Every other field, the price and the
claims among them, binds as it stands at the payment.
"""


def lost_for(changes: Iterable[Change]) -> str | None:
    """Give the reason for which the drawn offer is no longer there to be bought; None where it may be ordered.

    A field that only one of the two readings states proves no change: the page may just have come up shorter.
    """
    told = {change.name: change for change in changes if change.kind is ChangeKind.CHANGED and not _alike(change)}
    return next((reason for name, reason in DECISIVE.items() if name in told), None)


def _alike(change: Change) -> bool:
    """Whether only the way of writing differs: letters, case and breaks, not the words."""
    return _plain(change.before) == _plain(change.after)


def _plain(value: str | None) -> str:
    return "".join((value or "").split()).casefold()
