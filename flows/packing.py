"""Packing: one unit as it travels to a laboratory, under its blind code, with what is ordered and what goes along."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import groupby

from flows.blinding import blinding
from flows.tick import guarded, now
from flows.wiring import World
from labs import method
from labs.consignment import FIRST
from sampling import rulebook
from sampling.custody import Role
from sampling.sample import Sample
from storage import campaigns, consignments, custody
from storage.consignments import Kept, Packed
from storage.unit import Unit

Group = tuple[str, tuple[int, ...]]
"""What travels together: the laboratory, and the coldest and warmest degrees where a rule names them."""


Ordered = Mapping[str, tuple[str, ...]]
"""Item to the methods asked for, any of which will do; none where every method will."""


def ordered(world: World, sample: Sample, at: datetime) -> Ordered:
    """Give what a first test of a sample is for at this time: all that has a limit in the goods."""
    on = at.date()
    return method.ordered(world.limits.items(sample.category, on), sample.category, on)


def packed(world: World, unit: Unit, sample: Sample, role: Role, asked: Ordered) -> Packed:
    """Give one unit with what is ordered; a twin in the place of the test unit bears the code it was labelled with."""
    part = custody.of_role(unit, sample.id, role)
    code = blinding(world.blind_key)(sample, part.role)
    named = {item: methods for item, methods in asked.items() if methods}
    return Packed(part, code, sample.category, tuple(asked), named)


def group_of(unit: Unit, sample: Sample, lab: str) -> Group:
    """Give what the sample travels with to a laboratory."""
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    rule = rules.rules.get(f"transport.{sample.category}")
    return lab, rule.numbers if rule else ()


def kept(group: Group) -> Kept | None:
    """Give the temperatures that a group is kept at; None where it travels as any parcel does."""
    _, degrees = group
    return Kept(Decimal(degrees[0]), Decimal(degrees[1])) if degrees else None


@dataclass(frozen=True, slots=True)
class Part:
    """One unit that is due: with what it travels, of which sample it is, and in which role it was sealed.

    `tell` writes down what is known of it once it is packed.
    """

    group: Group
    sample: Sample
    role: Role
    tell: Callable[[Unit], None] = lambda unit: None


def pack_groups(world: World, found: Iterable[Part], *, by: str) -> list[str]:
    """Pack one consignment of first tests a group; what cannot be packed for one laboratory holds up no other.

    A blind duplicate travels among them: in a parcel of its own it could be told by its time.
    """
    done: list[str] = []
    in_order = sorted(found, key=lambda part: (part.group, part.sample.id))
    for group, parts in groupby(in_order, key=lambda part: part.group):
        together = tuple(parts)
        pack = partial(_pack, world, group, together, by=by)
        done += [guarded("dispatch", f"consignment to {group[0]}", pack)] * len(together)
    return done


def _pack(world: World, group: Group, found: tuple[Part, ...], *, by: str) -> str:
    at = now(world)
    with world.database.unit() as unit:
        parts = [packed(world, unit, one.sample, one.role, ordered(world, one.sample, at)) for one in found]
        consignments.pack(unit, group[0], parts, purpose=FIRST, by=by, at=at, kept=kept(group))
        for one in found:
            one.tell(unit)
    return "packed"
