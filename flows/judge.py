"""The judge: puts complete results against the limits; a re-test is weighed against the first verdict."""

from collections.abc import Mapping
from dataclasses import replace as with_changes
from datetime import date, datetime
from uuid import UUID

from prefect import flow

from flows.blinding import PURPOSES
from flows.report import Report
from flows.tick import ALL, LEFT, each, now
from flows.wiring import World, open_world
from labs.judgement import judge
from labs.result import Result
from labs.retest import replace
from labs.verdict import Outcome, Verdict, VerdictEvent, VerdictState
from sampling import rulebook
from sampling.custody import Role
from sampling.sample import Sample, SampleEvent, SampleState
from storage import (
    bases,
    campaigns,
    captures,
    consignments,
    coverage,
    limits,
    objections,
    openings,
    purchases,
    samples,
    uploads,
    verdicts,
)
from storage.consignments import Order
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:judge"
FIRST, RETEST, ARBITRATION, FINAL = "first", PURPOSES[Role.BACKUP], PURPOSES[Role.ARBITRATION], "final"
JUDGED_FROM = (SampleState.TESTING, SampleState.VERDICT, SampleState.REINSPECTION)
"""A verdict that nobody confirmed yet is given again when the laboratory corrects its report."""
UNSETTLED = (Outcome.HOLD, Outcome.INDETERMINATE)
"""Kept with their reasons while the sample stays in test: no verdict is made of what is not known."""


@flow(name="judge")
def judge_flow(limit: int = 500) -> str:
    """Judge what is complete; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Judge each sample whose ordered items all have a result."""
    with world.database.unit() as unit:
        limits.keep(unit, world.limits, at=now(world))  # older verdicts by this version can be given again for ever
        due = samples.in_state(unit, *JUDGED_FROM, limit=ALL)
    return each("judge", world, "sample", due, _step, most=limit)


def _step(world: World, sample: Sample) -> str:
    with world.database.unit() as unit:
        current = samples.expect(unit, sample.id, *JUDGED_FROM)
        said = [_consider(world, unit, current, order) for order in _orders(unit, current)]
        return next((one for one in said if not one.startswith("left")), said[-1] if said else "left: nothing ordered")


def _consider(world: World, unit: Unit, sample: Sample, order: Order) -> str:
    results = bases.results_of(unit, sample.id, order.blind_code)
    held = verdicts.live(unit, sample.id, order.purpose)
    again = held is not None and _may_settle(world, held, results)
    if held is not None and (held.state is VerdictState.CONFIRMED or (_same(held, results) and not again)):
        return LEFT
    if held is not None and not again:
        _void(unit, sample, order, at=now(world))
    if not set(order.items) <= {result.item for result in results.values()}:
        return "left: results awaited"
    if not openings.is_opened(unit, order.unit_id):
        return "left: its unit was never opened"
    if not again and verdicts.voided_on(unit, sample.id, order.purpose, results):
        return "left: its verdict was voided"
    if coverage.uncovered(unit, sample, [order]):
        return "left: tested out of the laboratory's scope"
    if again:
        _void(unit, sample, order, at=now(world))
    return _judge(world, unit, sample, order, results)


def _void(unit: Unit, sample: Sample, order: Order, *, at: datetime) -> None:
    """What was given on results that were corrected is no longer to be confirmed, nor is what weighs it."""
    for purpose in dict.fromkeys((order.purpose, FINAL)):
        given = verdicts.live(unit, sample.id, purpose)
        if given is not None and given.state is VerdictState.PROVISIONAL:
            verdicts.end(unit, given.id, VerdictEvent.VOIDED, by=ACTOR, at=at)


def _judge(world: World, unit: Unit, sample: Sample, order: Order, results: Mapping[UUID, Result]) -> str:
    at = now(world)
    verdict = judge(
        id=captures.fresh_id(),
        sample_id=sample.id,
        category=sample.category,
        results=tuple(results.values()),
        result_ids=tuple(results),
        ordered=order.items,
        limits=world.limits,
        now=at,
        purpose=order.purpose,
        on=_bought_on(unit, sample),
    )
    by = uploads.uploader(unit, sample.id, order.blind_code)
    verdicts.save(unit, verdict, uploaded_by=by, by=ACTOR, at=at)
    if verdict.outcome in UNSETTLED:
        return f"{verdict.outcome.value}: the laboratory is asked again"
    if order.purpose == FIRST:
        if sample.state is SampleState.VERDICT:
            return f"again {verdict.outcome.value}"
        samples.record(unit, sample.id, SampleEvent.JUDGED, by=ACTOR, at=at, data={"outcome": verdict.outcome.value})
        return verdict.outcome.value
    return _weigh(unit, sample, by, at)


def _bought_on(unit: Unit, sample: Sample) -> date | None:
    """The day of the purchase where the rulebook holds: what the goods had to meet when they were sold."""
    bought = purchases.live(unit, sample.id)
    zone = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook).zone
    return None if bought is None else bought.intended_at.astimezone(zone).date()


def _weigh(unit: Unit, sample: Sample, uploaded_by: str, at: datetime) -> str:
    """Weigh the re-test, and the third laboratory where there was one, against the first verdict."""
    first, again, third, before = (
        verdicts.live(unit, sample.id, purpose) for purpose in (FIRST, RETEST, ARBITRATION, FINAL)
    )
    if first is None or again is None:
        return LEFT
    objection = objections.retested(unit, sample.id)
    assert objection is not None and objection.policy is not None  # agreed when the re-test was ordered
    made = replace(first, again, objection.policy, id=captures.fresh_id(), now=at, third=third)
    if before is not None:
        verdicts.end(unit, before.id, VerdictEvent.VOIDED, by=ACTOR, at=at)
    verdicts.save(unit, with_changes(made, purpose=FINAL), uploaded_by=uploaded_by, by=ACTOR, at=at)
    return f"final {made.outcome.value}"


def _may_settle(world: World, held: Verdict, results: Mapping[UUID, Result]) -> bool:
    """Whether what the same results left open may be settled by other limits than those it was judged by."""
    return (
        held.outcome in UNSETTLED
        and held.state is VerdictState.PROVISIONAL
        and held.rule_version != world.limits.rule_version
        and _same(held, results)
    )


def _same(held: Verdict, results: Mapping[UUID, Result]) -> bool:
    """Whether the results are those that could not be settled before."""
    if held.basis is not None:
        return set(held.basis.results) == set(results)
    said = {result.item: result.raw_text for result in results.values()}
    return {item.item: item.raw_text for item in held.items} == said


def _orders(unit: Unit, sample: Sample) -> tuple[Order, ...]:
    """The orders that are judged now: under re-inspection those of the twins."""
    wanted = (RETEST, ARBITRATION) if sample.state is SampleState.REINSPECTION else (FIRST,)
    return tuple(order for order in consignments.of_sample(unit, sample.id) if order.purpose in wanted)
