"""The plan before money is spent: tried out by address, refused with numbers, approved once; reserves and findings."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from uuid import UUID

import pytest

from dashboards.form import Done, Fault
from dashboards.render import FOLDER, environment
from labs.accreditation import ScopeEntry
from labs.limits import load as load_limits
from sampling.campaign import Campaign, CampaignState
from sampling.design import BY_MONEY, Design
from sampling.digest import sha256
from sampling.frozen import Frozen
from sampling.money import Money
from sampling.preview import CONCERNS, StratumFacts
from sampling.sample import SampleState
from sampling.task import TaskState
from sampling.text import Text
from storage import campaigns, events, frames, laboratories, reserves, samples
from storage.database import Database
from storage.laboratories import Laboratory
from storage.objects import Objects
from tests import build
from tests.dashboards.conftest import Visitor, errors, send, template, view
from tests.dashboards.gathered import FINDINGS, SEED, facts, gathered
from tests.dashboards.story import Story


def pages(id_: UUID) -> str:
    return f"/office/campaigns/{id_}/plan"


@pytest.fixture
def planned(app: object, database: Database, objects: Objects) -> Campaign:
    """Give a campaign that waits for a go, beside the people of the application."""
    with database.unit() as unit:
        return gathered(unit, objects)


def test_the_plan_is_previewed_with_the_campaigns_own_numbers(visitor: Visitor, planned: Campaign) -> None:
    answer = visitor("coordinator").get(pages(planned.id))
    page = view(answer)
    assert (answer.status_code, template(answer), page.may_approve) == (200, "office/plan.html", True)
    assert [(row.name, row.n) for row in page.preview.rows] == [
        ("glow-mall/toys", 5), ("oscar-mart/cosmetics", 10), ("oscar-mart/toys", 20),
    ]  # fmt: skip
    assert page.preview.cost == Money(D(20 * 20 + 10 * 20 + 5 * 60), "CNY")
    assert [row.name for row in page.greatest] == ["oscar-mart/toys", "oscar-mart/cosmetics", "glow-mall/toys"]
    assert [one.n for one in page.levels] == [18, 26, 35, 52, 70]
    assert answer.text.count("<svg") == 2 and answer.text.count("<caption") >= 3
    assert SEED not in answer.text and "style=" not in answer.text


def test_other_numbers_are_tried_out_by_the_address_and_change_nothing(
    visitor: Visitor, planned: Campaign, database: Database
) -> None:
    client = visitor("officer")
    page = view(client.get(pages(planned.id), params={"by": "money", "budget": "1,000", "test_cost": "4", "least": 2}))
    assert (page.choice.design.by, page.choice.design.least, page.choice.budget) == (BY_MONEY, 2, Money(D(1000), "CNY"))
    assert page.preview.possible and page.preview.left < Money(D(24), "CNY")
    with database.unit() as unit:
        assert campaigns.get(unit, planned.id) == planned


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ({"sample_size": 5, "least": 2}, "size_below_least", "5 samples are too few"),
        ({"by": "money", "budget": "99.99"}, "budget_below_least", "3 samples, and they cost CN¥100.00"),
        ({"budget": 899}, "over_budget", "The samples cost CN¥900.00"),
        ({"sample_size": 800, "budget": 99999}, "frame_short", "the frame has 700 listings"),
        ({"sample_size": 500, "least": 150}, "strata_short", "the 150 samples asked of each: 1; 50 samples"),
        ({"sample_size": 690, "budget": 99999}, "reserve_short", "fewer than 10 listings left to stand by: "),
        ({}, "price_guessed", "without a known price: 1, with 200 listings"),
    ],
)
def test_every_difficulty_is_told_with_its_numbers(
    visitor: Visitor, planned: Campaign, query: dict[str, object], code: str, said: str
) -> None:
    answer = visitor("coordinator").get(pages(planned.id), params=query)
    assert code in {one.code for one in view(answer).preview.concerns}
    assert said in re.sub(r"\s+", " ", answer.text)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_concern_has_its_sentence(language: str) -> None:
    numbers = dict.fromkeys(
        ("asked", "least", "strata", "needed", "budget", "cost", "bought", "listings", "lacking", "reserve", "samples",
         "picked"), D(7),
    )  # fmt: skip
    templates = environment(language)
    source = (FOLDER / "office" / "plan.html").read_text(encoding="utf-8")
    start, end = source.index("{% macro sum("), source.index("{% macro hidden(")
    macros = '{% set currency = "CNY" %}' + source[start:end] + "{{ concern(one) }}"
    for code in CONCERNS:
        told = templates.from_string(macros).render(one={"code": code, "numbers": numbers}).strip()
        assert bool(re.search("[\u4e00-\u9fff]", told)) is (language == "zh") and len(told) > 9, code


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"sample_size": "many"}, {"sample_size": Fault.NOT_A_NUMBER}),
        ({"least": "0"}, {"least": Fault.NOT_POSITIVE}),
        ({"by": "luck"}, {"by": Fault.NOT_OFFERED}),
        ({"test_cost": "-1"}, {"test_cost": Fault.NOT_POSITIVE}),
    ],
)
def test_a_wrong_number_keeps_the_preview_of_the_campaigns_own(
    visitor: Visitor, planned: Campaign, query: dict[str, str], fault: dict[str, Fault]
) -> None:
    answer = visitor("coordinator").get(pages(planned.id), params=query)
    assert (answer.status_code, errors(answer)) == (400, fault)
    assert view(answer).preview.n == planned.sample_size


def test_thousands_of_strata_are_shown_by_fifty_and_downloaded_whole(
    visitor: Visitor, app: object, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        many = [facts(f"oscar-mart/c{n:04d}", 3 + n % 5) for n in range(1_230)]
        made = gathered(unit, objects, many, sample_size=1_300, budget=Money(D(99_999), "CNY"))
    client = visitor("coordinator")
    first, last, found = (
        view(client.get(pages(made.id), params=query)).shown for query in ({}, {"page": 99}, {"find": "C00"})
    )
    assert (len(first.rows), first.page, first.pages, first.found) == (50, 1, 25, 1_230)
    assert (len(last.rows), last.page, last.rows[-1].name) == (30, 25, "oscar-mart/c1229")
    assert (found.found, found.pages, found.rows[0].name) == (100, 2, "oscar-mart/c0000")
    table = client.get(f"{pages(made.id)}.csv", params={"sample_size": 1_400})
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert (len(rows), sum(int(row["samples"]) for row in rows)) == (1_230, 1_400)
    assert f"{made.number}-plan.csv" in table.headers["content-disposition"]


def test_who_would_get_the_work_and_what_nobody_can_take(
    visitor: Visitor, planned: Campaign, database: Database
) -> None:
    with database.unit() as unit:
        for code, room in (("L-01", 10), ("L-02", 30)):
            toys = load_limits("limits-cn").items("toys", date(2026, 11, 22))
            scope = [ScopeEntry(code, "CMA", item, "*", date(2024, 1, 1), date(2031, 12, 31), "t") for item in toys]
            laboratories.keep(unit, Laboratory(code, Text("检验所", "Laboratory"), room), scope)
    page = view(visitor("coordinator").get(pages(planned.id)))
    assert [(one.name, one.samples, one.capacity) for one in page.testing.workers] == [
        ("L-02", D("18.75"), 30), ("L-01", D("6.25"), 10),
    ]  # fmt: skip
    assert page.testing.unplaced == (("cosmetics", D(10)),)
    assert page.buying.unplaced == (("glow-mall", D(5)), ("oscar-mart", D(30))), "nobody has a cover"
    assert set(page.samplers) >= {"coordinator", "officer"} and page.samplers_each >= 1


def test_a_coordinator_approves_the_numbers_that_were_shown(
    visitor: Visitor, planned: Campaign, database: Database
) -> None:
    client = visitor("coordinator")
    sent = {"sample_size": "40", "least": "3", "budget": "4000", "by": "size", "test_cost": "5.50",
            "beacons": ["ceremony", "drand-quicknet"], "parties": "lab-body, agency"}  # fmt: skip
    answer = send(client, pages(planned.id), sent)
    assert answer.headers["location"].endswith(f"/office/campaigns/{planned.id}?done={Done.PLAN_APPROVED}")
    with database.unit() as unit:
        kept = campaigns.get(unit, planned.id)
        last = campaigns.history(unit, planned.id)[-1]
    assert (kept.state, kept.sample_size, kept.budget) == (CampaignState.DRAWING, 40, Money(D(4000), "CNY"))
    assert kept.design == replace(planned.design, least=3, test_cost=D("5.50"))
    assert (kept.beacons, kept.parties) == (("drand-quicknet", "ceremony"), ("agency", "lab-body"))
    assert (last.type, last.actor) == ("approved", "user:coordinator")
    assert not view(client.get(pages(planned.id))).may_approve
    again = send(client, pages(planned.id), sent)
    assert (again.status_code, view(again).code) == (409, "illegal_move")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"sample_size": "2"}, {"sample_size": Fault.IMPOSSIBLE_PLAN}),
        ({"budget": "100"}, {"sample_size": Fault.IMPOSSIBLE_PLAN}),
        ({"beacons": ["moon"]}, {"beacons": Fault.NOT_OFFERED}),
        ({"parties": "agency, agency"}, {"parties": Fault.NOT_A_PARTY}),
        ({"parties": "the agency"}, {"parties": Fault.NOT_A_PARTY}),
        ({"budget": ""}, {"budget": Fault.MISSING}),
    ],
)
def test_a_plan_that_cannot_be_carried_out_is_not_approved(
    visitor: Visitor, planned: Campaign, database: Database, changes: dict[str, object], fault: dict[str, Fault]
) -> None:
    answer = send(visitor("coordinator"), pages(planned.id), changes)
    assert (answer.status_code, template(answer), errors(answer)) == (400, "office/plan.html", fault)
    with database.unit() as unit:
        assert campaigns.get(unit, planned.id) == planned


def test_a_frame_that_is_not_gathered_has_no_plan_yet(visitor: Visitor, database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = Story.begin(unit, objects).campaign
    client = visitor("coordinator")
    page = view(client.get(pages(made.id)))
    assert (page.gathered, page.may_approve, page.preview.rows) == (False, False, ())
    assert client.get(f"/office/campaigns/{made.id}/findings.csv").status_code == 404


def test_findings_are_counted_first_and_shown_by_pages(
    visitor: Visitor, app: object, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = gathered(unit, objects, findings=130)
    client, path = visitor("coordinator"), f"/office/campaigns/{made.id}/findings"
    first, second = (view(client.get(path, params={"page": page})) for page in (1, 2))
    assert first.counts == ((130, "mart.csv", "price", "price_missing"), (1, "a.csv", "row", "duplicate"))
    assert (first.total, len(first.findings), first.more) == (131, 100, True)
    assert (len(second.findings), second.more, second.findings[0].row) == (30, False, 100)
    assert client.get(f"{path}.csv").text == FINDINGS


def test_a_listing_that_is_gone_is_given_up_with_a_reason(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        sample, other = story.targeted(), story.captured()
        samples.assign(unit, sample.id, "shopper", due_at=story.tick(), by="t", at=story.tick())
    client, path = visitor("coordinator"), f"/office/samples/{sample.id}/reserve"
    assert view(client.get(f"/office/samples/{sample.id}")).may_skip
    assert errors(send(client, path)) == {"reason": Fault.MISSING}
    assert errors(send(client, path, {"reason": "dislike"})) == {"reason": Fault.NOT_OFFERED}
    answer = send(client, path, {"reason": "sold_out"})
    assert answer.headers["location"].endswith(f"?done={Done.RESERVE_ASKED}")
    with database.unit() as unit:
        lost = samples.get(unit, sample.id)
        assert (lost.state, lost.reason) == (SampleState.SKIPPED, "sold_out")
        assert [task.state for task, of in samples.tasks_of(unit, "shopper") if of.id == sample.id] == [
            TaskState.RELEASED
        ]
        assert [one.id for one in reserves.wanted(unit, sample.campaign_id)] == [sample.id]
        reserves.settle(unit, sample.id, taken=True, by="flow:plan", at=story.tick())
        assert reserves.wanted(unit, sample.campaign_id) == ()
        assert events.breaks(events.history(unit, sample.id)) == ()
    assert send(client, path, {"reason": "sold_out"}).status_code == 409
    assert send(client, f"/office/samples/{other.id}/reserve", {"reason": "sold_out"}).status_code == 409


CAMPAIGN = {
    "name_zh": "玩具", "name_en": "Toys", "platforms": ["oscar-mart"], "categories": ["toys"], "sample_size": "12",
    "units_each": "2", "budget": "5000", "seed": "0f" * 32,
}  # fmt: skip


def test_a_campaign_is_planned_with_its_design(
    visitor: Visitor, database: Database, objects: Objects, app: object
) -> None:
    sent = {**CAMPAIGN, "least": "2", "by": "money", "test_cost": "80", "cap": "3", "each": "", "hold": "yes",
            "beacons": ["nist-2", "drand-quicknet"], "parties": "agency，lab-body"}  # fmt: skip
    client = visitor("coordinator")
    assert (
        send(client, "/office/campaigns/new", sent, picks=("p.csv", "id,label\nm:1,举报\n".encode())).status_code == 303
    )
    with database.unit() as unit:
        (made,) = campaigns.listed(unit)
    assert made.design == Design(least=2, by=BY_MONEY, test_cost=D(80), cap=3, picks={"m:1": "举报"})
    assert (made.beacons, made.parties) == (("drand-quicknet", "nist-2"), ("agency", "lab-body"))


def test_a_campaign_without_more_choices_does_not_wait(visitor: Visitor, database: Database) -> None:
    client = visitor("coordinator")
    form = client.get("/office/campaigns/new").context["form"].values
    assert (form["hold"], form["least"], form["by"]) == ("yes", "1", "size")
    files = [("frame", ("a.csv", b"a")), ("frame", ("b.csv", b"b")), ("frame", ("again.csv", b"a"))]
    token = str(client.get("/method").context["frame"].form_token)
    client.post("/office/campaigns/new", data={"form_token": token, **CAMPAIGN}, files=files)
    with database.unit() as unit:
        (made,) = campaigns.listed(unit)
    assert made.design == Design(hold=False)
    assert made.files == (sha256(b"a"), sha256(b"b"))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"cap": "2", "each": "2"}, {"each": Fault.CAPPED_TWICE}),
        ({"cap": "x"}, {"cap": Fault.NOT_A_NUMBER}),
        ({"by": "luck"}, {"by": Fault.NOT_OFFERED}),
        ({"hold": "perhaps"}, {"hold": Fault.NOT_OFFERED}),
        ({"beacons": ["moon"]}, {"beacons": Fault.NOT_OFFERED}),
        ({"parties": "a b"}, {"parties": Fault.NOT_A_PARTY}),
    ],
)
def test_a_wrong_choice_of_the_design_is_named(
    visitor: Visitor, changes: dict[str, object], fault: dict[str, Fault]
) -> None:
    assert errors(send(visitor("coordinator"), "/office/campaigns/new", {**CAMPAIGN, **changes})) == fault


@pytest.mark.parametrize(
    "table", [b"", b"id,label\n", b"m:1\n", b"m:1,a,b\n", b"m:1,a\nm:1,b\n", b"m:1,\n", b"\xff\xfe", b'm:1,"a\n']
)
def test_a_table_of_picks_that_cannot_be_read_is_refused(visitor: Visitor, table: bytes) -> None:
    answer = send(visitor("coordinator"), "/office/campaigns/new", CAMPAIGN, picks=("picks.csv", table))
    assert errors(answer) == {"picks": Fault.NOT_PICKS}


def test_a_cap_that_the_merchants_cannot_fill_is_refused_before_the_go(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    lines = b"".join(b"p:%02d\tp/toys\t1\tp/shop%d\n" % (number, number % 3) for number in range(12))
    none = sha256(b"")
    with database.unit() as unit:
        made = build.campaign(unit, design=Design(cap=1), sample_size=4)
        frozen = Frozen(objects.put(lines), none, 12, none, none, ())
        strata = [StratumFacts("p/toys", 12, 12, D("0.05"), D(10), 1, 1, 12, 0)]
        frames.freeze(unit, made.id, frozen, strata, findings=[], counts={}, by="t", at=build.START)
    address = f"/office/campaigns/{made.id}/plan"
    refused = send(visitor("coordinator"), address, {"sample_size": "4"})
    assert (refused.status_code, errors(refused)) == (400, {"sample_size": Fault.IMPOSSIBLE_PLAN})
    assert send(visitor("coordinator"), address, {"sample_size": "3"}).status_code == 303
