"""Replay: a stored verdict beside the one that the same basis gives today."""

from dataclasses import dataclass, fields
from decimal import Decimal

from labs.verdict import ItemVerdict, Verdict

FLOATING = frozenset({"1"})
"""Engines that took probabilities from binary floats: their last place may differ by one."""

_LAST_PLACE = Decimal("0.0001")
_COMPARED = ("outcome", "severity", "reasons", "rule_version", "judged_at", "sample_id", "purpose")


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a verdict says otherwise when it is given again."""

    item: str
    """Empty for the verdict as a whole."""
    field: str
    stored: str
    given: str


def differences(stored: Verdict, given: Verdict) -> tuple[Difference, ...]:
    """Give what differs; neither state nor confirmation nor the version of the engine is a difference."""
    found = [
        Difference("", name, str(getattr(stored, name)), str(getattr(given, name)))
        for name in _COMPARED
        if getattr(stored, name) != getattr(given, name)
    ]
    before, after = ({item.item: item for item in one.items} for one in (stored, given))
    if list(before) != list(after):
        found.append(Difference("", "items", ", ".join(before), ", ".join(after)))
    for name in (name for name in before if name in after):
        found += _of_item(before[name], after[name], floating=stored.engine_version in FLOATING)
    return tuple(found)


def _of_item(stored: ItemVerdict, given: ItemVerdict, *, floating: bool) -> list[Difference]:
    pairs = ((field.name, getattr(stored, field.name), getattr(given, field.name)) for field in fields(ItemVerdict))
    return [
        Difference(stored.item, name, str(one), str(other))
        for name, one, other in pairs
        if one != other and not (name == "p_conform" and floating and _alike(one, other))
    ]


def _alike(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= _LAST_PLACE
