"""The pages in a real browser: nothing runs over the edge of a phone, nothing is fetched from elsewhere, no error."""

import socket
import threading
import time
from collections.abc import Iterator
from os import geteuid
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from starlette.types import ASGIApp

from platforms.notice import NoticeKind
from sampling.custody import Role
from sampling.edge.launch import ARGUMENTS
from storage import custody, samples
from storage.database import Database
from storage.objects import Objects
from storage.settings import load
from tests.dashboards.gathered import gathered
from tests.dashboards.story import PASSWORD, Story
from tests.labs.build import csv_of, line

HEIGHT = "document.documentElement.scrollHeight"
SCREENS = 8
"""So many screens of a phone hold the page of a sample."""
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give the machine's browser."""
    chosen = load().chromium
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=str(chosen) if chosen else None, chromium_sandbox=geteuid() != 0, args=list(ARGUMENTS)
        )
        yield opened
        opened.close()


@pytest.fixture
def address(app: ASGIApp) -> Iterator[str]:
    """Give the address of the running pages."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def watch(page: Page) -> tuple[list[str], set[str]]:
    """Give the errors the page will report and the hosts it will ask, as they come."""
    faults, hosts = list[str](), set[str]()

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    def asked(request: Request) -> None:
        hosts.add(urlsplit(request.url).netloc)

    page.on("console", told)
    page.on("request", asked)
    return faults, hosts


def log_in(page: Page, address: str, name: str) -> None:
    """Log in as a person does."""
    page.goto(f"{address}/login")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.click("main button")


@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
def test_every_page_fits_a_phone_and_stays_at_home(
    browser: Browser, address: str, database: Database, objects: Objects, locale: str
) -> None:
    with database.unit() as unit:
        story = Story.begin(unit, objects)
        story.shipped()
        sample = story.notified("84")
        _, consignment = story.handed_over()
        notice = story.notice(story.notified(), NoticeKind.DELISTING, "platform:oscar-mart")
        task = samples.tasks_of(unit, "shopper")[0][0]
        planned, drawn = gathered(unit, objects, findings=120), story.targeted()
        part = custody.of_role(unit, sample.id, Role.TEST).id
    pages = {
        None: ["/login", "/results", "/draws", "/scores", "/method", "/accessibility"],
        "officer": [
            f"/office/campaigns/{story.campaign.id}", "/office/campaigns/new", f"/office/samples/{sample.id}",
            "/office/decisions", "/office/notices", "/office/consignments", "/office/retention",
            f"/office/campaigns/{story.campaign.id}/money",
            f"/office/campaigns/{planned.id}/plan?sample_size=690", f"/office/campaigns/{planned.id}/findings",
            f"/office/campaigns/{planned.id}/plan?by=money&budget=9", f"/office/samples/{drawn.id}",
            f"/office/samples/{sample.id}?unfold=all", f"/office/units/{part}/entries/2", "/office/deliveries",
        ],
        "shopper": ["/shopper", f"/shopper/tasks/{task.id}"],
        "lab": [f"/lab/consignments/{consignment}", "/lab/uploads", "/lab/preview"],
        "platform": [f"/platform/notices/{notice.id}"],
    }  # fmt: skip
    for name, paths in pages.items():
        context = browser.new_context(viewport={"width": 360, "height": 740}, locale=locale)
        page = context.new_page()
        faults, hosts = watch(page)
        if name:
            log_in(page, address, name)
        for path in paths:
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert (faults, hosts) == ([], {urlsplit(address).netloc})
        context.close()


def test_a_long_page_is_folded_and_nothing_of_it_is_lost(
    browser: Browser, address: str, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        sample = Story.begin(unit, objects).notified("84")
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    log_in(page, address, "officer")
    place, entries = f"{address}/office/samples/{sample.id}", "details.stage li"
    page.goto(place)
    folded = page.evaluate(HEIGHT)
    assert folded < SCREENS * 740 and not page.locator(entries).first.is_visible()
    page.emulate_media(media="print")
    assert page.evaluate(HEIGHT) > 2 * folded  # what is printed is the whole page
    page.emulate_media(media="screen")
    page.goto(f"{address}/results")
    page.goto(f"{place}#units")
    page.locator("#units").wait_for(state="visible")  # a link into a fold opens it
    page.goto(f"{place}?unfold=all")
    assert page.locator(entries).first.is_visible() and page.evaluate(HEIGHT) > 2 * folded
    context.close()


def test_the_pages_work_without_scripts(browser: Browser, address: str, objects: Objects) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, address, "lab")
    page.goto(f"{address}/lab/uploads")
    page.set_input_files("#file", {"name": "results.csv", "mimeType": "text/csv", "buffer": b"lab_code\n"})
    page.click("text=Send the file")
    assert "/lab/uploads/" in page.url and page.locator("h1").inner_text().startswith("results.csv")
    context.close()


def test_a_file_is_looked_at_on_a_phone_and_sent_without_choosing_it_again(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    faults, _ = watch(page)
    log_in(page, address, "lab")
    page.goto(f"{address}/lab/uploads")
    data = csv_of(*(line(lab_code="L-01", result_text="0,198", replicate=str(at)) for at in range(1, 30)))
    page.set_input_files("#file", {"name": "results.csv", "mimeType": "text/csv", "buffer": data})
    page.click("text=See how it is read")
    page.wait_for_url("**/lab/preview")
    assert page.locator("tbody tr").count() == 29 * 2 + 10 + 10
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    with page.expect_download() as table:
        page.click("text=CSV >> nth=-1")
    assert table.value.suggested_filename == "results.csv-findings.csv"
    page.click("text=Send the file")
    page.wait_for_url("**/lab/uploads/*")
    assert faults == []
    assert page.locator("h1").inner_text().startswith("results.csv")
    page.close()


def test_a_form_can_be_filled_by_keyboard_alone(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/login")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.focus("#name")
    page.keyboard.type("officer")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/decisions")
    page.close()
