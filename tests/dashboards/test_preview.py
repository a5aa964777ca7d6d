"""The preview of a laboratory's file, its report beside it, and the alarms that the office answers."""

import csv
import io
import json
from collections.abc import Iterator

import pytest

from dashboards import preview
from dashboards.app import ROUTES
from dashboards.form import Fault
from dashboards.lab import LARGEST
from dashboards.views.lab import LISTED
from labs.formats.shown import show
from labs.mapping import PLAIN, version_of
from labs.report import UploadEvent
from labs.result import Finding
from labs.signed import ReportRule, Signature, SignatureState, SignedReport
from sampling.digest import sha256
from sampling.text import Text
from storage import laboratories, report_rules, uploads
from storage.database import Database
from storage.laboratories import Laboratory
from storage.objects import Objects
from tests.build import moment
from tests.dashboards.conftest import Visitor, errors, send, template, view
from tests.dashboards.story import Story
from tests.labs.build import csv_of, line

GOOD = csv_of(line(lab_code="L-01"))
MANY = csv_of(*(line(lab_code="L-01", unit="", replicate=str(at)) for at in range(1, 251)))


@pytest.fixture
def busy() -> Iterator[None]:
    for _ in range(2):
        preview.AT_ONCE.acquire()
    yield
    for _ in range(2):
        preview.AT_ONCE.release()


def test_a_laboratory_looks_at_its_file_and_nothing_is_stored(visitor: Visitor, database: Database) -> None:
    client = visitor("lab")
    assert view(client.get("/lab/preview")).seen is None
    answer = send(client, "/lab/preview", file=("r.csv", MANY))
    seen = view(answer).seen
    assert (answer.status_code, template(answer), seen.outcome, seen.sha256) == (
        200,
        "lab/preview.html",
        "held",
        sha256(MANY),
    )
    assert (len(seen.findings), len(seen.listed), seen.mapping) == (500, LISTED, version_of(PLAIN))
    assert seen.shown == show(MANY, PLAIN)
    with database.unit() as unit:
        assert uploads.of_lab(unit, "L-01") == ()
    odd = send(client, "/lab/preview", file=("r.csv", csv_of(line(einheit="g"))))
    assert (view(odd).seen.outcome, view(odd).seen.shown.headings[-1].taken) == ("rejected", "?")
    assert view(send(client, "/lab/preview", file=("r.csv", b"a,b\n1,2\n"))).seen.shown.headings == ()


def test_every_finding_of_a_preview_can_be_taken_home(visitor: Visitor) -> None:
    client = visitor("lab")
    table = send(client, "/lab/preview", {"as": "csv"}, file=("r.csv", MANY))
    lines = send(client, "/lab/preview", {"as": "json"}, file=("r.csv", MANY))
    assert len(list(csv.reader(io.StringIO(table.text)))) == 501
    assert json.loads(lines.text.splitlines()[0])["zh"]
    assert "r.csv-findings" in table.headers["content-disposition"]


def test_what_cannot_be_looked_at_is_told(visitor: Visitor, busy: None) -> None:
    client = visitor("lab")
    assert errors(send(client, "/lab/preview")) == {"file": Fault.MISSING}
    assert errors(send(client, "/lab/preview", file=("a.exe", b"MZ"))) == {"file": Fault.NOT_A_RESULT_FILE}
    preview.PATIENCE, before = 0.01, preview.PATIENCE
    assert errors(send(client, "/lab/preview", file=("r.csv", GOOD))) == {"file": Fault.BUSY}
    preview.PATIENCE = before


def test_a_file_that_was_looked_at_is_the_one_that_is_sent(visitor: Visitor, database: Database) -> None:
    client = visitor("lab")
    other = send(client, "/lab/uploads", {"sha256": sha256(MANY)}, file=("r.csv", GOOD))
    assert errors(other) == {"file": Fault.OTHER_FILE}
    sent = send(client, "/lab/uploads", {"sha256": sha256(GOOD)}, file=("r.csv", GOOD), report=("r.pdf", b"%PDF-1"))
    assert sent.status_code == 303
    with database.unit() as unit:
        [kept] = uploads.of_lab(unit, "L-01")
    assert (kept.sha256, kept.report_sha256) == (sha256(GOOD), sha256(b"%PDF-1"))


