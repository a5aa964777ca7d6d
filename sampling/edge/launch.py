"""The launch: which browser is started, with which arguments, under which limits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sampling.edge.addresses import Resolve, resolve
from sampling.edge.guard import Terms
from sampling.evidence.profile import Profile


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class BrowserSettings:
    """What differs between two browsers; the limits hold for every page."""

    executable: Path | None = None
    """None: the one Playwright downloaded."""
    sandbox: bool = True
    """Chromium's own sandbox, under root as a user without rights; False only where the machine itself is the cage."""
    private_hosts: frozenset[str] = frozenset()
    """`host` or `host:port` that pages may reach although it is private: the shops of the demonstration and tests."""
    remote: str | None = None
    """A browser on another machine: `ws://` one that Playwright serves, `http://` one with a DevTools port."""
    guard_listen: str = "127.0.0.1"
    """The address of ours at which a remote browser finds the egress guard."""
    browsers: int = 1
    contexts: int = 3
    """In each browser; `pool.sized` gives both for a machine."""
    seats: int = 2
    """Pages that are recorded at once in each browser; the other contexts are before that or after it."""
    page_seconds: float = 30.0
    open_seconds: float = 15.0
    page_bytes: int = 256 << 20
    body_bytes: int = 64 << 20
    page_height: int = 16_384
    """CSS pixels of one picture; a taller page is kept in tiles."""
    page_tiles: int = 4
    scroll_height: int = 20_000
    settle_seconds: float = 6.0
    egress_bytes: int = 300 << 20
    egress_connections: int = 64
    tab_memory: int = 1 << 30
    """Resident bytes at which a page's process is ended."""
    browser_memory: int = 3 << 30
    """Resident bytes of all its processes at which a browser is replaced, shared memory counted in each."""
    recycle_after: int = 200
    """Jobs after which a browser is replaced."""
    resolve: Resolve = resolve
    clock: Callable[[], datetime] = _now

    def terms(self) -> Terms:
        """Give what the guard of a page lets through."""
        return Terms(
            private_hosts=self.private_hosts,
            connections=self.egress_connections,
            bytes=self.egress_bytes,
            listen=self.guard_listen,
        )

    def policy(self) -> str:
        """Give the limits in force in one line, for the manifest."""
        return (
            f"page {self.page_seconds:g} s, open {self.open_seconds:g} s, settle {self.settle_seconds:g} s, "
            f"{self.page_bytes} bytes, body {self.body_bytes} bytes, "
            f"picture {self.page_tiles} x {self.page_height} px, scroll {self.scroll_height} px; "
            f"egress to public addresses on ports 80 and 443, {self.egress_bytes} bytes, "
            f"{self.egress_connections} connections; "
            f"sandbox {'on' if self.sandbox else 'off'}; "
            "no permissions, downloads, dialogs, pop-ups or service workers; consent refused where asked"
        )


# The browser takes the last list alone, so this one says what Playwright's would have said as well.
_OFF = (
    "AimEnabled",
    "AutofillServerCommunication",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationGuideModelDownloading",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "SpareRendererForSitePerProcess",  # a process kept ready for a second site that a capture never goes to
    "Translate",
    # The browser draws its own address bar as pages that nobody sees; they cost as much as a shop's page.
    "PreloadTopChromeWebUI",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)
_ON = ("CDPScreenshotNewSurface", "NetworkServiceSandbox", "SkipListAccountsWithoutGaiaCookies")

# The one list of arguments: it keeps the browser from speaking to anyone but the page's servers, and from idle work.
ARGUMENTS = (
    "--disable-gpu",
    "--disable-software-rasterizer",  # with it the process that draws stays outside the sandbox
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    f"--disable-features={','.join(_OFF)}",
    f"--enable-features={','.join(_ON)}",
    # Two services that no switch silences are sent to a port that the browser refuses to open.
    "--component-updater=url-source=http://127.0.0.1:1",
    "--gaia-url=http://127.0.0.1:1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def launch_options(
    settings: BrowserSettings, *, program: Path, environment: dict[str, str], own: str
) -> dict[str, Any]:
    """Give what Playwright's `launch` is called with; `own` is the guard for what the browser asks for by itself."""
    return {
        "executable_path": str(program),
        "headless": True,
        "chromium_sandbox": settings.sandbox,
        # Names are asked of the guard alone: a page's hints would otherwise be looked up past it.
        "args": [*ARGUMENTS, f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {settings.guard_listen}"],
        "proxy": {"server": own},
        "env": environment,
        "timeout": 20_000,
        "handle_sigint": False,  # whoever runs us decides what Ctrl-C stops first
        "handle_sigterm": False,
        "handle_sighup": False,
    }


def context_options(profile: Profile, *, guard: str) -> dict[str, Any]:
    """Give what a fresh context is made with; its way out is the guard, also to this machine."""
    return {
        "viewport": {"width": profile.desktop.width, "height": profile.desktop.height},
        "locale": profile.locale,
        "timezone_id": profile.timezone,
        "proxy": {"server": guard, "bypass": "<-loopback>"},
        "accept_downloads": False,
        "service_workers": "block",
        "permissions": [],
        "ignore_https_errors": False,  # a bad certificate is an outcome, not something to click through
    }
