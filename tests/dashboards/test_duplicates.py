"""The page of blind duplicates: planned by lot or by name, sealed for, and shown with what was found twice."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from dashboards.form import Fault
from dashboards.views.duplicates import _en
from labs.columns import of_results
from labs.report import Reading
from labs.result import Interval
from sampling.custody import Role
from sampling.sample import SampleState
from storage import consignments, custody, duplicates, samples, unpacked, uploads
from storage.acts import bench, doubling, office
from storage.consignments import Packed
from storage.database import Database
from storage.objects import Objects
from storage.unit import Unit
from tests import build
from tests.build import LAB, campaign, case, moment, result
from tests.dashboards.conftest import Visitor, errors, send, view
from tests.dashboards.story import picture
from tests.storage.test_duplicates import seal, unboxed

S = SampleState


def test_samples_are_drawn_or_named(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        of = campaign(unit, units_each=3)
        made = [case(unit, objects, S.CAPTURED, of=of, number=number) for number in (1, 2, 3)]
    path, who = f"/office/campaigns/{of.id}/duplicates", visitor("coordinator")
    assert [one.id for one in view(who.get(path)).able] == [one.sample.id for one in made]
    assert path in who.get(f"/office/campaigns/{of.id}").text
    assert errors(send(who, path, {"share": "101"})) == {"share": Fault.NOT_POSITIVE}
    assert send(who, path, {"share": "30"}).headers["location"] == f"{path}?done=duplicates_planned"
    shown = view(who.get(path))
    [drawn] = shown.planned
    assert (drawn.duplicate.drawn, drawn.part, drawn.order, len(shown.able)) == (True, None, None, 2)
    names = f"{path}/names"
    assert errors(send(who, names)) == {"samples": Fault.MISSING}
    assert errors(send(who, names, {"samples": [shown.able[0].code, "S99-000001"]})) == {"samples": Fault.NOT_OFFERED}
    assert send(who, names, {"samples": [one.code for one in shown.able]}).status_code == 303
    shown = view(who.get(path))
    assert ([one.duplicate.drawn for one in shown.planned].count(False), shown.able, shown.few) == (2, (), False)
    assert errors(send(who, path, {"share": "30"})) == {"share": Fault.NOT_OFFERED}
    assert send(visitor("lab"), path, {"share": "30"}).status_code == 403


def test_a_campaign_that_buys_too_few_units_says_so(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        of = campaign(unit, units_each=2)
        case(unit, objects, S.CAPTURED, of=of)
    shown = view(visitor("coordinator").get(f"/office/campaigns/{of.id}/duplicates"))
    assert (shown.few, shown.able) == (True, ())


def reported(unit: Unit, objects: Objects, sample_id: UUID, role: Role, lab: str, code: str, value: str) -> None:
    """Pack a unit, have its laboratory take it in, test it and report lead."""
    packed = [Packed(custody.of_role(unit, sample_id, role), code, "toys", (build.ITEM,))]
    one = consignments.pack(unit, lab, packed, purpose="first", by="t", at=moment(7))
    office.hand_over(unit, one.id, "K1", by="t", at=moment(7))
    bench.receive(unit, one.id, {code: True}, by="t", at=moment(8))
    bench.start(unit, code, lab, by="t", at=moment(9))
    sent = uploads.receive(unit, objects, lab, "r.csv", code.encode(), by="user:bench", at=moment(10))
    reading = Reading((replace(build.report(code), lab=lab),), (), of_results([result(code, value, report_no=code)]))
    uploads.commit(unit, sent.id, reading, {code: sample_id}, by="t", at=moment(10))


def test_what_two_laboratories_found_stands_side_by_side(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = unboxed(unit, objects)
        doubling.name(unit, made.sample.campaign_id, [made.sample.code], by="user:coordinator", at=moment(5))
        seal(made)
        build.told_of_sampling(made)
        reported(unit, objects, made.sample.id, Role.TEST, LAB, made.blind, "100")
        reported(unit, objects, made.sample.id, Role.DUPLICATE, "L-02", "BDUP00000", "115")
    who = visitor("coordinator")
    [row] = view(who.get(f"/office/campaigns/{made.sample.campaign_id}/duplicates")).planned
    [found] = row.found
    assert (row.order.lab, found.first.raw_text, found.again.raw_text) == ("L-02", "100", "115")
    assert found.en == Decimal("0.88")
    assert who.get(f"/office/samples/{made.sample.id}").status_code == 200
    for shown in (visitor("otherlab").get("/lab"), visitor("lab").get("/lab")):
        assert "uplicate" not in shown.text
    with database.unit() as unit:
        one = duplicates.of_sample(unit, made.sample.id)
        assert one is not None
        duplicates.refuse(unit, one.id, "no_duplicate_unit", by="t", at=moment(11))
    assert who.get(f"/office/campaigns/{made.sample.campaign_id}/duplicates").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"unit": "%"}, {"u_expanded": None}, {"interval": Interval(None, Decimal(3))}],
    ids=["another unit", "no uncertainty", "no single value"],
)
def test_what_cannot_be_compared_has_no_en(changes: Mapping[str, object]) -> None:
    plain = result()
    assert _en(plain, replace(plain, **changes)) is None  # type: ignore[arg-type]


def test_two_results_without_any_uncertainty_have_no_en() -> None:
    sure = result(u_expanded=Decimal(0))
    assert _en(sure, sure) is None


def test_a_shopper_seals_a_unit_for_the_duplicate(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = unboxed(unit, objects)
        doubling.name(unit, made.sample.campaign_id, [made.sample.code], by="user:coordinator", at=moment(5))
        [(task, _)] = samples.tasks_of(unit, "shopper")
    who, path = visitor("shopper"), f"/shopper/tasks/{task.id}"
    assert view(who.get(path)).doubled
    typed = {"test_seal": "F1A", "witness": "coordinator", "place": "station"}
    photo = ("p.png", picture("goods"))
    assert errors(send(who, f"{path}/seals", {**typed, "duplicate_seal": "F1D"}, photo=photo)) == {
        "backup_seal": Fault.MISSING
    }
    given = {**typed, "backup_seal": "F1B", "duplicate_seal": "F1D"}
    assert send(who, f"{path}/seals", given, photo=photo).status_code == 303
    with database.unit() as unit:
        assert custody.of_role(unit, made.sample.id, Role.DUPLICATE).seal_no == "F1D"


def test_the_board_says_why_a_sample_is_not_packed(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        unpacked.tell(unit, made.sample, (build.ITEM,), by="flow:dispatch", at=moment(7))
    page = visitor("coordinator").get(f"/office/campaigns/{made.sample.campaign_id}")
    assert view(page).left[made.sample.id].items == (build.ITEM,)
    assert "is not accredited for" in page.text
