"""Doubling: sends each planned duplicate to a laboratory drawn by lot that did not get the test unit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from flows.packing import Group, group_of, pack_groups
from flows.tick import now
from flows.wiring import World
from labs.accreditation import LabDraw, ScopeEntry, draw_lab
from labs.consignment import DUPLICATE, FIRST
from labs.duplicate import UNSEALED, Duplicate, seed_of, send_refusal
from sampling.custody import Role
from sampling.sample import Sample
from storage import campaigns, consignments, coverage, custody, duplicates, events, laboratories, returns, samples
from storage.unit import Unit

NO_LAB, LAB_DRAWN = "no_laboratory_for_duplicate", "lab_drawn"


@dataclass(frozen=True, slots=True)
class _Ready:
    """One duplicate that can be sent: with what it travels, and the lot that says where to."""

    duplicate: Duplicate
    sample: Sample
    group: Group
    draw: LabDraw


def pack_duplicates(world: World, limit: int, *, by: str) -> list[str]:
    """Pack what can be sent, one consignment a laboratory and temperature; what never can is refused with its reason.

    A duplicate leaves with the test unit or after it: before that nobody knows which laboratory is the other one.
    """
    ready: dict[UUID, _Ready] = {}
    done: list[str] = []
    with world.database.unit() as unit:
        scopes = laboratories.scopes(unit)
        for one in duplicates.unsent(unit):
            found = _send(world, unit, scopes, one, by) if len(ready) + len(done) < limit else None
            if isinstance(found, _Ready):
                ready[found.sample.id] = found
            elif found:
                done.append(found)

    def tell(unit: Unit, sample: Sample) -> None:
        told = {"for": DUPLICATE, **asdict(ready[sample.id].draw)}
        subject = ready[sample.id].duplicate.id
        events.append(unit, sample.id, duplicates.NOUN, subject, LAB_DRAWN, by=by, at=now(world), data=told)

    found_groups = [(one.group, one.sample) for one in ready.values()]
    return done + pack_groups(world, found_groups, Role.DUPLICATE, DUPLICATE, by=by, tell=tell)


def _send(world: World, unit: Unit, scopes: Sequence[ScopeEntry], one: Duplicate, by: str) -> _Ready | str | None:
    """What can be sent; or why it is not made; None while its sample is not under way."""
    sample = samples.get(unit, one.sample_id)
    first = next((order for order in consignments.of_sample(unit, sample.id) if order.purpose == FIRST), None)
    part = custody.standing_as(unit, sample.id, Role.DUPLICATE)
    damaged = part is not None and returns.is_damaged(unit, part.id)
    refusal = send_refusal(sample.state, part, damaged=damaged)
    if sample.state in UNSEALED or (first is None and refusal is None):
        return None
    draw = None if refusal or first is None else _draw(world, unit, scopes, sample, first.lab)
    if draw is None or draw.lab is None:
        duplicates.refuse(unit, one.id, refusal or NO_LAB, by=by, at=now(world))
        return f"left: {refusal or NO_LAB}"
    return _Ready(one, sample, group_of(unit, sample, draw.lab), draw)


def _draw(world: World, unit: Unit, scopes: Sequence[ScopeEntry], sample: Sample, tested_by: str) -> LabDraw:
    """One laboratory in scope for all that is ordered, whose seed leads back to the published draw."""
    at = now(world)
    items = world.limits.items(sample.category, at.date())
    away = {tested_by} | duplicates.refusers(unit, sample.id)
    fit = [
        lab.code
        for lab in laboratories.listed(unit)
        if lab.code not in away and not coverage.out_of_scope(scopes, lab.code, sample.category, items, at)
    ]
    seed = seed_of(campaigns.get(unit, sample.campaign_id).draw_sha256, sample.code)
    return draw_lab(seed, tuple(sorted(fit)))
