"""People at the running pages in a real browser: each role does its part, and is kept from the others'."""

from uuid import UUID

import pytest
from playwright.sync_api import FilePayload

from flows import intake
from flows.wiring import World
from platforms.notice import NoticeState
from sampling.campaign import CampaignState
from sampling.custody import UnitState
from sampling.evidence.bundle import packed, seal
from storage import campaigns, consignments, custody, notices, uploads
from storage.database import Database
from tests.journeys.conftest import Case
from tests.journeys.people import People
from tests.sampling.visits import KEYS, a_visit

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

# What a laboratory must never learn of a sample.
NAMES = ("星河", "Xinghe", "oscar-mart", "积木", "GaN", "S26-")

DRAWN = "() => [...document.querySelectorAll('main figure img')].map(one => one.naturalWidth)"


def test_a_coordinator_plans_a_campaign_and_looks_into_a_case(people: People, case: Case, database: Database) -> None:
    coordinator = people.come("coordinator")
    coordinator.goes("/office/campaigns/new")
    page = coordinator.page
    page.fill("input[name=name_zh]", "童装抽检")
    page.fill("input[name=name_en]", "Children's clothes")
    for kind, value in (("platforms", "oscar-mart"), ("categories", "toys")):
        page.check(f"input[name={kind}][value={value}]")
    page.fill("input[name=sample_size]", "8")
    page.fill("input[name=budget]", "3000.00")
    page.click("main form button")
    assert "Children's clothes" in coordinator.reads()
    with database.unit() as unit:
        planned = [one for one in campaigns.listed(unit) if one.name.en == "Children's clothes"]
        assert [(one.state, one.sample_size, one.platforms) for one in planned] == [
            (CampaignState.PLANNED, 8, ("oscar-mart",))
        ]

    coordinator.goes(f"/office/campaigns/{case.campaign}")
    board = page.locator("main a[href*='/office/samples/']")
    assert board.count() == 3
    page.locator(f"main a[href*='/office/samples/{case.sample}']").first.click()
    page.locator("details.fold:has(img) > summary").first.click()
    shown = page.locator("main img").first
    shown.scroll_into_view_if_needed()
    assert page.wait_for_function("() => document.querySelector('main img').naturalWidth > 0")
    assert page.locator("main ol li, main .line li").count() >= 8


def test_a_laboratory_receives_tests_and_reads_what_is_wrong_with_its_file(
    people: People, case: Case, database: Database, sweeper: World
) -> None:
    bench = people.come("lab")
    bench.goes("/lab")
    assert case.blind_code in bench.reads()
    bench.goes(f"/lab/consignments/{case.consignment}")
    assert not [name for name in NAMES if name in bench.page.content()]
    with database.unit() as unit:
        [line] = consignments.get(unit, UUID(case.consignment)).lines
    bench.page.fill("#code", case.blind_code)
    bench.page.press("#code", "Enter")  # as a hand scanner does
    bench.page.get_by_text("Now scan the seal").wait_for()
    bench.page.fill("#seal", line.seal_no)
    bench.page.press("#seal", "Enter")
    bench.presses("Open the seal, start the test")
    with database.unit() as unit:
        order = consignments.order_of(unit, case.blind_code)
        assert order is not None
        states = {part.id: part.state for part in custody.units(unit, order.sample_id)}
        assert states[order.unit_id] is UnitState.IN_TEST

    bench.goes("/lab/uploads")
    wrong = b"sample,item,result\n" + case.blind_code.encode() + b",lead,a lot\n"
    bench.page.set_input_files("#file", {"name": "first.csv", "mimeType": "text/csv", "buffer": wrong})
    bench.presses("Send the file")
    bench.page.wait_for_url("**/lab/uploads/*")
    assert intake.sweep(sweeper, 10).done == 1
    bench.page.reload()
    with database.unit() as unit:
        (upload,) = [one for one in uploads.of_lab(unit, "L-01") if one.name == "first.csv"]
    assert upload.findings
    assert bench.page.locator("main tbody tr").count() == len(upload.findings)


def test_a_platform_answers_its_notice(people: People, case: Case, database: Database) -> None:
    desk = people.come("platform")
    desk.goes("/platform")
    desk.page.locator(f"main a[href$='/platform/notices/{case.notice}']").click()
    desk.presses("Acknowledge receipt")
    desk.page.check("input[name=claimed][value=removed]")
    desk.presses("Send the answer")
    with database.unit() as unit:
        assert notices.get(unit, UUID(case.notice)).state is NoticeState.CLAIMED_DONE


