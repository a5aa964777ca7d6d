"""The sweep packs for each laboratory by itself, and prints the receipts of what has left whoever is faster."""

from collections.abc import Collection
from uuid import UUID

import pytest
from sqlalchemy import update

from flows import dispatch
from flows.wiring import World
from labs.consignment import Consignment, ConsignmentState
from sampling.documents.kind import DocumentKind
from sampling.sample import SampleState
from storage import consignments, documents
from storage.acts import bench, reinspection
from storage.acts.bench import Arrival
from storage.acts.reinspection import Wanted
from storage.errors import NotAllowed
from storage.schema.sample import SampleRow
from storage.unit import Unit
from tests.build import ITEM, campaign, case, handed_over, moment
from tests.flows.retests import objected


def test_the_receipts_are_printed_though_the_laboratory_was_faster(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, SampleState.NOTICE_SENT)
        handed_over(made)
        assert made.consignment is not None
        bench.take_in(unit, made.consignment, made.blind, Arrival(True), by="user:lab", at=moment(8))
    assert dict(dispatch.sweep(quiet, 9).outcomes)["receipts printed"] == 1
    with quiet.database.unit() as unit:
        printed = [one.kind for one in documents.of_subject(unit, made.sample.id)]
    assert printed == [DocumentKind.HANDOVER_RECEIPT]
    assert "receipts printed" not in dict(dispatch.sweep(quiet, 9).outcomes)


def test_what_cannot_be_packed_for_one_laboratory_holds_up_no_other(
    quiet: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quiet.database.unit() as unit:
        of = campaign(unit)
        first, second = (case(unit, quiet.objects, SampleState.NOTICE_SENT, of=of, number=at) for at in (1, 2))
        unit.execute(update(SampleRow).where(SampleRow.id == second.sample.id).values(lab="L-02"))
    real = consignments.pack

    def pack(*given: object, **more: object) -> Consignment:
        if given[1] == "L-01":
            raise NotAllowed("a unit of it is not there")
        return real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("flows.dispatch.consignments.pack", pack)
    monkeypatch.setattr("flows.dispatch._out_of_scope", lambda *_: ())
    told = dict(dispatch.sweep(quiet, 9).outcomes)
    assert (told["left: NotAllowed"], told["packed"]) == (1, 1)
    with quiet.database.unit() as unit:
        assert [len(consignments.of_sample(unit, one.sample.id)) for one in (first, second)] == [0, 1]


def test_a_retest_is_ordered_by_the_methods_it_was_drawn_for(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with quiet.database.unit() as unit:
        objected(quiet, unit)
    monkeypatch.setattr("labs.method.methods", lambda: ())  # none is ordered of a first test by then
    assert dict(dispatch.sweep(quiet, 9).outcomes)["packed for retest"] == 1
    with quiet.database.unit() as unit:
        [one] = [one for one in consignments.in_state(unit, ConsignmentState.PACKED) if one.purpose == "retest"]
        assert one.lines[0].methods == {ITEM: ("GB 6675.4-2014",)}


def test_a_retest_that_fails_holds_up_no_other(quiet: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with quiet.database.unit() as unit:
        first, second = (objected(quiet, unit, number=number) for number in (1, 2))
    real = reinspection.next_test

    def next_test(unit: Unit, sample_id: UUID, purposes: Collection[str]) -> Wanted | None:
        if sample_id == first.sample.id:
            raise RuntimeError("a fault of ours")
        return real(unit, sample_id, purposes)

    monkeypatch.setattr("flows.dispatch.reinspection.next_test", next_test)
    told = dict(dispatch.sweep(quiet, 1).outcomes)
    assert (told["left: RuntimeError"], told["packed for retest"]) == (1, 1)
    with quiet.database.unit() as unit:
        sent = [consignments.of_sample(unit, one.sample.id)[1:] for one in (first, second)]
        assert [[order.purpose for order in orders] for orders in sent] == [[], ["retest"]]