def test_a_file_above_the_limit_is_refused_before_it_is_read(visitor: Visitor) -> None:
    client = visitor("lab")
    limits = {entry.path: entry.largest for entry in ROUTES if entry.method == "POST"}
    assert [limits[path] for path in ("/lab/uploads", "/lab/preview", "/v1/uploads")] == [LARGEST] * 3
    stated = client.post("/lab/uploads", content=b"x", headers={"content-length": str(LARGEST + 1)})
    assert stated.status_code == 413


def test_a_body_that_is_longer_than_it_was_said_to_be_is_broken_off(visitor: Visitor) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(22):
            yield bytes(1 << 20)

    said = {"content-length": "1000", "content-type": "application/octet-stream"}
    assert visitor("lab").post("/lab/uploads", content=pieces(), headers=said).status_code == 413


def test_a_receipt_says_how_a_file_was_read_and_who_signed_its_report(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    signature = Signature(SignatureState.STRANGER, "Common Name: Somebody", "0" * 64, "2026-11-22T09:00:00+00:00")
    found = [Finding("unit-missing", "hold", row, "unit", "", "mg/kg", f"I{row}") for row in range(2, 252)]
    with database.unit() as unit:
        laboratories.keep(unit, Laboratory("L-01", Text("一", "One"), 1))
        report_rules.keep(unit, "L-01", ReportRule(True), by="user:officer", at=moment(9))
        one = uploads.receive(unit, objects, "L-01", "r.csv", GOOD, by="user:lab", at=moment(10), report=b"%PDF-1")
        uploads.note(unit, one.id, version_of(PLAIN), SignedReport("", 1, (signature,)))
        uploads.refuse(unit, one.id, UploadEvent.HELD, found, by="flow:intake", at=moment(10))
    client = visitor("lab")
    page = client.get(f"/lab/uploads/{one.id}")
    assert (view(page).upload.mapping, view(page).upload.signatures) == (version_of(PLAIN), (signature,))
    assert (len(view(page).findings), view(client.get("/lab/uploads")).asked) == (LISTED, True)
    table, lines = (client.get(f"/lab/uploads/{one.id}/findings.{kind}").text for kind in ("csv", "json"))
    assert (len(table.splitlines()), len(lines.splitlines())) == (251, 250)
    told = client.get(f"/v1/uploads/{one.id}", headers={"authorization": "Bearer token-lab"}).json()
    assert (len(told["findings"]), told["findings"][0]["cell"], told["mapping"]["code"]) == (250, "I2", "canonical")
    assert visitor("otherlab").get(f"/lab/uploads/{one.id}/findings.csv").status_code == 403


def test_a_silent_revision_waits_on_the_board_until_it_is_dealt_with(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, _ = story.at_lab()
        campaign = sample.campaign_id
        one = uploads.receive(unit, objects, "L-01", "r.csv", GOOD, by="user:lab", at=story.tick())
        told = Finding("silent-revision", "hold", 2, "report_version", "1", "2", "C2")
        uploads.refuse(unit, one.id, UploadEvent.HELD, [told], by="flow:intake", at=story.tick())
        uploads.alarm(unit, one.id, ["silent-revision"], by="flow:intake", at=story.tick())
        quiet = uploads.receive(unit, objects, "L-01", "q.csv", b"q", by="user:lab", at=story.tick())
        uploads.refuse(unit, quiet.id, UploadEvent.HELD, [told], by="flow:intake", at=story.tick())
    client = visitor("coordinator")
    [alarm] = view(client.get(f"/office/campaigns/{campaign}")).file_alarms
    assert (alarm.upload_id, alarm.lab, alarm.findings) == (one.id, "L-01", (told,))
    path = f"/office/uploads/{one.id}"
    assert view(client.get(path)).alarm == alarm
    assert errors(send(client, f"{path}/alarm")) == {"note": Fault.MISSING}
    assert send(client, f"{path}/alarm", {"note": "The laboratory withdrew it."}).status_code == 303
    assert send(client, f"{path}/alarm", {"note": "again"}).status_code == 409
    assert view(client.get(f"/office/campaigns/{campaign}")).file_alarms == ()
    assert view(client.get(path)).alarm is None
    assert visitor("lab").get(path).status_code == 403
