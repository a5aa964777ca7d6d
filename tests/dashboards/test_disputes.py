"""The pages of objections: decided, supplemented, withdrawn, re-tested, and those that came too late."""

from uuid import UUID

import pytest

from dashboards.form import Done, Fault
from dashboards.language import ZONE
from labs.objection import ObjectionDecision, ObjectionEvent, ObjectionKind, ObjectionState
from sampling.sample import Sample, SampleState
from storage import clock, notices, objections, samples
from storage.acts import disputes, office
from storage.database import Database
from storage.objects import Objects
from tests.dashboards.conftest import Visitor, errors, send, view
from tests.dashboards.story import Story


@pytest.fixture
def lodged(database: Database, objects: Objects) -> tuple[Sample, UUID]:
    """Give a sample whose seller was served and objected, and the objection."""
    with database.unit() as unit:
        sample = Story.begin(unit, objects).notified()
        at = clock.now(unit)
        told = next(one for one in notices.of_sample(unit, sample.id) if one.recipient.startswith("seller:"))
        office.prove_service(unit, told.id, "letter 7", by="user:officer", at=at)
        one = disputes.lodge_objection(unit, sample.id, told.recipient, ObjectionKind.RESULT, "ours passed",
                                       by="user:coordinator", at=at)  # fmt: skip
        return sample, one.id


def test_a_supplement_is_asked_for_and_recorded(
    visitor: Visitor, database: Database, lodged: tuple[Sample, UUID]
) -> None:
    sample, id_ = lodged
    officer, path = visitor("officer"), f"/office/objections/{id_}"
    [case] = view(officer.get("/office/decisions")).docket.open
    assert (set(case.possible), case.passed, case.may_withdraw) == (set(ObjectionDecision), frozenset(), True)
    assert send(officer, path, {"decision": "supplement", "reason": "the test report"}).status_code == 303
    page = officer.get("/office/decisions")
    [case] = view(page).docket.open
    assert (case.possible, case.dates[0].rule) == ((), "supplement_limit")
    assert "the test report" in page.text and "Supplement due" in page.text
    assert errors(send(officer, f"{path}/supplement", {})) == {f"supplement-{id_}": Fault.MISSING}
    late = {"supplement": "report 12", "came_at": "2098-01-01T10:00"}
    assert errors(send(officer, f"{path}/supplement", late)) == {f"came_at-{id_}": Fault.TO_COME}
    early = {"supplement": "report 12", "came_at": "2020-01-02T10:00"}
    assert errors(send(officer, f"{path}/supplement", early)) == {f"came_at-{id_}": Fault.TOO_EARLY}
    answer = send(officer, f"{path}/supplement", {"supplement": "report 12"})
    assert answer.headers["location"].endswith(f"/office/samples/{sample.id}?done={Done.SUPPLEMENT_RECORDED}")
    shown = officer.get(f"/office/samples/{sample.id}")
    [kept] = view(shown).objections
    assert (kept.objection.state, kept.objection.supplement) == (ObjectionState.SUPPLEMENTED, "report 12")
    assert [entry.type for entry in kept.history] == ["lodged", "supplement_asked", "supplemented"]
    assert "report 12" in shown.text


def test_an_objection_is_withdrawn(visitor: Visitor, database: Database, lodged: tuple[Sample, UUID]) -> None:
    sample, id_ = lodged
    officer, path = visitor("officer"), f"/office/objections/{id_}/withdrawal"
    assert errors(send(officer, path, {})) == {f"withdrawal-{id_}": Fault.MISSING}
    assert send(officer, path, {"withdrawal": "by letter"}).status_code == 303
    with database.unit() as unit:
        assert objections.get(unit, id_).state is ObjectionState.WITHDRAWN
        assert samples.get(unit, sample.id).state is SampleState.NOTIFIED
    [case] = view(officer.get(f"/office/samples/{sample.id}")).objections
    assert (case.options, case.held, case.may_withdraw) == ((), None, False)


def test_what_is_retested_and_what_came_too_late_stand_apart(
    visitor: Visitor, database: Database, lodged: tuple[Sample, UUID]
) -> None:
    sample, id_ = lodged
    officer = visitor("officer")
    assert send(officer, f"/office/objections/{id_}", {"decision": "reinspect", "reason": "in time"}).status_code == 303
    with database.unit() as unit:
        one = objections.get(unit, id_)
        late = objections.lodge(unit, sample.id, party=one.party, kind=ObjectionKind.METHOD, grounds="too late",
                                window=objections.dates(unit, id_)[0], by="u", at=clock.now(unit))  # fmt: skip
        objections.record(unit, late.id, ObjectionEvent.FOUND_LATE, by="u", at=clock.now(unit), reason="after_deadline")
        objections.hold(unit, one, "no_laboratory_for_retest", by="flow:dispatch", at=clock.now(unit))
    page = officer.get("/office/decisions")
    docket = view(page).docket
    assert (docket.open, [case.objection.id for case in docket.retests]) == ((), [id_])
    assert (docket.retests[0].held, docket.retests[0].possible) == (
        "no_laboratory_for_retest",
        (ObjectionDecision.DISMISS, ObjectionDecision.UPHOLD),
    )
    assert [case.objection.reason for case in docket.late] == ["after_deadline"]
    assert "no other laboratory is in scope for the re-test" in page.text and "too late" in page.text
    assert "office/objections" not in visitor("coordinator").get("/office/decisions").text  # they wait for an officer


def test_an_objection_counts_from_when_it_came_in(
    visitor: Visitor, database: Database, lodged: tuple[Sample, UUID]
) -> None:
    sample, id_ = lodged
    officer, path = visitor("officer"), f"/office/samples/{sample.id}/objections"
    with database.unit() as unit:
        party = objections.get(unit, id_).party
    typed = {"party": party, "kind": "method", "grounds": "another edition", "came_at": "soon"}
    assert errors(send(officer, path, typed)) == {"came_at": Fault.NOT_A_TIME}
    assert errors(send(officer, path, {**typed, "came_at": "2098-01-01T10:00"})) == {"came_at": Fault.TO_COME}
    assert errors(send(officer, path, {**typed, "came_at": "2020-01-02T10:00"})) == {"came_at": Fault.TOO_EARLY}
    with database.unit() as unit:  # the minute in which the party was served
        at = objections.dates(unit, id_)[0].starts_at.astimezone(ZONE).replace(second=0, microsecond=0)
    assert send(officer, path, {**typed, "came_at": at.strftime("%Y-%m-%dT%H:%M")}).status_code == 303
    with database.unit() as unit:
        kept = objections.of_sample(unit, sample.id)[-1]
        assert (kept.state, kept.received_at) == (ObjectionState.LODGED, at)
