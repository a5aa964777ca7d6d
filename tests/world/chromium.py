"""The browser the tests drive: the system's Chromium, else the one Playwright downloaded, in its sandbox."""

import shutil
from pathlib import Path

from sampling.edge.launch import BrowserSettings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOOPBACK = frozenset({"127.0.0.1", "localhost"})


def executable() -> Path | None:
    """Give the system's own browser, or None."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return Path(found) if found else None


def browser_settings(
    *, page_seconds: float = 30.0, open_seconds: float = 15.0, private_hosts: frozenset[str] = LOOPBACK
) -> BrowserSettings:
    """Give the settings for this machine; the shops of the tests are on it."""
    return BrowserSettings(
        executable=executable(),
        private_hosts=private_hosts,
        page_seconds=page_seconds,
        open_seconds=open_seconds,
    )
