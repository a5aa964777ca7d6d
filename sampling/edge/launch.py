"""The launch: which browser is started, with which arguments, under which limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class BrowserSettings:
    """What differs between two browsers; the limits hold for every page."""

    executable: Path | None = None
    """None: the one Playwright downloaded."""
    sandbox: bool = True
    """Chromium's own sandbox; it refuses to start under root."""
    contexts: int = 3
    page_seconds: float = 30.0
    open_seconds: float = 15.0
    page_bytes: int = 256 << 20
    page_height: int = 16_384
    scroll_height: int = 20_000
    settle_seconds: float = 6.0
    width: int = 1280
    height: int = 800
    locale: str = "zh-CN"
    timezone: str = "Asia/Shanghai"
    clock: Callable[[], datetime] = _now

    def policy(self) -> str:
        """Give the limits in force in one line, for the manifest."""
        return (
            f"page {self.page_seconds:g} s, open {self.open_seconds:g} s, settle {self.settle_seconds:g} s, "
            f"{self.page_bytes} bytes, picture {self.page_height} px, scroll {self.scroll_height} px; "
            "no permissions, downloads, dialogs, pop-ups or service workers; consent refused where asked"
        )


# The one list of arguments: it keeps the browser from speaking to anyone but the page's servers, and from idle work.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=AutofillServerCommunication,OptimizationHints,MediaRouter,Translate,"
    # The browser draws its own address bar as pages that nobody sees; they cost as much as a shop's page.
    "PreloadTopChromeWebUI,WebUIOmniboxPopup,WebUIOmniboxFullPopup,WebUIOmniboxAimPopup",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def launch_options(settings: BrowserSettings) -> dict[str, Any]:
    """Give what Playwright's `launch` is called with."""
    return {
        "executable_path": str(settings.executable) if settings.executable else None,
        "headless": True,
        "chromium_sandbox": settings.sandbox,
        "args": list(ARGUMENTS),
        "timeout": 20_000,
        "handle_sigint": False,  # whoever runs us decides what Ctrl-C stops first
        "handle_sigterm": False,
        "handle_sighup": False,
    }


def context_options(settings: BrowserSettings) -> dict[str, Any]:
    """Give what each fresh context is made with."""
    return {
        "viewport": {"width": settings.width, "height": settings.height},
        "locale": settings.locale,
        "timezone_id": settings.timezone,
        "accept_downloads": False,
        "service_workers": "block",
        "permissions": [],
        "ignore_https_errors": False,  # a bad certificate is an outcome, not something to click through
    }
