"""The page of what is kept: where units lie, holds, and disposals that two officers decide."""

from typing import Any
from uuid import UUID

import pytest

from dashboards.form import Fault
from labs.verdict import Outcome
from sampling.custody import Role, UnitState
from sampling.disposal import DisposalMethod, DisposalState
from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Issuer
from sampling.sample import SampleState
from sampling.text import Text
from storage import clock, custody, disposals, documents, owed, papers, retention
from storage.database import Database
from storage.objects import Objects
from storage.unit import Unit
from tests.build import Case, case
from tests.dashboards.conftest import Visitor, errors, send, template, view
from tests.dashboards.story import picture

PLACE = "/office/retention"


def kept(unit: Unit, objects: Objects) -> tuple[Case, UUID]:
    """Give a settled case and its dated twin."""
    made = case(unit, objects, SampleState.FINAL, outcome=Outcome.PASS)
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
    done = send(client, end, {"place": "yard", "witness": "Zhao Min"}, photo=("a.png", picture("x")))
    assert done.status_code == 303
    with database.unit() as unit:
        assert custody.of_role(unit, made.sample.id, Role.BACKUP).state is UnitState.DISPOSED
        assert [one.state for one in disposals.of_unit(unit, twin)] == [DisposalState.REFUSED, DisposalState.DONE]
    assert sizes(view(client.get(PLACE))) == (0, 0, 0, 0)


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
