"""The sweep packs for each laboratory by itself, and prints the receipts of what has left whoever is faster."""

import pytest
from sqlalchemy import update

from flows import dispatch
from flows.wiring import World
from labs.consignment import Consignment
from sampling.documents.kind import DocumentKind
from sampling.sample import SampleState
from storage import consignments, documents
from storage.acts import bench
from storage.acts.bench import Arrival
from storage.errors import NotAllowed
from storage.schema.sample import SampleRow
from tests.build import campaign, case, handed_over, moment


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
