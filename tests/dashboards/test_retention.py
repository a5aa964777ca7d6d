"""The page of what is kept: where units lie, holds, and disposals that two officers decide."""

from typing import Any
from uuid import UUID

import pytest

from dashboards.form import Fault
from dashboards.views import retention as views
from labs.verdict import Outcome
from sampling.campaign import Campaign
from sampling.custody import STATION, Role, UnitState
from sampling.disposal import DisposalMethod, DisposalState
from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Issuer
from sampling.sample import SampleState
from sampling.text import Text
from storage import clock, custody, disposals, documents, owed, papers, retention
from storage.database import Database
from storage.disposals import Carried
from storage.objects import Objects
from storage.schema.base import new_id
from storage.schema.custody import UnitRow
from storage.unit import Unit
from tests.build import Case, campaign, case, handed_over
from tests.dashboards.conftest import Visitor, errors, send, template, view
from tests.dashboards.story import picture

PLACE = "/office/retention"


def kept(unit: Unit, objects: Objects, number: int = 1, of: Campaign | None = None) -> tuple[Case, UUID]:
    """Give a settled case and its dated twin."""
    made = case(unit, objects, SampleState.FINAL, number=number, of=of, outcome=Outcome.PASS)
    retention.redate(unit, made.sample.id, by="flow:retain", at=clock.now(unit))
    return made, custody.of_role(unit, made.sample.id, Role.BACKUP).id


def sizes(page: Any) -> tuple[int, ...]:
    return tuple(len(group.cases) for group in (page.proposed, page.approved, page.free, page.bound))


