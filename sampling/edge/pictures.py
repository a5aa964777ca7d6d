"""The pictures: a page as it was seen, in one viewport or from its head to its foot, as PNG."""

import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from sampling.evidence.profile import Viewport

WIDEST = 4_096
"""CSS pixels; a wider page is cut."""


async def shot(session: CDPSession, clip: Mapping[str, float] | None = None) -> bytes:
    """Give the picture of the viewport, or of a part of the page beyond it."""
    options: dict[str, Any] = {"format": "png", "optimizeForSpeed": True}
    if clip is not None:
        options |= {"captureBeyondViewport": True, "clip": {**clip, "scale": 1}}
    return base64.b64decode((await session.send("Page.captureScreenshot", options))["data"])


async def size_of(session: CDPSession) -> tuple[int, int]:
    """Give the width and the height of the whole page in CSS pixels."""
    size = (await session.send("Page.getLayoutMetrics"))["cssContentSize"]
    return int(size["width"]), int(size["height"])


async def tiles(session: CDPSession, *, tall: int, most: int) -> AsyncIterator[tuple[str, bytes]]:
    """Give the whole page from its head on, in pictures no taller than asked, with their names."""
    width, height = await size_of(session)
    for number in range(min(most, max(1, -(-height // tall)))):
        top = number * tall
        clip = {"x": 0, "y": top, "width": min(width, WIDEST), "height": min(tall, max(1, height - top))}
        yield f"page-{number + 1}.png" if number else "page.png", await shot(session, clip)


async def resized(session: CDPSession, view: Viewport) -> None:
    """Let the page be seen through another viewport; it is not reloaded."""
    metrics = {"width": view.width, "height": view.height, "deviceScaleFactor": 1, "mobile": view.mobile}
    await session.send("Emulation.setDeviceMetricsOverride", metrics)


async def last_shot(session: CDPSession) -> bytes:
    """Give the picture that can still be had of a page that failed, or nothing of a frozen one.

    The browser's own page about a failure comes a moment after the failure.
    """
    for _ in range(4):
        with contextlib.suppress(PlaywrightError, TimeoutError):
            return await asyncio.wait_for(shot(session), 3)
        await asyncio.sleep(0.15)
    return b""
