"""The command that captures pages: visits them side by side, seals each, and says in a line what came of it."""

from argparse import Namespace
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from flows.keys import aside_key, evidence_keys
from flows.wiring import authorities, browser_settings, check_replay, located, set_aside
from platforms.errors import UnreadablePage
from platforms.reading import Reading
from platforms.seen import offer_seen
from platforms.site import Site
from sampling.digest import ORIGIN, Digest
from sampling.edge.browser import Browser
from sampling.edge.bundle import store
from sampling.edge.launch import BrowserSettings
from sampling.errors import UnknownProfile
from sampling.evidence.address import refusal
from sampling.evidence.bundle import manifest_sha256, seal
from sampling.evidence.keys import Keys
from sampling.evidence.profile import Profile, profile
from sampling.evidence.visit import Visit, VisitKind
from sampling.evidence.withheld import aside
from shopper.errors import CommandError
from shopper.stamping import Desk
from storage import statements
from storage.captures import fresh_id
from storage.offers import listing_record
from storage.settings import load, secret_key

REFUSALS = {
    "length": "it is longer than any server takes",
    "scheme": "only http and https are visited",
    "credentials": "it names a user or a password, which do not belong into evidence",
    "host": "it names no host",
    "address": "it lies in a private network; SHOPPER_PRIVATE_HOSTS names those that may be visited",
}


@dataclass(slots=True)
class Run:
    """The captures of one call: each names the one before it."""

    out: Path
    keys: Keys
    desk: Desk
    reader: X25519PublicKey
    """Whose key opens what a bundle keeps from the public."""
    egress: Mapping[str, str]
    """From where the visits go out, as the operator states it."""
    case: str = field(default_factory=lambda: str(fresh_id()))
    last: Digest = ORIGIN

    def keep(self, visit: Visit, found: Reading | None, checked: Mapping[str, Any] | None) -> str:
        """Seal and write one visit, and give the line about it."""
        id_, cookies = str(fresh_id()), aside(visit.exchanges)
        files = seal(
            replace(visit, tool={**visit.tool, **self.egress}),
            capture_id=id_,
            case=self.case,
            keys=self.keys,
            prev_sha256=self.last,
            extracted=listing_record(found.listing, price_box=found.price_box) if found else None,
            sealed={"cookies": set_aside(self.reader, cookies)} if cookies else None,
            replay=checked,
        )
        files, proof = self.desk.stamp(files)
        try:
            store(files, self.out / id_)
        except OSError as error:
            raise CommandError(f"{self.out / id_} cannot be written: {error.strerror}.") from error
        self.last = manifest_sha256(files)
        return " · ".join((*_told(visit, found), *_replayed(checked), str(self.out / id_), proof))


def capture(chosen: Namespace) -> int:
    """Print a line for each page; 1 where an address is refused, or a page could not be reached."""
    settings = load()
    try:
        wanted = profile(chosen.profile, region=chosen.region)
    except UnknownProfile as error:
        raise CommandError(str(error)) from error
    if not wanted.keeps:
        raise CommandError(f"The profile {wanted.name} keeps nothing, so there is nothing to seal.")
    browsing = replace(browser_settings(settings), browsers=1, contexts=chosen.concurrency)
    if _refused(chosen.urls, browsing):
        return 1
    stated = {"egress_country": settings.egress.country, "egress_address": settings.egress.address}
    egress = {name: value for name, value in stated.items() if value}
    root, number = secret_key(settings), max(len(statements.copied(settings.home)), 1)
    reader = aside_key(root).public_key()
    run = Run(_folder(chosen.out), evidence_keys(root, number), Desk(authorities(settings)), reader, egress)
    sites, missed = located(settings), False
    with Browser(browsing) as browser:
        for visit in visits(browser, chosen.urls, sites, wanted, at_once=chosen.concurrency):
            found = read(visit, _site(visit.requested_url, sites))
            checked = check_replay(browser, visit, found.listing if found else None) if chosen.replay else None
            print(run.keep(visit, found, checked), flush=True)
            missed = missed or visit.kind is VisitKind.ERROR
    return 1 if missed else 0


def visits(
    browser: Browser, urls: Sequence[str], sites: Mapping[str, Site], wanted: Profile, *, at_once: int
) -> Iterator[Visit]:
    """Give the visits as they end, so many at a time."""
    left, ended = deque(urls), SimpleQueue[Visit | Exception]()

    def work() -> None:
        while url := _next(left):
            site = _site(url, sites)
            try:
                ended.put(browser.capture(url, site.recipe if site else None, wanted))
            except Exception as error:  # raised again where the visits are awaited
                ended.put(error)
                return

    # Nobody waits for these threads: whoever presses Ctrl-C does not wait for pages.
    for _ in range(min(at_once, len(urls))):
        Thread(target=work, daemon=True).start()
    for _ in urls:
        match ended.get():
            case Visit() as visit:
                yield visit
            case error:
                raise error


def read(visit: Visit, site: Site | None) -> Reading | None:
    """Give what the page says of its offer; None for an obstacle and for a page that offers nothing."""
    if visit.kind is not VisitKind.LISTING:
        return None
    try:
        return offer_seen(visit, site, platform=urlsplit(visit.final_url).hostname or "")
    except UnreadablePage:
        return None


def _next(left: deque[str]) -> str:
    try:
        return left.popleft()
    except IndexError:
        return ""


def _refused(urls: Sequence[str], browsing: BrowserSettings) -> bool:
    found = [(url, refusal(url, private_hosts=browsing.private_hosts)) for url in urls]
    for url, reason in found:
        if reason is not None:
            print(f"refused · {_safe(url)} · {REFUSALS[reason]}")
    return any(reason is not None for _, reason in found)


def _safe(url: str) -> str:
    """A password does not belong on a screen or in a log either."""
    head, at, rest = url.rpartition("@")
    return f"{head.partition('//')[0]}//…@{rest}" if at else url[:200]


def _folder(out: Path) -> Path:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"The folder {out} cannot be made: {error.strerror}.") from error
    return out


def _site(url: str, sites: Mapping[str, Site]) -> Site | None:
    return next((site for site in sites.values() if site.owns(url)), None)


def _told(visit: Visit, found: Reading | None) -> tuple[str, ...]:
    listing = found.listing if found else None
    what = visit.kind.value if visit.reason is None else f"{visit.kind.value}: {visit.reason}"
    title = " ".join((listing.title if listing else visit.title).split())[:80]
    price = f"{listing.price.amount} {listing.price.currency}" if listing and listing.price else "no price"
    return what, str(visit.status or "no status"), title or visit.final_url, price


def _replayed(checked: Mapping[str, Any] | None) -> tuple[str, ...]:
    if checked is None:
        return ()
    if "failed" in checked:
        return (f"not opened again: {checked['failed']}",)
    live, again = checked["price_live"], checked["price_replayed"]
    same = "opens again" if not live else "shows the same price again" if live == again else "shows another price"
    return (f"{same}, {checked['found']} of {checked['asked']} requests found again",)