def test_a_unit_goes_from_free_to_done_by_two_officers_and_a_witness(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, twin = kept(unit, objects)
    client = visitor("officer")
    first = client.get(PLACE)
    assert sizes(view(first)) == (0, 0, 1, 0)
    assert all(f"/office/units/{twin}/{act}" in first.text for act in ("place", "hold", "disposal"))
    put = {"place": "room 2, shelf 7", "temperature": "-18.5", "expires_on": "2027-03-01"}
    assert send(client, f"/office/units/{twin}/place", put).status_code == 303
    [one] = view(client.get(PLACE)).free.cases
    assert (one.kept.unit.place, str(one.lies.temperature), str(one.kept.unit.expires_on)) == (
        "room 2, shelf 7", "-18.5", "2027-03-01",
    )  # fmt: skip
    proposal = {"method": "destroyed", "reason": "no longer needed"}
    assert send(client, f"/office/units/{twin}/disposal", proposal).status_code == 303
    [one] = view(client.get(PLACE)).proposed.cases
    own = send(client, f"/office/disposals/{one.kept.disposal.id}/approval")
    assert (own.status_code, errors(own)) == (400, {f"disposal-{one.kept.disposal.id}": Fault.OWN_PROPOSAL})
    assert send(client, f"/office/disposals/{one.kept.disposal.id}/refusal", {"refusal": "wait"}).status_code == 303
    with database.unit() as unit:
        by_second = disposals.propose(
            unit, twin, DisposalMethod.DESTROYED, "expired", by="user:second", at=clock.now(unit)
        )
    assert send(client, f"/office/disposals/{by_second.id}/approval").status_code == 303
    assert sizes(view(client.get(PLACE))) == (0, 1, 0, 0)
    end = f"/office/disposals/{by_second.id}/end"
    same = send(client, end, {"place": "yard", "witness": "officer"}, photo=("a.png", b"no picture"))
    assert errors(same) == {f"witness-{by_second.id}": Fault.SAME_PERSON, f"photo-{by_second.id}": Fault.NOT_A_PICTURE}
    done = send(client, end, {"place": "yard", "witness": "coordinator"}, photo=("a.png", picture("x")))
    assert done.status_code == 303
    with database.unit() as unit:
        assert custody.of_role(unit, made.sample.id, Role.BACKUP).state is UnitState.DISPOSED
        assert [one.state for one in disposals.of_unit(unit, twin)] == [DisposalState.REFUSED, DisposalState.DONE]
    assert sizes(view(client.get(PLACE))) == (0, 0, 0, 0)


def test_what_was_disposed_of_is_shown_with_its_photo(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        at = clock.now(unit)
        done = [kept(unit, objects, number, of) for of in [campaign(unit)] for number in (1, 2)]
        proofs = (objects.put(picture("x")), None)
        ends = [disposals.propose(unit, twin, DisposalMethod.DESTROYED, "old", by="user:a", at=at) for _, twin in done]
        for one, proof in zip(ends, proofs, strict=True):
            disposals.approve(unit, one.id, by="user:b", at=at)
            disposals.carry_out(unit, one.id, Carried("Zhao Min", "yard", photo=proof), by="user:a", at=at)
    client = visitor("officer")
    answer = client.get(PLACE)
    assert [(one.sample, one.unit, one.disposal.witness) for one in view(answer).done.cases] == [
        (made.sample.code, f"{made.sample.code}-B", "Zhao Min") for made, _ in done
    ]
    photo, none = (f"/office/disposals/{one.id}/photo" for one in ends)
    assert (photo in answer.text, none in answer.text) == (True, False)
    shown = [client.get(photo), client.get(f"{photo}?size=small")]
    assert [(one.status_code, one.headers["content-type"]) for one in shown] == [(200, "image/jpeg")] * 2
    assert (client.get(none).status_code, visitor("shopper").get(photo).status_code) == (404, 403)


def test_each_group_is_turned_by_itself_and_a_fault_is_shown_where_its_unit_is(
    visitor: Visitor, database: Database, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST", 1)
    with database.unit() as unit:
        of = campaign(unit)
        twins = [kept(unit, objects, number, of)[1] for number in (1, 2, 3)]
    client = visitor("officer")
    seen = []
    for query in ("", "?free=2", "?free=3&bound=7", "?free=9", "?free=0", "?free=x", "?free=12345678"):
        page = view(client.get(PLACE + query))
        [one] = page.free.cases
        seen.append((one.kept.unit.id, page.free.page, page.free.pages, page.bound.page))
    assert seen == [(twins[at - 1], at, 3, 1) for at in (1, 2, 3, 3, 1, 1, 1)]
    assert {f"{PLACE}?free={at}#free" in client.get(f"{PLACE}?free=2").text for at in (1, 3)} == {True}
    wrong = send(client, f"/office/units/{twins[2]}/hold", {"hold": ""})
    assert (view(wrong).free.page, errors(wrong)) == (3, {f"hold-{twins[2]}": Fault.MISSING})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_on_hold_is_not_disposed_of_and_says_why(
    visitor: Visitor, database: Database, objects: Objects, language: str
) -> None:
    with database.unit() as unit:
        _, twin = kept(unit, objects)
        proposal = disposals.propose(unit, twin, DisposalMethod.GIVEN_BACK, "x", by="user:second", at=clock.now(unit))
        issuer = Issuer(Text("局", "Authority"), "c", "v")
        draft = papers.of_campaign(unit, "C2026-001")
        documents.release(unit, objects, draft, issuer, lambda paper: b"%PDF-x", by="t", at=clock.now(unit))
        assert draft.kind is DocumentKind.RETENTION_LIST
        late = case(unit, objects, SampleState.AT_LAB, number=2)
        owed.watch(unit, late.sample.id, by="flow:retain", at=clock.now(unit))
    client = visitor("officer")
    client.cookies.set("language", language)
    assert send(client, f"/office/units/{twin}/hold", {"hold": "court order"}).status_code == 303
    answer = send(client, f"/office/disposals/{proposal.id}/approval")
    assert (template(answer), errors(answer)) == (
        "office/retention.html", {f"disposal-{proposal.id}": Fault.OBSTRUCTED},
    )  # fmt: skip
    page = view(answer)
    [one] = page.proposed.cases
    assert [sentence.to(language)[:4] for sentence in one.obstacles] == [{"zh": "该份样品", "en": "The "}[language]]
    assert [late.lab for late in page.overdue] == ["lab:L-01"]
    assert [(one.number, one.printed.version) for one in page.lists] == [("C2026-001", 1)]
    assert client.get(f"/office/campaigns/{page.lists[0].campaign_id}/retention.pdf").content == b"%PDF-x"
    assert send(client, f"/office/holds/{one.kept.hold.id}", {"lift": "closed"}).status_code == 303
    assert send(client, f"/office/disposals/{proposal.id}/approval").status_code == 303


def test_what_is_missing_or_cannot_be_is_named(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made, twin = kept(unit, objects)
        at = clock.now(unit)
        held = disposals.hold(unit, twin, "x", by="user:second", at=at)
    officer, id_ = visitor("officer"), made.sample.id
    wrong: dict[str, tuple[dict[str, str], dict[str, Fault]]] = {
        f"/office/units/{twin}/place": (
            {"place": "", "temperature": "cold", "expires_on": "soon"},
            {"place": Fault.MISSING, "temperature": Fault.NOT_A_NUMBER, "expires_on": Fault.NOT_A_TIME},
        ),
        f"/office/units/{twin}/hold": ({"hold": ""}, {"hold": Fault.MISSING}),
        f"/office/units/{twin}/disposal": ({"method": "sold"}, {"method": Fault.NOT_OFFERED, "reason": Fault.MISSING}),
        f"/office/holds/{held.id}": ({}, {"lift": Fault.MISSING}),
    }
    for path, (fields, faults) in wrong.items():
        of = held.id if "holds" in path else twin
        assert errors(send(officer, path, fields)) == {f"{name}-{of}": fault for name, fault in faults.items()}
    assert officer.get(f"/office/campaigns/{id_}/retention.pdf").status_code == 404
    assert visitor("coordinator").get(PLACE).status_code == 200
    assert send(visitor("coordinator"), f"/office/units/{twin}/hold", {"hold": "x"}).status_code == 403


def test_a_kept_unit_of_which_nothing_is_written_yet_says_so(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, _ = kept(unit, objects)
        bare = UnitRow(id=new_id(), sample_id=made.sample.id, code="bare", role=Role.ARBITRATION)
        for bare.state in (UnitState.REGISTERED, UnitState.SEALED, UnitState.RETAINED):
            unit.add(bare)
            unit.flush()
        path = f"/office/units/{bare.id}/place"
    client = visitor("officer")
    page = client.get(PLACE)
    told = [case.lies for group in ("free", "bound") for case in getattr(view(page), group).cases]
    assert (page.status_code, told.count(None), len(told)) == (200, 1, 2)
    assert "Nobody has written down yet where it lies." in page.text
    assert send(client, path, {"place": "shelf 1", "expires_on": "2027-01-01"}).status_code == 409


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2056-03-06"])
def test_a_day_that_no_shelf_life_ends_on_is_refused(
    visitor: Visitor, database: Database, objects: Objects, day: str
) -> None:
    with database.unit() as unit:
        _, twin = kept(unit, objects)
    client, path = visitor("officer"), f"/office/units/{twin}/place"
    [(name, told)] = errors(send(client, path, {"place": "shelf 1", "expires_on": day})).items()
    assert (name, "from 2016-03-01 to 2056-03-02" in told.en) == (f"expires_on-{twin}", True)
    with database.unit() as unit:
        assert custody.get(unit, twin).expires_on is None


def test_a_shelf_life_that_shortens_the_date_is_looked_at_twice(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        _, twin = kept(unit, objects)
    client, path = visitor("officer"), f"/office/units/{twin}/place"
    for day in ("2026-04-01", "2026-03-20"):  # sooner than its duty says, then sooner than the day that was told
        fields = {"place": "shelf 1", "expires_on": day}
        assert errors(send(client, path, fields)) == {f"sooner-{twin}": Fault.MISSING}
        assert send(client, path, {**fields, f"sooner-{twin}": "yes"}).status_code == 303
    assert send(client, path, {"place": "shelf 1", "expires_on": "2026-04-02"}).status_code == 303


def test_what_is_given_back_is_given_to_somebody(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        _, twin = kept(unit, objects)
        one = disposals.propose(unit, twin, DisposalMethod.GIVEN_BACK, "x", by="user:second", at=clock.now(unit))
    client, end = visitor("officer"), f"/office/disposals/{one.id}/end"
    assert send(client, f"/office/disposals/{one.id}/approval").status_code == 303
    fields = {"place": "counter", "witness": "coordinator"}
    assert errors(send(client, end, fields)) == {f"received_by-{one.id}": Fault.MISSING}
    assert errors(send(client, end, {**fields, "received_by": "x" * 501})) == {f"received_by-{one.id}": Fault.TOO_LONG}
    assert send(client, end, {**fields, "received_by": STATION}).status_code == 400  # it holds the unit already
    assert send(client, end, {**fields, "received_by": "seller Wang"}).status_code == 303
    with database.unit() as unit:
        assert custody.holder(unit, twin) == "seller Wang"


def test_a_unit_that_travels_is_put_on_hold_on_the_page_of_its_sample(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.NOTICE_SENT)
        handed_over(made)
        test = custody.of_role(unit, made.sample.id, Role.TEST).id
    client, page = visitor("officer"), f"/office/samples/{made.sample.id}"
    [chain, _] = view(client.get(page)).chains
    assert (chain.may_hold, chain.may_reseal, f"/office/units/{test}/hold" in client.get(page).text) == (
        True, False, True,
    )  # fmt: skip
    assert send(client, f"/office/units/{test}/hold", {"hold": "court order"}).status_code == 303
    [chain, _] = view(client.get(page)).chains
    assert (chain.hold.reason, chain.may_hold) == ("court order", False)
    assert send(client, f"/office/holds/{chain.hold.id}", {"lift": "over"}).status_code == 303
