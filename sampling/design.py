"""The design of a campaign's sample: how it is allocated and drawn, beside its number, its budget and its units."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from sampling.errors import ImpossiblePlan

BY_SIZE, BY_MONEY = "size", "money"
WAYS = (BY_SIZE, BY_MONEY)
"""What an allocation is given: a number of samples, or a budget that buys as many as it can."""
LONGEST = 240


@dataclass(frozen=True, slots=True)
class Design:
    """The choices of a plan; one that makes no sense raises ImpossiblePlan with what is wrong."""

    least: int = 1
    """The fewest samples of a stratum, or all that it has."""
    by: str = BY_SIZE
    test_cost: Decimal = Decimal(0)
    """What the test of one sample costs, in the currency of the budget."""
    reserve: int = 10
    """How many listings of each stratum stand by for those that cannot be bought."""
    cap: int = 0
    """The most listings of one merchant in a stratum; 0 for no cap."""
    each: int = 0
    """In two stages, the most listings of each drawn merchant; 0 for a single stage."""
    hold: bool = True
    """Whether the gathered frame waits for a person's go."""
    picks: Mapping[str, str] = field(default_factory=dict)
    """Why a listing is taken without a draw, by its id."""
    confidence: Decimal = Decimal("0.95")

    def __post_init__(self) -> None:
        wrong = [sentence for bad, sentence in _faults(self) if bad]
        if wrong:
            raise ImpossiblePlan(wrong[0])

    @property
    def by_merchant(self) -> bool:
        """Whether the draw asks who sells what, so that the lines of the frame name merchants."""
        return bool(self.cap or self.each)

    def record(self) -> dict[str, Any]:
        """Give the design as plain JSON."""
        return {
            "least": self.least, "by": self.by, "test_cost": str(self.test_cost), "reserve": self.reserve,
            "cap": self.cap, "each": self.each, "hold": self.hold, "picks": dict(self.picks),
            "confidence": str(self.confidence),
        }  # fmt: skip


_KINDS: Mapping[str, type] = {
    "least": int, "by": str, "test_cost": str, "reserve": int, "cap": int, "each": int, "hold": bool, "picks": dict,
    "confidence": str,
}  # fmt: skip


def design_of(record: Mapping[str, Any]) -> Design:
    """Give the design back from its plain JSON; what it does not name is as in PLAIN."""
    for name, value in record.items():
        # A yes is a whole number to Python and none to anybody else.
        if type(value) is not _KINDS.get(name):
            raise ImpossiblePlan(f"a design has no {name} of {value!r}")
    amounts = {name: _amount(name, record[name]) for name in ("test_cost", "confidence") if name in record}
    return Design(**{**record, **amounts})


def _amount(name: str, text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ImpossiblePlan(f"a {name} of {text!r} is no number") from None


def _faults(design: Design) -> list[tuple[bool, str]]:
    counts = {one.name: getattr(design, one.name) for one in fields(design) if one.name in {"reserve", "cap", "each"}}
    strange = [id_ for id_, label in design.picks.items() if not (_plain(id_) and _plain(label))]
    return [
        (design.least < 1, f"{design.least} samples of each stratum leave out listings that have no chance then"),
        (design.by not in WAYS, f"an allocation is by {' or '.join(WAYS)}, not by {design.by!r}"),
        (not _at_least_nothing(design.test_cost), f"a test does not cost {design.test_cost}"),
        *((count < 0, f"a {name} of {count} is fewer than none") for name, count in counts.items()),
        (bool(design.cap and design.each), "a draw is capped or in two stages, not both"),
        (bool(strange), f"the pick {', '.join(map(repr, strange[:3]))} has no plain id and label"),
        (not _between(design.confidence), f"a confidence of {design.confidence} is not between 0 and 1"),
    ]


def _at_least_nothing(amount: Decimal) -> bool:
    return amount.is_finite() and amount >= 0


def _between(share: Decimal) -> bool:
    return share.is_finite() and 0 < share < 1


def _plain(text: str) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST and text.isprintable() and text == text.strip()


PLAIN = Design()
"""A draw of listings in one stage, at least one of each stratum."""
