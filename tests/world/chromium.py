"""The browser the tests drive: the system's Chromium, else the one Playwright downloaded."""

import os
import shutil
from pathlib import Path

from sampling.edge.launch import BrowserSettings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def browser_settings(*, page_seconds: float = 30.0, open_seconds: float = 15.0) -> BrowserSettings:
    """Give the settings for this machine; root has no sandbox to run under."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return BrowserSettings(
        executable=Path(found) if found else None,
        sandbox=os.geteuid() != 0,
        page_seconds=page_seconds,
        open_seconds=open_seconds,
    )
