"""A blind duplicate from its plan to its figures: another laboratory, another code, and the same verdict."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from flows import dispatch, judge
from flows.blinding import blinding
from flows.wiring import World
from labs.accreditation import ScopeEntry, draw_lab
from labs.columns import of_results
from labs.consignment import DUPLICATE, FIRST, ConsignmentState, LineEvent
from labs.report import Reading
from labs.verdict import Outcome
from sampling.custody import Role, UnitEvent, UnitState
from sampling.digest import canonical, sha256
from sampling.documents.kind import DocumentKind
from sampling.sample import SampleEvent, SampleState
from sampling.text import Text
from storage import (
    clock,
    consignments,
    coverage,
    custody,
    documents,
    duplicates,
    events,
    expectations,
    laboratories,
    papers,
    performances,
    samples,
    unpacked,
    uploads,
    verdicts,
)
from storage.acts import bench, carriage, doubling, office
from storage.acts.bench import Arrival
from storage.consignments import Order
from storage.laboratories import Laboratory
from storage.unit import Unit
from tests import build
from tests.build import ITEM, LAB, Case, case, moment
from tests.storage.test_duplicates import seal, unboxed

S = SampleState
OTHERS = ("L-02", "L-03")


def keep_labs(world: World, *codes: str) -> None:
    """Keep laboratories that may test everything by any method."""
    with world.database.unit() as unit:
        for code in codes:
            items = {limit.item for limit in world.limits.limits}
            scope = [ScopeEntry(code, "CMA", item, "*", date(2024, 1, 1), None, "test") for item in sorted(items)]
            laboratories.keep(unit, Laboratory(code, Text(code, code), 30), scope)


def planned(world: World, duplicate: str | None = "F1D", *, labs: tuple[str, ...] = (LAB, *OTHERS)) -> Case:
    """Give a sample with a planned duplicate that waits to be packed."""
    keep_labs(world, *labs)
    with world.database.unit() as unit:
        made = unboxed(unit, world.objects)
        doubling.name(unit, made.sample.campaign_id, [made.sample.code], by="user:coordinator", at=moment(5))
        seal(made, duplicate)
        build.told_of_sampling(made)
    return made


def swept(world: World) -> dict[str, int]:
    return dict(dispatch.sweep(world, 9).outcomes)


def order_of(unit: Unit, made: Case, purpose: str) -> Order:
    return next(one for one in consignments.of_sample(unit, made.sample.id) if one.purpose == purpose)


def reported(world: World, made: Case, purpose: str, value: str) -> None:
    """Have the laboratory of an order take its unit in, test it and report the item."""
    with world.database.unit() as unit:
        at, order = clock.now(unit), order_of(unit, made, purpose)
        parcels = consignments.in_state(unit, ConsignmentState.PACKED, ConsignmentState.IN_TRANSIT)
        one = next(one for one in parcels if order.blind_code in {line.blind_code for line in one.lines})
        office.hand_over(unit, one.id, "K2", by="user:coordinator", at=at)
        bench.receive(unit, one.id, {order.blind_code: True}, by="user:bench", at=at)
        bench.start(unit, order.blind_code, order.lab, by="user:bench", at=at)
        rows = [
            build.result(
                order.blind_code, value, item=item, row=2 + place, report_no=purpose, tested_on=date(2026, 3, 5)
            )
            for place, item in enumerate(order.items)
        ]
        sent = uploads.receive(unit, world.objects, order.lab, "r.csv", purpose.encode(), by=f"user:{order.lab}", at=at)
        reading = Reading((replace(build.report(purpose), lab=order.lab),), (), of_results(rows))
        uploads.commit(unit, sent.id, reading, {order.blind_code: made.sample.id}, by="t", at=at)


def test_a_duplicate_goes_to_another_laboratory_under_a_code_of_its_own(quiet: World) -> None:
    made = planned(quiet)
    assert swept(quiet)["packed"] == 2
    assert "packed" not in swept(quiet), "nothing is sent twice"
    with quiet.database.unit() as unit:
        first, again = (order_of(unit, made, purpose) for purpose in (FIRST, DUPLICATE))
        part = custody.of_role(unit, made.sample.id, Role.DUPLICATE)
        assert (again.unit_id, again.items, first.lab) == (part.id, first.items, LAB)
        assert again.blind_code == blinding(quiet.blind_key)(made.sample, Role.DUPLICATE) != first.blind_code
        [told] = [one for one in events.history(unit, made.sample.id) if one.type == "lab_drawn"]
        assert told.data["candidates"] == list(OTHERS)
        assert draw_lab(told.data["seed"], told.data["candidates"]).lab == told.data["lab"] == again.lab
        assert custody.of_role(unit, made.sample.id, Role.BACKUP).state is UnitState.RETAINED


def test_nothing_that_a_laboratory_sees_tells_a_duplicate_from_a_first_test(quiet: World) -> None:
    made = planned(quiet)
    swept(quiet)
    with quiet.database.unit() as unit:
        [one] = [one for one in consignments.in_state(unit, ConsignmentState.PACKED) if one.lab != LAB]
        [line] = one.lines
        draft = papers.of_unit(unit, f"{made.sample.code}-D", blinding(quiet.blind_key))
        assert documents.last(unit, f"SL-{line.blind_code}") or draft.subject == line.blind_code
        told = {"code": line.blind_code, "seal": "F1D", "items": list(line.items),
                "methods": {item: list(codes) for item, codes in line.methods.items()}}  # fmt: skip
        manifest = {"number": one.number, "lab": one.lab, "purpose": FIRST, "lines": [told]}
        assert one.manifest_sha256 == sha256(canonical(manifest))
        assert draft.kind is DocumentKind.SAMPLE_LABEL


def test_both_results_stand_side_by_side_and_the_verdict_is_that_of_the_first(quiet: World) -> None:
    made = planned(quiet)
    swept(quiet)
    reported(quiet, made, DUPLICATE, "20")
    assert judge.sweep(quiet, 9).done == 0, "a duplicate is never judged"
    with quiet.database.unit() as unit:
        assert samples.get(unit, made.sample.id).state is S.NOTICE_SENT
        assert verdicts.of_sample(unit, made.sample.id) == ()
    reported(quiet, made, FIRST, "210")
    judge.sweep(quiet, 9)
    with quiet.database.unit() as unit:
        [verdict] = verdicts.of_sample(unit, made.sample.id)
        lead = next(item for item in verdict.items if item.item == ITEM)
        assert (verdict.purpose, lead.outcome, lead.raw_text) == ("first", Outcome.FAIL, "210")
        figures = performances.of_all(unit, clock.now(unit))
        again = order_of(unit, made, DUPLICATE)
        for lab in (LAB, again.lab):
            pairs = figures[lab].agreement
            assert (pairs.compared, pairs.agreeing) == (2, 0) and pairs.worst is not None and pairs.worst > 1
        later = replace(again, lab="L-09")
        assert coverage.uncovered(unit, made.sample, [later]) != ()
        assert coverage.uncovered(unit, made.sample) == ()


@pytest.mark.parametrize("why", ["no_duplicate_unit", "no_laboratory_for_duplicate", "case_ended", "duplicate_spoilt"])
def test_one_that_cannot_be_sent_is_refused_with_its_reason(why: str, quiet: World) -> None:
    labs = (LAB,) if why == "no_laboratory_for_duplicate" else (LAB, *OTHERS)
    made = planned(quiet, None if why == "no_duplicate_unit" else "F1D", labs=labs)
    with quiet.database.unit() as unit:
        if why == "case_ended":
            samples.record(unit, made.sample.id, SampleEvent.VOIDED, by="t", at=moment(8), reason="lost_on_the_way")
        if why == "duplicate_spoilt":
            part = custody.of_role(unit, made.sample.id, Role.DUPLICATE)
            custody.record(unit, part.id, UnitEvent.LOST, by="t", at=moment(8))
    assert swept(quiet)[f"left: {why}"] == 1
    assert f"left: {why}" not in swept(quiet), "it is said once"
    with quiet.database.unit() as unit:
        [one] = duplicates.of_campaign(unit, made.sample.campaign_id)
        assert one.refusal == why
        assert DUPLICATE not in {order.purpose for order in consignments.of_sample(unit, made.sample.id)}


def returned(world: World, made: Case, arrival: Arrival, at: datetime) -> str:
    """Have the laboratory of the duplicate send it back; give which laboratory that was."""
    with world.database.unit() as unit:
        order = order_of(unit, made, DUPLICATE)
        [one] = [one for one in consignments.in_state(unit, ConsignmentState.PACKED) if one.lab == order.lab]
        office.hand_over(unit, one.id, "K3", by="user:coordinator", at=at)
        bench.take_in(unit, one.id, order.blind_code, arrival, by="user:bench", at=at)
        carriage.take_back(unit, one.id, order.blind_code, True, by="user:coordinator", at=at)
    return order.lab


def test_one_that_came_back_whole_goes_to_a_third_laboratory(quiet: World) -> None:
    made = planned(quiet)
    swept(quiet)
    refused = Arrival(True, made=LineEvent.REFUSED, reason="no_capacity")
    with quiet.database.unit() as unit:
        at = clock.now(unit)
    before = returned(quiet, made, refused, at)
    assert swept(quiet)["packed"] == 1
    with quiet.database.unit() as unit:
        assert {before, order_of(unit, made, DUPLICATE).lab} == set(OTHERS)
        assert samples.get(unit, made.sample.id).state is S.NOTICE_SENT, "the sample itself waits for its first test"


def test_one_waits_until_the_test_unit_is_ordered(quiet: World) -> None:
    made = planned(quiet, labs=())
    assert swept(quiet) == {"left: out of the laboratory's scope": 1}
    with quiet.database.unit() as unit:
        fresh = unboxed(unit, quiet.objects, number=2)
        doubling.name(unit, fresh.sample.campaign_id, [fresh.sample.code], by="t", at=moment(5))
        assert {one.sample_id for one in duplicates.unsent(unit)} == {made.sample.id, fresh.sample.id}
        left = unpacked.of_samples(unit, [made.sample.id, fresh.sample.id])
        assert [(id_, one.lab) for id_, one in left.items()] == [(made.sample.id, LAB)]
    keep_labs(quiet, LAB, *OTHERS)
    assert swept(quiet)["packed"] == 2
    with quiet.database.unit() as unit:
        assert [one.sample_id for one in duplicates.unsent(unit)] == [fresh.sample.id]
        assert unpacked.of_samples(unit, [made.sample.id]) == {}


def test_a_sweep_sends_no_more_than_it_was_asked_for(quiet: World) -> None:
    planned(quiet)
    with quiet.database.unit() as unit:
        for number in (2, 3):
            other = unboxed(unit, quiet.objects, number=number)
            doubling.name(unit, other.sample.campaign_id, [other.sample.code], by="t", at=moment(5))
            seal(other, None)
            build.told_of_sampling(other)
    assert dispatch.sweep(quiet, 1).outcomes[0][1] <= 2
    with quiet.database.unit() as unit:
        assert len(duplicates.unsent(unit)) == 2


def test_an_order_names_its_methods_and_another_one_is_told_on_arrival(quiet: World) -> None:
    made = planned(quiet)
    swept(quiet)
    with quiet.database.unit() as unit:
        order = order_of(unit, made, FIRST)
        [one] = [one for one in consignments.in_state(unit, ConsignmentState.PACKED) if one.lab == LAB]
        assert one.lines[0].methods[ITEM] == ("GB 6675.4-2014",)
        at = clock.now(unit)
        assert expectations.expected(unit, LAB, at, quiet.limits).methods == {}
        office.hand_over(unit, one.id, "K4", by="user:coordinator", at=at)
        bench.receive(unit, one.id, {order.blind_code: True}, by="user:bench", at=at)
        assert expectations.expected(unit, LAB, at, quiet.limits).methods == {
            order.blind_code: {item: ("GB 6675.4-2014",) if item == ITEM else one.lines[0].methods[item]
                               for item in one.lines[0].methods}
        }  # fmt: skip


def test_an_item_that_some_order_leaves_open_may_be_tested_by_any_method(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, S.AT_LAB)
        assert consignments.methods(unit, LAB) == {made.blind: {}}
