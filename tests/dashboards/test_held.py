"""Held files: what officers see of them, who releases or refuses them, and what their laboratory reads."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dashboards import preview
from dashboards.form import Done, Fault
from flows.intake import take
from labs.limits import IN_FORCE
from labs.limits import load as load_limits
from labs.report import Upload, UploadEvent, UploadState
from labs.result import Finding
from sampling.sample import Sample
from storage import accounts, releases, uploads
from storage.database import Database
from storage.objects import Objects
from storage.releases import UNKEPT
from storage.role import UserRole
from tests.dashboards.conftest import Answer, Visitor, errors, send, template, view
from tests.dashboards.story import Story, user
from tests.labs.build import csv_of, line

MISSING = Finding("report-missing", "hold", None, None, "", "")
COMMA = Finding("decimal-comma", "hold", 2, "result_text", "0,5", "", "H2")
WARNED = Finding("item-absent", "warn", None, "item_code", "B1", "lead")


def held(database: Database, objects: Objects, *findings: Finding, by: str = "user:lab") -> Upload:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        story.at_lab()
        one = uploads.receive(unit, objects, "L-01", "r.csv", b"a", by=by, at=story.tick())
        uploads.refuse(unit, one.id, UploadEvent.HELD, findings, by="flow:intake", at=story.tick())
        return uploads.get(unit, one.id)


def sent(database: Database, objects: Objects, sample: Sample, value: str, version: str = "1") -> Upload:
    """A table of one result, after one sweep over it."""
    cells = {"lab_code": "L-01", "sample_code": sample.blind_code, "item_code": "migratable_lead", "result_text": value}
    now = datetime.now(UTC)
    data = csv_of(line(**cells, issued_on=now.date().isoformat(), report_version=version))
    with database.unit() as unit:
        one = uploads.receive(unit, objects, "L-01", f"{value}.csv", data, by="user:lab", at=now)
    take(database, objects, load_limits(IN_FORCE), one, now)
    with database.unit() as unit:
        return uploads.get(unit, one.id)


def released(client: TestClient, path: str, reason: str, known: str | None = None) -> Answer:
    """The answer to a release of what the page shows now, or showed before."""
    return send(client, f"{path}/release", {"release": reason, "known": known or view(client.get(path)).mark})


def test_a_silent_revision_is_shown_beside_what_it_revises_and_takes_two(
    visitor: Visitor, database: Database, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample = story.testing()
        accounts.add_user(unit, user("second", UserRole.OFFICER))
    first, one = (sent(database, objects, sample, value) for value in ("0.45", "0.55"))
    assert (first.state, one.state) == (UploadState.COMMITTED, UploadState.HELD)
    client, path = visitor("officer"), f"/office/uploads/{one.id}"
    [waiting] = view(client.get("/office/uploads"))
    assert (waiting.upload_id, waiting.rules) == (one.id, ("silent-revision",))
    assert view(client.get(f"/office/campaigns/{sample.campaign_id}")).held == (waiting,)
    page = view(client.get(path))
    [revision] = page.revisions
    assert (page.persons, page.stops, revision.version, revision.earlier.id) == (2, (), 1, first.id)
    assert [(row.before, row.after) for row in revision.changes] == [("0.45 mg/kg", "0.55 mg/kg")]
    assert (revision.total, revision.differ) == (1, 1)
    monkeypatch.setattr(preview, "PATIENCE", 0.01)
    with preview.AT_ONCE, preview.AT_ONCE:
        assert view(client.get(path)).revisions is None
    assert Done.RELEASE_PROPOSED in released(client, path, "they sent a letter").headers["location"]
    assert errors(released(client, path, "and again")) == {"release": Fault.OWN_PROPOSAL}
    other = visitor("second")
    answer = released(other, path, "I propose it", known=page.mark)
    assert view(other.get(path)).proposal.reason == "they sent a letter"
    assert (answer.status_code, errors(answer)) == (400, {"release": Fault.CHANGED_SINCE})
    assert f'name="known" value="{view(answer).mark}"' in answer.text
    assert Done.FILE_RELEASED in released(other, path, "I read it").headers["location"]
    assert (view(client.get("/office/uploads")), view(client.get(path)).waits) == ((), False)
    is_told_its_version(visitor("lab"), database, objects, one)


def is_told_its_version(client: TestClient, database: Database, objects: Objects, one: Upload) -> None:
    """The laboratory reads under which version its revision is kept, on its receipt and over the API."""
    receipt = view(client.get(f"/lab/uploads/{one.id}"))
    assert (receipt.upload.state, receipt.released, receipt.reports) == (UploadState.RELEASED, True, ())
    take(database, objects, load_limits(IN_FORCE), one, datetime.now(UTC))
    kept = client.get(f"/lab/uploads/{one.id}")
    assert (view(kept).released, view(kept).reports, view(kept).is_revision) == (True, (("R1", 2),), True)
    assert "report R1, version 2" in kept.text
    told = client.get(f"/v1/uploads/{one.id}", headers={"authorization": "Bearer token-lab"}).json()
    assert (told["released"], told["reports"]) == (True, [{"number": "R1", "version": 2}])


def test_a_revision_is_shown_beside_the_version_in_force(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).testing()
    sent(database, objects, sample, "0.45")
    second = sent(database, objects, sample, "0.60", "2")
    older = sent(database, objects, sample, "0.55")
    page = view(visitor("officer").get(f"/office/uploads/{older.id}"))
    [revision] = page.revisions
    assert (second.state, revision.version, revision.earlier.id) == (UploadState.COMMITTED, 2, second.id)
    assert [(row.before, row.after) for row in revision.changes] == [("0.60 mg/kg", "0.55 mg/kg")]
    assert [one.rule for one in page.stops] == ["silent-revision"]


def test_a_file_that_is_held_again_is_no_longer_told_as_released(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    one = held(database, objects, MISSING)
    released(visitor("officer"), f"/office/uploads/{one.id}", "the paper is here")
    with database.unit() as unit:
        uploads.refuse(unit, one.id, UploadEvent.HELD, [COMMA], by="flow:intake", at=datetime.now(UTC))
    told = visitor("lab").get(f"/v1/uploads/{one.id}", headers={"authorization": "Bearer token-lab"}).json()
    assert (told["state"], told["released"], told["reports"]) == ("held", False, [])


def test_every_rule_that_holds_a_file_is_named_with_how_often(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    commas = [Finding("decimal-comma", "hold", row, "result_text", "0,5", "", f"H{row}") for row in range(2, 300)]
    one = held(database, objects, WARNED, *commas, MISSING)
    page = visitor("officer").get(f"/office/uploads/{one.id}")
    assert view(page).holding == {"decimal-comma": 298, "report-missing": 1}
    assert MISSING not in [each.finding for each in view(page).findings]
    assert '<span class="mono">report-missing</span>: 1' in page.text


def test_a_refusal_is_read_by_the_laboratory_with_its_reason(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    one = held(database, objects, MISSING)
    client, path = visitor("officer"), f"/office/uploads/{one.id}"
    assert errors(send(client, f"{path}/refusal")) == {"refusal": Fault.MISSING}
    assert send(client, f"{path}/refusal", {"refusal": "Sign it and send both."}).status_code == 303
    assert send(client, f"{path}/refusal", {"refusal": "again"}).status_code == 409
    receipt = visitor("lab").get(f"/lab/uploads/{one.id}")
    assert (view(receipt).refusal, view(receipt).released) == ("Sign it and send both.", False)
    assert "Sign it and send both." in receipt.text
    told = visitor("lab").get(f"/v1/uploads/{one.id}", headers={"authorization": "Bearer token-lab"}).json()
    assert (told["state"], told["refusal"], told["released"]) == ("refused", "Sign it and send both.", False)


def test_what_stands_in_the_way_of_a_release_is_told(visitor: Visitor, database: Database, objects: Objects) -> None:
    one = held(database, objects, WARNED, MISSING, COMMA)
    client, path = visitor("officer"), f"/office/uploads/{one.id}"
    page = view(client.get(path))
    assert ([each.finding for each in page.findings], [each.rule for each in page.stops]) == (
        [MISSING, COMMA, WARNED], ["decimal-comma"],
    )  # fmt: skip
    answer = send(client, f"{path}/release", {"release": "it is a comma"})
    assert (answer.status_code, template(answer), errors(answer)) == (
        400, "office/upload.html", {"release": Fault.NEVER_RELEASED},
    )  # fmt: skip
    assert visitor("coordinator").get(path).status_code == 200
    assert send(visitor("coordinator"), f"{path}/release", {"release": "it is a comma"}).status_code == 403
    assert visitor("lab").get("/office/uploads").status_code == 403


def test_whoever_sent_a_file_does_not_release_it(visitor: Visitor, database: Database, objects: Objects) -> None:
    one = held(database, objects, MISSING, by="user:officer")
    answer = send(visitor("officer"), f"/office/uploads/{one.id}/release", {"release": "mine"})
    assert errors(answer) == {"release": Fault.OWN_FILE}
    assert errors(send(visitor("officer"), f"/office/uploads/{one.id}/release")) == {"release": Fault.MISSING}


def test_one_officer_is_enough_where_the_terms_say_so(visitor: Visitor, database: Database, objects: Objects) -> None:
    one = held(database, objects, MISSING)
    client, path = visitor("officer"), f"/office/uploads/{one.id}"
    assert (view(client.get(path)).persons, view(client.get(path)).is_revision) == (1, False)
    assert released(client, path, "the paper is here").status_code == 303
    assert send(client, f"{path}/release", {"release": "again"}).status_code == 409
    with database.unit() as unit:
        assert [each.decided_by for each in releases.of_upload(unit, one.id)] == ["user:officer"]


def test_an_original_that_is_gone_is_told(
    visitor: Visitor, database: Database, objects: Objects, tmp_path: Path
) -> None:
    one = held(database, objects, Finding("silent-revision", "hold", 2, "report_version", "1", "2", "C2"))
    (tmp_path / "objects" / one.sha256[:2] / one.sha256[2:4] / one.sha256).unlink()
    page = view(visitor("officer").get(f"/office/uploads/{one.id}"))
    assert (page.stops, page.is_revision, page.revisions) == ((UNKEPT,), False, None)
