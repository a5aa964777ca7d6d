"""A shopper with a telephone: a task from its order to the seals, with the network cut while the film is sent."""

from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from playwright.sync_api import FilePayload, Page, Request

from sampling.digest import sha256
from sampling.media import MB
from sampling.sample import SampleState
from storage import campaigns, custody, events, purchases, resumable, samples
from storage.database import Database
from storage.objects import Objects
from tests.dashboards.story import Story, picture
from tests.journeys.conftest import Case
from tests.journeys.people import People, Person
from tests.sampling.films import mp4

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SIZE = 24 * MB
SLOWLY = {"offline": False, "latency": 5, "downloadThroughput": -1, "uploadThroughput": 3 * MB}
PHOTO, FILM = "[data-medium=photo]", "[data-medium=film]"


@pytest.fixture
def task(database: Database, objects: Objects, case: Case) -> tuple[str, str]:
    """Give the path of a task whose goods are on their way, and the number of its order."""
    with database.unit() as unit:
        story = Story(unit, objects, campaigns.get(unit, UUID(case.campaign)), count=10)
        sample = story.shipped()
        order = purchases.live(unit, sample.id)
        assert order is not None and order.order_no
        ((task, _),) = [pair for pair in samples.tasks_of(unit, "shopper") if pair[1].id == sample.id]
    return f"/shopper/tasks/{task.id}", order.order_no


def test_a_task_from_order_to_seal_with_the_network_cut_once(
    people: People, task: tuple[str, str], database: Database, objects: Objects, tmp_path: Path
) -> None:
    shopper = people.come("shopper", width=360)
    page, path = shopper.page, task[0]
    shopper.goes("/shopper")
    page.click(f"main a[href='{path}']")
    assert task[1] in shopper.reads() and shopper.overflow() == 0
    _parcel(shopper)

    film = tmp_path / "film.mp4"
    film.write_bytes(mp4(SIZE))
    assert min(_film_with_a_cut(page, film)) > 0, "it went on where it stopped"
    assert shopper.overflow() == 0
    assert "done=" in page.url
    page.reload()
    assert (page.input_value("input[name=lot]"), page.is_checked("input[value=yes]")) == ("A7", True)
    page.fill("input[name=quantity]", "2")
    _photo(page, "goods")
    shopper.presses("The goods are unpacked")
    _seal(shopper)
    page.wait_for_function("() => !Object.keys(localStorage).length")  # what was sent is not kept on the telephone

    with database.unit() as unit:
        ((_, sample),) = [pair for pair in samples.tasks_of(unit, "shopper") if path.endswith(str(pair[0].id))]
        assert sample.state is SampleState.SEALED
        assert [one.sha256 for one in resumable.films(unit, sample.id)] == [sha256(film.read_bytes())]
        assert [one.seal_no for one in custody.units(unit, sample.id)] == ["F901", "F902"]
        opened = next(one for one in events.history(unit, sample.id) if one.type == "unboxed")
        assert objects.get(opened.data["photo"]) == picture("goods")


def _film_with_a_cut(page: Page, film: Path) -> list[int]:
    """Send the film, log out and cut the network in the middle, and give where the pieces after each began."""
    starts: list[int] = []
    page.on("request", lambda request: starts.extend(_offset(request)))
    slow = page.context.new_cdp_session(page)
    slow.send("Network.emulateNetworkConditions", SLOWLY)
    page.set_input_files(f"{FILM} input[type=file]", film)
    page.wait_for_function(f"() => document.querySelector('{FILM} progress').value > 25")
    kept = page.context.cookies()
    page.context.clear_cookies()
    page.wait_for_selector(f"{FILM}[data-state=refused]")
    page.context.add_cookies(cast(Any, kept))
    first = len(starts)
    page.set_input_files(f"{FILM} input[type=file]", film)
    page.wait_for_function(f"() => document.querySelector('{FILM} progress').value > 50")
    page.context.set_offline(True)
    slow.detach()  # as long as it slows the network down, the browser only believes to be offline
    page.wait_for_selector(f"{FILM}[data-state=waiting]")
    page.fill("input[name=lot]", "A7")
    page.check("input[name=matches_listing][value=yes]")
    page.get_by_role("button", name="The goods are unpacked").click()
    page.wait_for_selector("[data-offline]:has-text('There is no network')")
    page.context.set_offline(False)
    page.wait_for_selector(f"{FILM}[data-state=kept]")
    return starts[first:]


def _parcel(shopper: Person) -> None:
    _photo(shopper.page, "parcel")
    shopper.page.fill("input[name=weight_g]", "820")
    shopper.page.check("input[name=condition][value=intact]")
    asked: list[str] = []
    shopper.page.on("request", lambda request: asked.append(request.method))
    shopper.page.get_by_role("button", name="The parcel is received").evaluate("it => (it.click(), it.click())")
    shopper.page.wait_for_selector("input[name=lot]")
    assert (asked.count("HEAD"), asked.count("POST")) == (1, 1), "pressing twice sends it once"


def _seal(shopper: Person) -> None:
    page = shopper.page
    page.wait_for_selector("input[name=test_seal]")
    _photo(page, "seals")
    for name, value in (("test_seal", "F901"), ("backup_seal", "F902"), ("place", "station")):
        page.fill(f"input[name={name}]", value)
    page.select_option("select[name=witness]", "officer")
    assert shopper.overflow() == 0
    shopper.presses("Both units are sealed")
    page.wait_for_selector("text=Your part of this task is done")


def _photo(page: Page, words: str) -> None:
    shot = FilePayload(name=f"{words}.png", mimeType="image/png", buffer=picture(words))
    page.set_input_files(f"{PHOTO} input[type=file]", shot)
    page.wait_for_selector(f"{PHOTO}[data-state=kept]")


def _offset(request: Request) -> list[int]:
    told = request.headers.get("upload-offset")
    return [int(told)] if request.method == "PATCH" and told else []
