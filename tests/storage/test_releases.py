"""Releases in the database: who may let a held file pass, what the history keeps of it, and what is refused there."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from labs.report import UPLOAD, Upload, UploadEvent, UploadState
from labs.result import Finding
from sampling.errors import IllegalMove
from sampling.sample import SampleState
from storage import events, releases, upload_alarms, uploads
from storage.database import Database
from storage.errors import Away, Conflict, NotAllowed, NotFound, Stale
from storage.objects import Folder, Objects
from storage.releases import UNKEPT
from storage.unit import Unit
from tests.build import LAB, case, moment

S = UploadState
MISSING = Finding("report-missing", "hold", None, None, "", "")
SILENT = Finding("silent-revision", "hold", 2, "report_version", "1", "2", "D2")
COMMA = Finding("decimal-comma", "hold", 2, "result_text", "0,5", "")
WARNED = Finding("item-absent", "warn", None, "item_code", "B1", "lead")


def held(unit: Unit, objects: Objects, *findings: Finding, by: str = "user:lab", data: bytes = b"a") -> Upload:
    one = uploads.receive(unit, objects, LAB, "r.csv", data, by=by, at=moment(10))
    uploads.refuse(unit, one.id, UploadEvent.HELD, findings, by="flow:intake", at=moment(11))
    return uploads.get(unit, one.id)


def release(unit: Unit, objects: Objects, one: Upload, by: str, reason: str = "asked by telephone") -> UploadState:
    known = shown(unit, one)
    return releases.release(unit, objects, one.id, reason, known=known, by=by, at=moment(12))


def shown(unit: Unit, one: Upload) -> str:
    """The mark of the file as its page shows it now."""
    upload = uploads.get(unit, one.id)
    return releases.mark(upload, releases.proposal_of(upload, releases.of_upload(unit, one.id)))


def test_one_officer_lets_pass_what_takes_one(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = held(unit, objects, MISSING, WARNED)
        assert release(unit, objects, one, "user:wang") is S.RELEASED
        [decision] = releases.of_upload(unit, one.id)
        assert (decision.event, decision.findings, decision.reason, decision.decided_by, decision.terms) == (
            UploadEvent.RELEASED, (MISSING,), "asked by telephone", "user:wang", date(2020, 1, 1),
        )  # fmt: skip
        assert releases.in_force(unit, uploads.get(unit, one.id)) == decision
        assert releases.in_force(unit, one) is None
        last = events.history(unit, one.id)[-1]
        assert (last.type, last.actor, last.data["rules"]) == ("released", "user:wang", ["report-missing"])
        assert events.breaks(events.history(unit, one.id)) == ()


def test_a_silent_revision_takes_two_and_ends_its_alarm(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = held(unit, objects, SILENT)
        uploads.alarm(unit, one.id, ["silent-revision"], by="flow:intake", at=moment(11))
        assert release(unit, objects, one, "user:wang") is S.PROPOSED
        assert upload_alarms.open_of(unit, one.id) is not None
        with pytest.raises(NotAllowed, match="second"):
            release(unit, objects, one, "user:wang")
        assert release(unit, objects, one, "user:zhao") is S.RELEASED
        assert upload_alarms.open_of(unit, one.id) is None
        assert [entry.type for entry in events.history(unit, one.id)] == [
            "received", "held", "alarmed", "proposed", "alarm_answered", "released",
        ]  # fmt: skip
        assert [(one.decided_by, one.proposed_by) for one in releases.of_upload(unit, one.id)] == [
            ("user:wang", None), ("user:zhao", "user:wang"),
        ]  # fmt: skip


def test_a_release_covers_nothing_but_what_was_shown(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = held(unit, objects, MISSING, WARNED)
        seen = shown(unit, one)
        for more in ((MISSING, SILENT), (SILENT,)):
            uploads.receive(unit, objects, LAB, "r.csv", b"a", by="user:lab", at=moment(11))
            uploads.refuse(unit, one.id, UploadEvent.HELD, more, by="flow:intake", at=moment(11))
            with pytest.raises(Stale, match="changed"):
                releases.release(unit, objects, one.id, "seen", known=seen, by="user:wang", at=moment(12))
        uploads.receive(unit, objects, LAB, "r.csv", b"a", by="user:lab", at=moment(11))
        uploads.refuse(unit, one.id, UploadEvent.HELD, [MISSING], by="flow:intake", at=moment(11))
        state = releases.release(unit, objects, one.id, "seen", known=seen, by="user:wang", at=moment(12))
        assert (state, releases.deciders(unit, [one.id])) == (S.RELEASED, frozenset({"user:wang"}))


def test_two_proposals_at_once_are_no_release(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = held(unit, objects, SILENT)
        first = shown(unit, one)
        assert release(unit, objects, one, "user:wang") is S.PROPOSED
        with pytest.raises(Stale):
            releases.release(unit, objects, one.id, "I, too", known=first, by="user:zhao", at=moment(12))
        assert uploads.get(unit, one.id).state is S.PROPOSED


def test_a_second_release_of_what_lapsed_is_no_first_proposal(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = held(unit, objects, SILENT)
        release(unit, objects, one, "user:wang")
        seen = shown(unit, one)
        uploads.receive(unit, objects, LAB, "r.csv", b"a", by="user:lab", at=moment(13))
        uploads.refuse(unit, one.id, UploadEvent.HELD, [SILENT], by="flow:intake", at=moment(13))
        for state in (S.HELD, S.PROPOSED):
            with pytest.raises(Stale):
                releases.release(unit, objects, one.id, "the second", known=seen, by="user:zhao", at=moment(14))
            assert uploads.get(unit, one.id).state is state
            if state is S.HELD:
                release(unit, objects, one, "user:li")  # another proposal, which was not shown


def test_whoever_sent_a_file_does_not_release_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = held(unit, objects, MISSING, by="user:wang")
        with pytest.raises(NotAllowed, match="uploaded"):
            release(unit, objects, one, "user:wang")
        assert uploads.get(unit, one.id).state is S.HELD


@pytest.mark.parametrize("findings", [(COMMA,), (MISSING, COMMA)])
def test_what_is_never_let_pass_is_refused_with_its_reason(
    database: Database, objects: Objects, findings: tuple[Finding, ...]
) -> None:
    with database.unit() as unit:
        one = held(unit, objects, *findings)
        with pytest.raises(Conflict, match="decimal-comma: Nothing certain"):
            release(unit, objects, one, "user:wang")


def test_a_file_of_which_not_every_byte_is_kept_is_not_released(database: Database, tmp_path: Path) -> None:
    kept = Folder(tmp_path / "kept")
    with database.unit() as unit:
        one = held(unit, kept, MISSING)
        kept.place(one.sha256).unlink()
        with pytest.raises(Conflict, match=UNKEPT.rule):
            release(unit, kept, one, "user:wang")


def test_a_store_that_is_away_says_nothing_of_what_it_keeps(database: Database, objects: Objects) -> None:
    class Gone(Folder):
        def get(self, digest: str) -> bytes:
            raise Away("no answer")

    with database.unit() as unit:
        one = held(unit, objects, MISSING)
        with pytest.raises(Away):
            release(unit, Gone(objects.root), one, "user:wang")  # type: ignore[attr-defined]


def test_a_refusal_is_for_good_and_ends_the_alarm(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = held(unit, objects, SILENT)
        uploads.alarm(unit, one.id, ["silent-revision"], by="flow:intake", at=moment(11))
        assert releases.refuse(unit, one.id, "send it as version 2", by="user:wang", at=moment(12)) is S.REFUSED
        assert upload_alarms.open_of(unit, one.id) is None
        again = uploads.receive(unit, objects, LAB, "r.csv", b"a", by="user:lab", at=moment(13))
        assert (again.id, again.state) == (one.id, S.REFUSED)
        with pytest.raises(IllegalMove):
            release(unit, objects, one, "user:zhao")
        with pytest.raises(IllegalMove):
            releases.refuse(unit, one.id, "again", by="user:zhao", at=moment(13))


def test_what_was_proposed_lapses_when_the_file_comes_again(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        one = held(unit, objects, SILENT)
        release(unit, objects, one, "user:wang")
        assert uploads.receive(unit, objects, LAB, "r.csv", b"a", by="user:lab", at=moment(13)).state is S.RECEIVED
        uploads.refuse(unit, one.id, UploadEvent.HELD, [SILENT], by="flow:intake", at=moment(13))
        assert release(unit, objects, one, "user:zhao") is S.PROPOSED


def test_what_waits_is_listed_with_its_rules_and_since_when(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TESTING)
        one = held(unit, objects, MISSING, COMMA, COMMA, WARNED)
        two = held(unit, objects, SILENT, data=b"b")
        release(unit, objects, two, "user:wang")
        passed = held(unit, objects, MISSING, data=b"c")
        release(unit, objects, passed, "user:wang")
        found = releases.waiting(unit)
        assert [(each.upload_id, each.state, each.since, each.rules) for each in found] == [
            (one.id, S.HELD, moment(11), ("report-missing", "decimal-comma")),
            (two.id, S.PROPOSED, moment(11), ("silent-revision",)),
        ]
        assert releases.waiting_of_campaign(unit, made.sample.campaign_id) == found
        assert releases.waiting_of_campaign(unit, one.id) == ()
        with pytest.raises(NotFound):
            releases.brought_by(unit, LAB, "R-9", 1)


STATES = tuple(UploadState)


@pytest.mark.parametrize("old", STATES)
def test_the_database_knows_the_moves_too(database: Database, objects: Objects, old: UploadState) -> None:
    """What the table lacks is refused, and what an officer decides is refused without the decision."""
    allowed = {new for (state, _), new in UPLOAD.moves.items() if state is old} - {S.PROPOSED, S.RELEASED, S.REFUSED}
    with database.unit() as unit:
        one = uploads.receive(unit, objects, LAB, "r.csv", b"a", by="user:lab", at=moment(10))
        unit.execute(text("ALTER TABLE upload DISABLE TRIGGER moves"))
        unit.execute(text("UPDATE upload SET state = :state"), {"state": old.value})
        unit.execute(text("ALTER TABLE upload ENABLE TRIGGER moves"))
        done = set()
        for new in (state for state in STATES if state is not old):
            try:
                with unit.begin_nested():
                    unit.execute(text("UPDATE upload SET state = :state WHERE id = :id"), {"state": new, "id": one.id})
                    done.add(new)
                    raise ArithmeticError  # back to where it was
            except ArithmeticError:
                pass
            except Exception as error:
                assert "upload" in str(error)
        assert done == allowed


BROKEN = [
    ("DELETE FROM upload", "never deleted"),
    ("UPDATE upload SET sha256 = 'x'", "stays as it came"),
    ("UPDATE upload SET uploaded_by = 'user:other'", "stays as it came"),
    ("UPDATE upload SET state = 'released'", "no officer decided"),
    ("DELETE FROM upload_decision", "append-only"),
    ("UPDATE upload_decision SET reason = 'x'", "append-only"),
    ("INSERT INTO upload (id, lab, sha256, name, size, received_at, uploaded_by, state, findings) VALUES "
     "(gen_random_uuid(), 'L', 'x', 'x', 1, now(), 'u', 'committed', '[]')", "begins as received"),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "why"), BROKEN)
def test_what_the_database_refuses(database: Database, objects: Objects, statement: str, why: str) -> None:
    with database.unit() as unit:
        one = held(unit, objects, SILENT)
        release(unit, objects, one, "user:wang")
    with pytest.raises(Conflict, match=why), database.unit() as unit:
        unit.execute(text(statement))


CHECKED = [
    ({"decided_by": "user:lab"}, "not_by_the_uploader"),
    ({"proposed_by": "user:wang"}, "four_eyes"),
    ({"persons": "2"}, "as_many_as_it_takes"),
    ({"reason": ""}, "with_reason"),
    ({"event": "held"}, "by_an_officer"),
]


@pytest.mark.parametrize(("changes", "rule"), CHECKED)
def test_a_decision_keeps_its_rules(database: Database, objects: Objects, changes: dict[str, str], rule: str) -> None:
    with database.unit() as unit:
        one = held(unit, objects, MISSING)
    row = {"id": str(one.id), "event": "released", "persons": "1", "reason": "why", "proposed_by": None,
           "decided_by": "user:wang"} | changes  # fmt: skip
    with pytest.raises(Conflict, match=rule), database.unit() as unit:
        unit.execute(
            text("INSERT INTO upload_decision (id, upload_id, event, findings, persons, terms, reason, uploaded_by, "
                 "proposed_by, decided_by, decided_at) VALUES (gen_random_uuid(), CAST(:id AS uuid), :event, '[]', "
                 "CAST(:persons AS integer), '2020-01-01', :reason, 'user:lab', :proposed_by, :decided_by, now())"),
            row,
        )  # fmt: skip
