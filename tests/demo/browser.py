"""Where the machine's browser is."""

import shutil


def chromium() -> str | None:
    """The system's Chromium, or None for Playwright's own."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
