"""The laboratories' paper: a report of the bench is signed once, by a key of its own, and says what its table says."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import pytest

from demo.benches import Bench
from demo.laboratory import Report, results_for
from demo.laboratory.paper import report_of, signatory_of
from labs.edge.signature import read_report
from labs.formats import Expected, read
from labs.signed import ReportRule, SignatureState, weighed

DAY = date(2027, 1, 15)
NOW = datetime(2027, 1, 15, 9, 30, tzinfo=UTC)
ITEMS = ("dehp_dbp_bbp", "migratable_lead")
MODELS = {"BK7QM2X4": "PP-D12", "BW3HN8R6": "MR-21"}
UNITS = [{"blind_code": code, "seal_no": f"S-{code}", "items": ITEMS, "state": "in_test"} for code in MODELS]


def table(spoil: str = "") -> bytes:
    return results_for(UNITS, MODELS, Report("lab-north", "R-K26-00003", 1, DAY, DAY, spoil))


@pytest.mark.parametrize(("spoil", "odd"), [("", set()), ("decimal_comma", {"decimal-comma"})])
def test_a_report_is_signed_by_its_laboratory_and_says_what_its_table_says(
    tmp_path: Path, spoil: str, odd: set[str]
) -> None:
    chief = signatory_of(tmp_path, "lab-north")
    report = read_report(report_of(table(spoil), chief, NOW), (chief.pem,), NOW)
    assert weighed(report, ReportRule(True, (chief.pem,))).findings == ()
    [one] = report.signatures
    assert (one.state, datetime.fromisoformat(one.signed_at)) == (SignatureState.GOOD, NOW)
    known = Expected("lab-north", dict.fromkeys(MODELS, ITEMS), DAY, printed=report.text)
    told = read(table(spoil), "r.csv", known).findings
    assert {one.rule for one in told} == odd


def test_a_laboratory_keeps_its_key(tmp_path: Path) -> None:
    first, again = (signatory_of(tmp_path / "new", "lab-north") for _ in range(2))
    assert (first.pem == again.pem, signatory_of(tmp_path, "lab-south").pem == first.pem) == (True, False)


def test_a_bench_sends_the_same_report_however_often_it_asks(tmp_path: Path) -> None:
    sent: list[bytes] = []
    shown = {"id": "1", "number": "K26-00003", "state": "received", "manifest_sha256": "0" * 64, "units": UNITS}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/consignments":
            return httpx.Response(200, json={"consignments": [shown]})
        if request.method == "POST":
            body = request.read()
            sent.append(body[body.index(b"%PDF-") : body.rindex(b"%%EOF")])
            return httpx.Response(201, content=json.dumps({"id": "1", "state": "received"}))
        return httpx.Response(200, json={"state": "received"})

    with httpx.Client(base_url="http://product", transport=httpx.MockTransport(answer)) as web:
        bench = Bench("lab-south", web, tmp_path)
        assert [bench.report(MODELS, NOW), bench.report(MODELS, NOW)] == [1, 1]
    assert (len(sent), sent[0]) == (2, sent[1])
