"""Packing: one unit as it travels to a laboratory, under its blind code, with what is ordered and what goes along."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import partial
from itertools import groupby

from flows.blinding import blinding
from flows.tick import guarded, now
from flows.wiring import World
from labs import method
from sampling import rulebook
from sampling.custody import Role
from sampling.sample import Sample
from storage import campaigns, consignments, custody
from storage.consignments import Kept, Packed
from storage.unit import Unit

Group = tuple[str, tuple[int, ...]]
"""What travels together: the laboratory, and the coldest and warmest degrees where a rule names them."""


def packed(world: World, unit: Unit, sample: Sample, role: Role, items: tuple[str, ...] = ()) -> Packed:
    """Give one unit with what is ordered: these items, or all that have a limit in the goods, and their methods.

    A twin in the place of the test unit bears the code it was labelled with.
    """
    on = now(world).date()
    ordered = items or world.limits.items(sample.category, on)
    part = custody.of_role(unit, sample.id, role)
    code = blinding(world.blind_key)(sample, part.role)
    return Packed(part, code, sample.category, ordered, method.ordered(ordered, sample.category, on))


def group_of(unit: Unit, sample: Sample, lab: str) -> Group:
    """Give what the sample travels with to a laboratory."""
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    rule = rules.rules.get(f"transport.{sample.category}")
    return lab, rule.numbers if rule else ()


def kept(group: Group) -> Kept | None:
    """Give the temperatures that a group is kept at; None where it travels as any parcel does."""
    _, degrees = group
    return Kept(Decimal(degrees[0]), Decimal(degrees[1])) if degrees else None


def pack_groups(
    world: World,
    found: Iterable[tuple[Group, Sample]],
    role: Role,
    purpose: str,
    *,
    by: str,
    tell: Callable[[Unit, Sample], None] = lambda unit, sample: None,
) -> list[str]:
    """Pack one consignment a group; what cannot be packed for one laboratory holds up no other.

    `tell` writes down what is known of each sample that is packed.
    """
    done: list[str] = []
    ordered = sorted(found, key=lambda pair: (pair[0], pair[1].id))
    for group, pairs in groupby(ordered, key=lambda pair: pair[0]):
        together = tuple(sample for _, sample in pairs)
        pack = partial(_pack, world, group, together, role, purpose, by=by, tell=tell)
        done += [guarded("dispatch", f"consignment to {group[0]}", pack)] * len(together)
    return done


def _pack(
    world: World, group: Group, found: tuple[Sample, ...], role: Role, purpose: str, *, by: str,
    tell: Callable[[Unit, Sample], None],
) -> str:  # fmt: skip
    at = now(world)
    with world.database.unit() as unit:
        parts = [packed(world, unit, sample, role) for sample in found]
        consignments.pack(unit, group[0], parts, purpose=purpose, by=by, at=at, kept=kept(group))
        for sample in found:
            tell(unit, sample)
    return "packed"
