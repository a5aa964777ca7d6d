"""Doubling: sends each planned duplicate to a laboratory drawn by lot that did not get the test unit."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from functools import partial
from uuid import UUID

from flows.packing import Part, group_of, ordered
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


def sendable(
    world: World, unit: Unit, limit: int, leaving: Collection[UUID], *, by: str
) -> tuple[list[Part], list[str]]:
    """Give the duplicates that can be sent, and a word for each that never can, which is refused with its reason.

    A duplicate leaves with the test unit, where that is `leaving` by the sample's id, or after it: before that nobody
    knows which laboratory is the other one.
    """
    parts: list[Part] = []
    done: list[str] = []
    scopes = laboratories.scopes(unit)
    for one in duplicates.unsent(unit):
        found = _send(world, unit, scopes, one, leaving, by) if len(parts) + len(done) < limit else None
        if isinstance(found, Part):
            parts.append(found)
        elif found:
            done.append(found)
    return parts, done


def _send(
    world: World, unit: Unit, scopes: Sequence[ScopeEntry], one: Duplicate, leaving: Collection[UUID], by: str
) -> Part | str | None:
    """What can be sent; or why it is not made; None while its sample is not under way."""
    sample = samples.get(unit, one.sample_id)
    first = _first_lab(unit, sample, leaving)
    part = custody.standing_as(unit, sample.id, Role.DUPLICATE)
    damaged = part is not None and returns.is_damaged(unit, part.id)
    refusal = send_refusal(sample.state, part, damaged=damaged)
    if sample.state in UNSEALED or (first is None and refusal is None):
        return None
    draw = None if refusal or first is None else _draw(world, unit, scopes, sample, first)
    if draw is None or draw.lab is None:
        duplicates.refuse(unit, one.id, refusal or NO_LAB, by=by, at=now(world))
        return f"left: {refusal or NO_LAB}"
    return Part(group_of(unit, sample, draw.lab), sample, Role.DUPLICATE, partial(_tell, world, one, draw, by))


def _first_lab(unit: Unit, sample: Sample, leaving: Collection[UUID]) -> str | None:
    """The laboratory that has the test unit, or is sent it now."""
    orders = (order.lab for order in consignments.of_sample(unit, sample.id) if order.purpose == FIRST)
    return next(orders, sample.lab if sample.id in leaving else None)


def _tell(world: World, one: Duplicate, draw: LabDraw, by: str, unit: Unit) -> None:
    told = {"for": DUPLICATE, **asdict(draw)}
    events.append(unit, one.sample_id, duplicates.NOUN, one.id, LAB_DRAWN, by=by, at=now(world), data=told)


def _draw(world: World, unit: Unit, scopes: Sequence[ScopeEntry], sample: Sample, tested_by: str) -> LabDraw:
    """One laboratory in scope for all that is ordered, whose seed leads back to the published draw."""
    at = now(world)
    asked = ordered(world, sample, at)
    away = {tested_by} | duplicates.refusers(unit, sample.id)
    fit = [
        lab.code
        for lab in laboratories.listed(unit)
        if lab.code not in away and not coverage.out_of_scope(scopes, lab.code, sample.category, asked, at)
    ]
    seed = seed_of(campaigns.get(unit, sample.campaign_id).draw_sha256, sample.code)
    return draw_lab(seed, tuple(sorted(fit)))
