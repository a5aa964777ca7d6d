"""The pages of laboratories and of one verdict: what it rests on, who decides, and what falls."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from dashboards.form import Fault
from labs.accreditation import ScopeEntry
from labs.limits import IN_FORCE, load
from labs.verdict import VerdictState
from labs.withdrawal import Reach, WithdrawalKind
from reputation.publication import PublicationEvent
from sampling.text import Text
from storage import laboratories, limits, publications, verdicts, withdrawals
from storage.database import Database
from storage.laboratories import Laboratory
from storage.objects import Objects
from storage.unit import Unit
from tests.dashboards.conftest import Visitor, errors, send, template, view
from tests.dashboards.story import Story

LABS = "/office/laboratories"
ASKED = {"kind": "withdrawn", "since": "2026-11-01", "reason": "CNAS withdrew it"}


def accredited(unit: Unit) -> None:
    """Keep the two laboratories, of which the first may test lead."""
    for code in ("L-01", "L-02"):
        laboratories.keep(unit, Laboratory(code, Text("检验所", "Laboratory"), 30))


def accredit(unit: Unit, objects: Objects, **changes: Any) -> None:
    plain = ScopeEntry("L-01", "CNAS", "migratable_lead", "GB 6675.4", date(2024, 1, 1), None, "certificate 7")
    line = replace(plain, **changes)
    laboratories.import_scope(
        unit, objects, "scope.csv", repr(line).encode(), [line], by="user:officer", at=Story.begin(unit, objects).at
    )


@pytest.fixture
def judged(database: Database, objects: Objects) -> tuple[UUID, UUID]:
    """Give a sample and its verdict, which waits for a second person, of a laboratory in scope."""
    with database.unit() as unit:
        sample, verdict = Story.begin(unit, objects).judged("84")
        accredited(unit)
        accredit(unit, objects, site="Suzhou", edition="2014")
    return sample.id, verdict.id


def test_a_verdict_is_read_with_all_it_rests_on_and_confirmed(
    visitor: Visitor, database: Database, judged: tuple[UUID, UUID]
) -> None:
    sample, verdict = judged
    client = visitor("officer")
    assert f"/office/verdicts/{verdict}" in client.get("/office/decisions").text
    assert f"/office/verdicts/{verdict}" in client.get(f"/office/samples/{sample}").text
    answer = client.get(f"/office/verdicts/{verdict}")
    page = view(answer)
    [item] = page.items
    [evidence] = item.found
    assert (item.limit.standard, item.item.near_limit, evidence.line.site) == ("GB 6675.1", True, "Suzhou")
    assert (page.uploaded_by, page.may_settle, page.reason, page.fallen) == ("user:lab", True, None, None)
    assert all(
        told in answer.text
        for told in (
            evidence.ground.sha256,
            "R0, simple acceptance",
            "near the limit",
            "marked as near it",
            "certificate 7",
        )
    )
    assert "confirmation" not in visitor("coordinator").get(f"/office/verdicts/{verdict}").text
    assert send(client, f"/office/verdicts/{verdict}/confirmation").status_code == 303
    assert not view(client.get(f"/office/verdicts/{verdict}")).may_settle


def test_a_verdict_is_sent_back_with_its_reason_and_the_laboratory_reads_it(
    visitor: Visitor, database: Database, judged: tuple[UUID, UUID]
) -> None:
    sample, verdict = judged
    client, place = visitor("officer"), f"/office/verdicts/{verdict}/return"
    assert errors(send(client, place)) == {"reason": Fault.MISSING}
    assert send(client, place, {"reason": "the unit is odd"}).status_code == 303
    page = client.get(f"/office/verdicts/{verdict}")
    assert (view(page).reason, view(page).may_settle) == ("the unit is odd", False)
    assert view(client.get(f"/office/samples/{sample}")).void == {verdict: "the unit is odd"}
    bench = visitor("lab")
    [consignment] = view(bench.get("/lab"))
    shown = bench.get(f"/lab/consignments/{consignment.id}")
    assert "the unit is odd" in shown.text


def test_a_verdict_by_kept_limits_says_what_was_known_when_it_was_given(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        limits.keep(unit, replace(load(IN_FORCE), version="1"), at=Story.begin(unit, objects).at)
        verdict = Story.begin(unit, objects).judged()[1]
        accredited(unit)
        accredit(unit, objects, edition="2014")
        gone = withdrawals.propose(
            unit, WithdrawalKind.WITHDRAWN, Reach("L-01", date(2026, 11, 1)), "lost", by="a", at=verdict.judged_at
        )
        unit.execute(text("UPDATE withdrawal SET state = 'carried_out', decided_by = 'b', decided_at = now()"))
        assert withdrawals.get(unit, gone.id).decided_by == "b"
    answer = visitor("officer").get(f"/office/verdicts/{verdict.id}")
    [evidence] = view(answer).items[0].found
    assert evidence.line is None and evidence.then is not None and "not covered" in answer.text


def test_an_old_verdict_is_shown_beside_the_limit_it_was_given_by(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    shipped = load(IN_FORCE)
    then = [
        replace(one, high=Decimal(80), strict=True, lenient=Decimal(160), status="secondary") for one in shipped.limits
    ]
    with database.unit() as unit:
        limits.keep(unit, replace(shipped, version="1", limits=tuple(then)), at=Story.begin(unit, objects).at)
        story = Story.begin(unit, objects)
        sample, verdict = story.judged()
        items = [{"item": "migratable_lead", "outcome": "fail", "limit": "cn-toys-migratable-lead", "found": "210"}]
        entry = {
            "number": "P1", "title": "Toy", "outcome": "fail", "category": "toys", "items": items, "lab": "L-01",
            "platform": "oscar-mart", "basis": "risk_targeted", "sampled_on": "2026-11-03", "seller": None,
        }  # fmt: skip
        one = publications.propose(unit, sample.id, entry, number="P1", disputed=False, by="user:a", at=story.tick())
        publications.approve(unit, one.id, by="user:officer", at=story.tick())
        publications.record(unit, one.id, PublicationEvent.PUBLISHED, by="flow:publish", at=story.tick())
    client = visitor("officer")
    told = client.get("/results/P1").text
    assert "&lt; 80 mg/kg (&lt; 160 mg/kg for the most lenient form of the goods) (GB 6675.1-2014)" in told
    for path in (f"/office/verdicts/{verdict.id}", f"/office/samples/{sample.id}"):
        text_ = client.get(path).text
        assert "&lt; 80 mg/kg (&lt; 160 mg/kg for the most lenient form of the goods)" in text_
        assert "read in a summary, not at its source" in text_
    assert send(client, f"/office/verdicts/{verdict.id}/confirmation").status_code == 303


def test_accreditation_is_taken_away_by_two_officers(
    visitor: Visitor, database: Database, judged: tuple[UUID, UUID]
) -> None:
    _, verdict = judged
    client = visitor("officer")
    first = view(client.get(LABS))
    assert [(row.laboratory.code, row.holding, row.lines) for row in first.rows] == [("L-01", 1, 1), ("L-02", 0, 0)]
    assert client.get(f"{LABS}/L-77").status_code == 404
    look = client.get(f"{LABS}/L-01/withdrawal", params=ASKED)
    assert (template(look), [gap.verdict.id for gap in view(look).gaps]) == ("office/withdrawal.html", [verdict])
    assert send(client, f"{LABS}/L-01/withdrawal", ASKED).status_code == 303
    [proposed] = view(client.get(LABS)).proposed
    own = send(client, f"/office/withdrawals/{proposed.withdrawal.id}/approval")
    assert errors(own) == {f"withdrawal-{proposed.withdrawal.id}": Fault.OWN_PROPOSAL}
    with database.unit() as unit:
        other = withdrawals.propose(
            unit, WithdrawalKind.SUSPENDED, Reach("L-01", date(2026, 11, 1), date(2026, 11, 30), method="GB 6675.4"),
            "suspended", by="command", at=proposed.withdrawal.proposed_at,
        )  # fmt: skip
    assert "waits for an officer" in visitor("coordinator").get(LABS).text
    assert send(client, f"/office/withdrawals/{other.id}/approval").status_code == 303
    with database.unit() as unit:
        assert verdicts.get(unit, verdict).state is VerdictState.VOID
    page = client.get(f"/office/verdicts/{verdict}")
    assert view(page).fallen[1].id == other.id and f'href="{LABS}/L-01"' in page.text
    shown = client.get(f"{LABS}/L-01")
    [line] = view(shown).lines
    assert line.entry.endings and [len(one.fallen) for one in view(shown).decided] == [1]
    place = f"/office/withdrawals/{proposed.withdrawal.id}/refusal"
    assert errors(send(client, place)) == {f"refusal-{proposed.withdrawal.id}": Fault.MISSING}
    assert send(client, place, {"refusal": "done already"}).status_code == 303
    assert view(client.get(LABS)).proposed == ()
    assert client.get(f"{LABS}/L-02").status_code == 200


FAULTS: list[tuple[dict[str, str], dict[str, Fault]]] = [
    ({}, {"kind": Fault.MISSING, "since": Fault.MISSING, "reason": Fault.MISSING}),
    ({**ASKED, "kind": "burnt"}, {"kind": Fault.NOT_OFFERED}),
    ({**ASKED, "since": "soon", "until": "never"}, {"since": Fault.NOT_A_TIME, "until": Fault.NOT_A_TIME}),
    ({**ASKED, "until": "2026-10-01"}, {"until": Fault.NOT_A_TIME}),
    ({**ASKED, "since": "0026-11-01", "until": "9999-12-31"}, {"since": Fault.NOT_A_TIME, "until": Fault.NOT_A_TIME}),
    ({**ASKED, "reason": "x" * 501}, {"reason": Fault.TOO_LONG}),
]


def test_what_is_wrong_with_a_proposal_is_said_beside_its_field(visitor: Visitor, database: Database) -> None:
    with database.unit() as unit:
        accredited(unit)
    client = visitor("officer")
    for typed, faults in FAULTS:
        assert errors(send(client, f"{LABS}/L-01/withdrawal", typed)) == faults
        answer = client.get(f"{LABS}/L-01/withdrawal", params=typed)
        assert (answer.status_code, errors(answer)) == (400, faults)
