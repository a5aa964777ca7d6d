"""Consent: the banner in front of a page answered: by the site's own answer, or refused in six languages."""

import contextlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from sampling.edge.isolated import ask

_MOST_WORDS = 80
_MOST_FRAMES = 4


async def answer_known(page: Page, selectors: tuple[str, ...]) -> str | None:
    """Give what was done with the first of the site's consent answers that is visible."""
    for selector in selectors:
        button = page.locator(selector).first
        if await button.is_visible():
            words = " ".join((await button.inner_text()).split())[:_MOST_WORDS]
            await button.click(timeout=3000)
            return f"click {selector} ({words})"
    return None


async def answer_any(page: Page, session: CDPSession) -> str | None:
    """Give what was done with a banner of an unknown kind; it is refused, else shut, and never accepted."""
    with contextlib.suppress(PlaywrightError):
        if found := await ask(session, _script(), _words()):
            return _told(found, "banner")
    for frame in _banner_frames(page):
        with contextlib.suppress(PlaywrightError):
            if found := await frame.evaluate(f"words => ({_script()})(words)", _words()):
                return _told(found, f"banner in a frame of {frame.url[:_MOST_WORDS]}")
    return None


def _banner_frames(page: Page) -> list[Any]:
    parts = _data()["frames"]
    frames = [frame for frame in page.frames[1:] if any(part in frame.url.lower() for part in parts)]
    return frames[:_MOST_FRAMES]


def _told(found: list[str], where: str) -> str:
    what, words = found
    return f"{what} {where} ({words})"


def _words() -> dict[str, Any]:
    data = _data()
    lists = {name: [word for words in data[name].values() for word in words] for name in ("refuse", "shut")}
    return {**lists, "boxes": data["boxes"], "longest": data["longest"]}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def _script() -> str:
    return Path(__file__).with_suffix(".js").read_text("utf-8")