def test_the_public_reads_a_result_and_a_score_without_a_log_in(people: People, case: Case) -> None:
    anyone = people.come(None)
    anyone.goes("/results")
    anyone.page.locator(f"main a[href$='/results/{case.published}']").first.click()
    assert case.published in anyone.reads()
    anyone.goes("/scores")
    anyone.page.locator("main a[href*='/scores/seller/']").first.click()
    assert "61.5" in anyone.reads()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_court_drops_a_bundle_and_reads_whether_it_holds(people: People, case: Case, scripts: bool) -> None:
    judge = people.come(None, scripts=scripts, width=360)
    judge.goes("/results")
    judge.page.locator("nav a[href='/verify']").click()
    good = seal(a_visit(), capture_id="cap-1", case="S26-1", keys=KEYS, extracted={"title": "Lamp"})
    bad = {**good, "capture.wacz": good["capture.wacz"][:-1] + b"x"}
    for files, sentence in ((good, "The bundle holds."), (bad, "The file capture.wacz was changed.")):
        file = FilePayload(name="b.zip", mimeType="application/zip", buffer=packed(files))
        judge.page.set_input_files("input[name=bundle]", file)
        judge.presses("Check the bundle")
        judge.page.wait_for_selector(f"text={sentence}")
        assert judge.overflow() == 0
        assert judge.page.evaluate(DRAWN) == ([8, 8] if files is good else [])


@pytest.mark.parametrize("name", ["lab", "platform", "shopper"])
def test_another_roles_pages_and_rows_are_refused(people: People, case: Case, name: str) -> None:
    person = people.come(name)
    assert person.goes(f"/office/samples/{case.sample}") == 403
    others = people.come("otherlab")
    assert others.goes(f"/lab/consignments/{case.consignment}") == 403


def test_the_language_is_switched_and_kept(people: People, case: Case) -> None:
    reader = people.come(None, language="zh-CN")
    tag = "() => document.documentElement.lang.slice(0, 2)"
    reader.goes("/results")
    assert reader.page.evaluate(tag) == "zh"
    with reader.page.expect_navigation():
        reader.page.locator("header a[hreflang^=en]").click()
    assert reader.page.evaluate(tag) == "en"
    reader.goes("/scores")
    assert (reader.page.evaluate(tag), reader.page.locator("main h1").inner_text()) == ("en", "Scores")


def test_nothing_runs_over_the_edge_of_a_phone(people: People, case: Case) -> None:
    wide: dict[str, tuple[int, int]] = {}
    for name, paths in {
        None: ("/", "/login", "/results", f"/results/{case.published}", "/scores", "/method", "/corrections",
               "/verify", "/evidence/keys", "/evidence/checkpoints"),
        "officer": (
            "/office/campaigns", "/office/campaigns/new", f"/office/campaigns/{case.campaign}",
            f"/office/samples/{case.sample}", f"/office/samples/{case.failed}",
            f"/office/samples/{case.sample}/compare", "/office/consignments",
            "/office/decisions", "/office/notices", "/office/deliveries", "/office/publications", "/office/purchases",
        ),
        "shopper": ("/shopper",),
        "lab": ("/lab", f"/lab/consignments/{case.consignment}", "/lab/uploads"),
        "platform": ("/platform", f"/platform/notices/{case.notice}"),
    }.items():  # fmt: skip
        person = people.come(name, width=360)
        wide |= {path: (person.goes(path), person.overflow()) for path in paths}
    assert {path: found for path, found in wide.items() if found != (200, 0)} == {}


def test_the_work_is_done_with_scripts_switched_off(people: People, case: Case, database: Database) -> None:
    desk = people.come("platform", scripts=False)
    desk.goes(f"/platform/notices/{case.notice}")
    desk.presses("Acknowledge receipt")
    bench = people.come("lab", scripts=False)
    bench.goes("/lab/uploads")
    bench.page.set_input_files("#file", {"name": "plain.csv", "mimeType": "text/csv", "buffer": b"a,b\n"})
    bench.presses("Send the file")
    with database.unit() as unit:
        assert [one.name for one in uploads.of_lab(unit, "L-01") if one.name == "plain.csv"] == ["plain.csv"]
        assert notices.get(unit, UUID(case.notice)).state is NoticeState.ACKNOWLEDGED
