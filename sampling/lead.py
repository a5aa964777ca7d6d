"""A lead: what an officer should look into, because it happened too often to be chance; it is no verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class LeadKind(StrEnum):
    """What a merchant is suspected of."""

    EVASION = "evasion"
    MISDESCRIPTION = "misdescription"
    ILLEGAL_GOODS = "illegal_goods"


EVADING = frozenset({"seller_cancelled", "seller_refused", "recognised"})
"""Why an order came to nothing, where it was the seller's doing."""
MISDESCRIBING = frozenset({"wrong_goods"})
"""Why goods could not be a sample, where they are not what the listing said."""
DIVERTING = frozenset({"no_identity", "unlicensed", "counterfeit"})
"""What goods are that enforcement takes over without a test: nothing says who made them, nobody may make or sell them
without a licence, or they bear another's name."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One sample that ended before a verdict."""

    sample: str
    merchant: str
    """As `platform/seller`."""
    shopper: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lead:
    """One merchant with the samples that speak against it, in the order of their codes."""

    kind: LeadKind
    merchant: str
    samples: tuple[str, ...]


def leads(ended: Iterable[Ended], *, least: int) -> tuple[Lead, ...]:
    """Give the leads that ended samples add up to, by kind and merchant.

    A merchant evades when it left at least so many different shoppers without their goods; one parcel of other goods
    than were listed is enough for a misdescription, and so is one of goods that are a case for enforcement.
    """
    evading: dict[str, list[Ended]] = {}
    misdescribing: dict[str, list[Ended]] = {}
    selling: dict[str, list[Ended]] = {}
    for one in ended:
        if one.reason in EVADING:
            evading.setdefault(one.merchant, []).append(one)
        elif one.reason in MISDESCRIBING:
            misdescribing.setdefault(one.merchant, []).append(one)
        elif one.reason in DIVERTING:
            selling.setdefault(one.merchant, []).append(one)
    often = {name: found for name, found in evading.items() if len({one.shopper for one in found}) >= least}
    return (
        *_told(LeadKind.EVASION, often),
        *_told(LeadKind.MISDESCRIPTION, misdescribing),
        *_told(LeadKind.ILLEGAL_GOODS, selling),
    )


def _told(kind: LeadKind, found: dict[str, list[Ended]]) -> list[Lead]:
    return [Lead(kind, name, tuple(sorted(one.sample for one in found[name]))) for name in sorted(found)]
