"""An order attempt: what came of one try to buy, told so that nobody has to try again to find out."""

from dataclasses import dataclass
from enum import StrEnum

from sampling.evidence.visit import Visit


class OrderOutcome(StrEnum):
    """Whether an order exists; `unclear` is settled by the shop's order list, never by ordering again."""

    PLACED = "placed"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class OrderAttempt:
    """One try: with the order's number, address and captured page when it was placed, else with the reason."""

    outcome: OrderOutcome
    reason: str | None
    """A code: `sold_out`, `not_found`, `captcha`, `step_failed`, `no_confirmation`, ...; None when placed."""
    order_no: str | None
    order_url: str | None
    visit: Visit | None
    """The order page with all files, or the last picture of a try that failed.

    It may show the cover's address, so it belongs in the restricted part.
    """
    screenshot: bytes
    """The last page seen; empty when not even that could be had."""
    interactions: tuple[str, ...]
