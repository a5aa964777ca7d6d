"""The keeper: dates what is kept, prints a list when it changed, and tells once which laboratory is late."""

from datetime import timedelta

from flows import SWEEPS
from flows.wiring import World
from labs.verdict import Outcome
from sampling.custody import Role
from sampling.documents.kind import DocumentKind
from sampling.sample import SampleState
from storage import clock, custody, deadlines, disposals, documents, events, owed, retention
from tests.build import LAB, case, moment

RETAIN = SWEEPS["retain"]
LAB_PARTY = f"lab:{LAB}"


def test_a_list_is_printed_anew_when_something_on_it_changed(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, SampleState.FINAL, outcome=Outcome.PASS)
        twin = custody.of_role(unit, made.sample.id, Role.BACKUP).id
    assert dict(RETAIN(quiet, 10).outcomes) == {"dated": 1, "listed": 1}
    assert RETAIN(quiet, 10).done == 0
    with quiet.database.unit() as unit:
        disposals.hold(unit, twin, "court order", by="user:officer", at=clock.now(unit))
    assert RETAIN(quiet, 10).done == 1
    with quiet.database.unit() as unit:
        released = documents.of_subject(unit, made.sample.campaign_id)
        assert [(one.kind, one.version) for one in released] == [
            (DocumentKind.RETENTION_LIST, 1), (DocumentKind.RETENTION_LIST, 2),
        ]  # fmt: skip
        assert documents.file(quiet.objects, released[-1])[:5] == b"%PDF-"
        [kept] = retention.kept(unit, at=moment(0))
        assert (kept.unit.id, kept.hold is None) == (twin, False)


def test_a_laboratory_has_its_days_from_receipt_and_is_told_of_once_when_they_are_over(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, SampleState.AT_LAB)
        case(unit, quiet.objects, SampleState.NOTICE_SENT, number=2)
        assert owed.waiting(unit) == (made.sample.id,)
    assert RETAIN(quiet, 10).outcomes == (("clock started", 1),)
    with quiet.database.unit() as unit:
        tested = custody.of_role(unit, made.sample.id, Role.TEST)
        clock_ = deadlines.find(unit, made.sample.id, LAB_PARTY, owed.TEST_REPORT, unit_id=tested.id)
        assert clock_ is not None
        assert (clock_.starts_at, clock_.calendar_version) == (moment(8), "CN: chinese_calendar 1.11.0")
        assert clock_.due_at == moment(8).replace(day=30, hour=16)  # twenty working days after 2 March
        before = clock_.due_at - timedelta(microseconds=1)
        assert owed.overdue(unit, before) == ()
        [late] = owed.overdue(unit, clock_.due_at, made.sample.campaign_id)
        assert (late.sample, late.lab, late.due_at) == (made.sample.code, LAB_PARTY, clock_.due_at)
    assert RETAIN(quiet, 10).outcomes == (("report overdue", 1),)
    assert RETAIN(quiet, 10).done == 0
    with quiet.database.unit() as unit:
        told = [entry for entry in events.history(unit, made.sample.id) if entry.type == owed.OVERDUE]
        assert [(entry.subject_id, entry.data["rule"]) for entry in told] == [(LAB_PARTY, owed.TEST_REPORT)]
