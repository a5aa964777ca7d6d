"""The judge: puts complete results against the limits; a re-test is weighed against the first verdict."""

from collections.abc import Mapping
from dataclasses import replace as with_changes
from uuid import UUID

from prefect import flow

from flows.report import Report
from flows.tick import ALL, LEFT, each, now
from flows.wiring import World, open_world
from labs.judgement import judge
from labs.result import Result
from labs.retest import replace
from labs.verdict import Outcome, Verdict, VerdictEvent, VerdictState
from sampling.rulebook import load as load_rules
from sampling.sample import Sample, SampleEvent, SampleState
from storage import bases, campaigns, captures, consignments, limits, samples, uploads, verdicts
from storage.consignments import Order
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:judge"
FIRST, RETEST, FINAL = "first", "retest", "final"
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
        wanted = RETEST if current.state is SampleState.REINSPECTION else FIRST
        order = _order(unit, sample, wanted)
        results = bases.results_of(unit, sample.id, order.blind_code) if order else {}
        if order is None or not set(order.items) <= {result.item for result in results.values()}:
            return "left: results awaited"
        held = verdicts.live(unit, sample.id, wanted)
        if held is not None and (held.state is VerdictState.CONFIRMED or _same(held, results)):
            return LEFT
        if held is not None:
            verdicts.end(unit, held.id, VerdictEvent.VOIDED, by=ACTOR, at=now(world))
        return _judge(world, unit, current, order, results)


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
    first = verdicts.live(unit, sample.id, FIRST)
    if first is None:
        return LEFT
    policy = load_rules(campaigns.get(unit, sample.campaign_id).rulebook).rule("retest_policy").word
    final = with_changes(replace(first, verdict, policy, id=captures.fresh_id(), now=at), purpose=FINAL)
    verdicts.save(unit, final, uploaded_by=by, by=ACTOR, at=at)
    return f"final {final.outcome.value}"


def _same(held: Verdict, results: Mapping[UUID, Result]) -> bool:
    """Whether the results are those that could not be settled before."""
    if held.basis is not None:
        return set(held.basis.results) == set(results)
    said = {result.item: result.raw_text for result in results.values()}
    return {item.item: item.raw_text for item in held.items} == said


def _order(unit: Unit, sample: Sample, purpose: str) -> Order | None:
    return next((order for order in consignments.of_sample(unit, sample.id) if order.purpose == purpose), None)
