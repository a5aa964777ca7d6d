"""The picture of the board in the README, taken of the demonstration's pages as its coordinator sees them.

While the demonstration is at work, it waits until samples stand in several lanes.
"""

import io
import sys
from contextlib import ExitStack
from os import geteuid
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from demo.installation import COORDINATOR, LOGIN
from demo.job import prepared
from shopper.services import answers
from shopper.up import running
from storage.settings import Settings

PLACE = Path(__file__).with_name("board.png")
WIDTH, HEIGHT = 1280, 1000
MOST_BYTES = 300_000
ARGUMENTS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
CAMPAIGN = "main a[href*='/office/campaigns/']:not([href$='/new'])"
LANES = "main section"
TICKET = "a[href*='/office/samples/']"
WIDE = 3
TRIES, PAUSE = 60, 2_000
"""How often, and after how many milliseconds, a board at work is looked at until it is worth a picture."""


class NoBoard(Exception):
    """There is nothing to take a picture of."""


def main() -> int:
    """Write the picture and say where it is; 2 when the demonstration was not run before."""
    chosen = prepared()
    with ExitStack() as stack:
        if not answers(chosen.base_url):
            stack.enter_context(running(chosen, prefect=False))
        try:
            picture = slim(take(chosen))
        except NoBoard as error:
            print(f"screenshot: {error}", file=sys.stderr)
            return 2
    PLACE.write_bytes(picture)
    print(f"{PLACE}: {len(picture)} bytes")
    return 0


def take(chosen: Settings) -> bytes:
    """Give the newest campaign's board as a PNG, in English."""
    with sync_playwright() as playwright:
        path = str(chosen.chromium) if chosen.chromium else None
        browser = playwright.chromium.launch(
            executable_path=path, chromium_sandbox=geteuid() != 0, args=list(ARGUMENTS)
        )
        try:
            page = browser.new_page(
                base_url=chosen.base_url, locale="en-GB", viewport={"width": WIDTH, "height": HEIGHT}
            )
            return _board(page)
        finally:
            browser.close()


def slim(picture: bytes) -> bytes:
    """Give the same picture in at most 256 colours, which a page of flat colours hardly shows."""
    packed = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(256).save(packed, "PNG", optimize=True)
    if packed.tell() > MOST_BYTES:
        raise NoBoard(f"the picture has {packed.tell()} bytes, more than {MOST_BYTES}: make it smaller")
    return packed.getvalue()


def _board(page: Page) -> bytes:
    page.goto("/login")
    page.fill("input[name=name]", COORDINATOR)
    page.fill("input[name=password]", LOGIN)
    page.click("main button[type=submit]")
    page.goto("/office/campaigns")
    links = page.locator(CAMPAIGN)
    if links.count() == 0:
        raise NoBoard("there is no campaign yet: run make demo ONCE=1 first")
    links.first.click()
    for _ in range(TRIES):
        page.wait_for_load_state("networkidle")
        if _worth_it([lane.locator(TICKET).count() for lane in page.locator(LANES).all()]):
            break
        page.wait_for_timeout(PAUSE)
        page.reload()
    return page.screenshot()


def _worth_it(lanes: list[int]) -> bool:
    """Whether samples stand in several lanes, or all of them are in the last and nothing will change."""
    filled = [count > 0 for count in lanes]
    return sum(filled) >= WIDE or (any(filled) and not any(filled[:-1]))


if __name__ == "__main__":
    sys.exit(main())
