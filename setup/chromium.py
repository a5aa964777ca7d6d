"""Finds or gets a Chromium for captures, and a font for the Chinese in its pictures."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CAN_APT = os.geteuid() == 0 and shutil.which("apt-get") is not None


def main() -> None:
    """Leave a browser that captures can use, or say what to do."""
    browser = _browser()
    if browser is None:
        print("Set-up stopped: there is no Chromium and none could be got: apt-get install chromium.", file=sys.stderr)
        sys.exit(2)
    print(f"Chromium: {browser}", flush=True)
    if not _has_chinese_font() and not (_apt("fonts-noto-cjk") and _has_chinese_font()):
        # Not fatal: captures work, only their Chinese is drawn as boxes.
        print("No Chinese font was found, so pictures show boxes: apt-get install fonts-noto-cjk.", file=sys.stderr)


def _browser() -> str | None:
    """Give the system's browser, else Playwright's download, else the distribution's package."""
    return _system() or _downloaded() or _download() or (_system() if _apt("chromium") else None)


def _system() -> str | None:
    return next((found for found in map(shutil.which, BROWSERS) if found), None)


def _downloaded() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return str(path) if path.exists() and _starts(path) else None


def _download() -> str | None:
    print("Getting Chromium from Playwright …", flush=True)
    words = [sys.executable, "-m", "playwright", "install", *(["--with-deps"] if CAN_APT else []), "chromium"]
    try:
        done = subprocess.run(words, capture_output=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        return None
    return _downloaded() if done.returncode == 0 else None


def _starts(path: Path) -> bool:
    """A download without the system's libraries is there but does not start."""
    return subprocess.run([str(path), "--version"], capture_output=True, check=False).returncode == 0


def _apt(package: str) -> bool:
    if not CAN_APT:
        return False
    print(f"Getting {package} from the distribution …", flush=True)
    subprocess.run(["apt-get", "update", "-q"], capture_output=True, check=False)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(install, capture_output=True, check=False, env=environment).returncode == 0


def _has_chinese_font() -> bool:
    lister = shutil.which("fc-list")
    if lister is None:
        return False
    return bool(subprocess.run([lister, ":lang=zh", "family"], capture_output=True, check=False).stdout.strip())


if __name__ == "__main__":
    main()
