"""What a browser records of hard pages is what the server knows that it sent."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from playwright.async_api import async_playwright

from sampling.edge.browser import Browser
from sampling.edge.consent import answer_any
from sampling.edge.recorder import Recorder
from sampling.edge.tab import Tab, new_tab
from sampling.edge.visiting import visit
from sampling.evidence.exchange import Exchange, Fate
from sampling.evidence.profile import DESKTOP, FULL, LIGHT, profile
from sampling.evidence.visit import Visit, VisitKind
from sampling.recipe import Recipe
from tests.world.certificates import write_certificate
from tests.world.chromium import browser_settings, executable
from tests.world.odd_pages import BIG, GBK, PAGES, SHIFT_JIS
from tests.world.second import PAGE, PICTURE, open_second
from tests.world.witness import Shop, open_witness

pytestmark = pytest.mark.browser

STREAMS = {"/events", "/socket", "/no-socket"}
NO_PICTURE = "/missing.png"
"""The browser may drop the body of a picture that is none before anybody can ask for it; then that is told."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with open_witness() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser(browser_settings(page_seconds=60, open_seconds=30)) as opened:
        yield opened


@pytest.fixture(scope="module")
def hard(browser: Browser, shop: Shop) -> Visit:
    shop.sent.clear()
    return browser.capture(f"{shop.address}/go")


def path_of(exchange: Exchange) -> str:
    return "/" + exchange.url.split("/", 3)[3]


def by_path(seen: Visit) -> dict[str, Exchange]:
    return {path_of(exchange): exchange for exchange in seen.exchanges}


def sha256(data: bytes | None) -> str:
    return hashlib.sha256(data or b"").hexdigest()


def test_every_body_is_the_one_that_the_server_sent(hard: Visit, shop: Shop) -> None:
    sent = Counter(
        (answer.method, answer.path, answer.status, answer.sha256, answer.asked)
        for answer in shop.sent
        if answer.status and answer.path not in {*STREAMS, NO_PICTURE}
    )
    recorded = Counter(
        (exchange.method, path_of(exchange), exchange.status, sha256(exchange.body), sha256(exchange.request_body))
        for exchange in hard.exchanges
        if exchange.status and path_of(exchange) not in {*STREAMS, NO_PICTURE}
    )
    assert recorded == sent
    assert sent.total() >= 22
    missing = by_path(hard)[NO_PICTURE]
    assert (missing.status, missing.body, missing.truncated) in {
        (404, b"<title>404</title>not found", None),
        (404, b"", "unspecified"),
    }


def test_every_request_has_a_fate_and_its_reason(hard: Visit) -> None:
    fates = {path_of(exchange): exchange.fate for exchange in hard.exchanges}
    assert {path for path, fate in fates.items() if fate is Fate.FAILED} == {
        "/cut.jpg",
        "/cut.html",
        "/reset",
        "/no-socket",
    }
    assert Fate.GAP not in fates.values()
    seen = by_path(hard)
    assert seen["/reset"].failure == "net::ERR_CONNECTION_RESET"
    assert (seen["/cut.jpg"].truncated, len(seen["/cut.jpg"].body or b"")) == ("disconnect", 5000)
    home = hard.final_url.removesuffix("/hard")
    assert (seen["/go"].redirect_to, seen["/hop"].redirect_to) == (f"{home}/hop", f"{home}/hard")
    assert list(hard.exchanges) == sorted(hard.exchanges, key=lambda exchange: exchange.sent_at)


def test_headers_are_the_lines_of_the_server(hard: Visit) -> None:
    page = by_path(hard)["/hard"]
    assert (page.headers_source, page.status_text, page.protocol) == ("wire", "OK", "http/1.1")
    assert ("X-Odd-CASE", "as sent") in page.headers
    assert [name for name, _ in page.headers][:2] == ["Server", "Date"]
    assert dict(page.request_headers)["Host"] == urlsplit(hard.final_url).netloc


def test_the_server_is_known_although_a_guard_stands_between(hard: Visit) -> None:
    port = urlsplit(hard.final_url).port
    assert {(exchange.server_ip, exchange.server_port) for exchange in hard.exchanges} <= {
        ("127.0.0.1", port),
        ("::1", port),
    }
    assert {passage.port for passage in hard.passages} == {port}


def test_frames_and_workers_of_other_processes_are_heard(hard: Visit) -> None:
    seen = by_path(hard)
    assert seen["/picture.png?other"].context == "frame"
    assert seen["/price?worker"].context == "worker"
    assert seen["/price?worker"].body == "￥1,299起".encode()


def test_streams_are_kept_message_by_message(hard: Visit) -> None:
    seen = by_path(hard)
    events, socket = seen["/events"], seen["/socket"]
    assert [message.data for message in events.messages[:2]] == [b"price 0", b"price 1"]
    assert (events.body, events.truncated, events.media_type) == (None, "time", "text/event-stream")
    assert (socket.status, socket.resource) == (101, "WebSocket")
    assert {(message.sent, message.opcode, message.data) for message in socket.messages if message.opcode < 8} == {
        (True, 1, "ask 灯".encode()),
        (True, 2, b"\x01\x02\x03"),
        (False, 1, b"hello"),
        (False, 2, b"\x00\x01\x02"),
    }


def test_all_views_of_the_profile_are_kept(hard: Visit, browser: Browser, shop: Shop) -> None:
    views = {"before.png", "viewport.png", "page.png", "phone.png", "dom.html", "page.mhtml", "page.pdf"}
    assert set(hard.files) == views
    assert (width(hard.files["page.png"]), width(hard.files["phone.png"])) == (1280, 390)
    assert hard.title == "Lamp"
    assert any(box.text == "￥1,299起" for box in hard.boxes)
    assert "durable messages" in hard.tool["recording"]
    light = browser.capture(f"{shop.address}/plain", profile=LIGHT)
    assert set(light.files) == {"before.png", "page.png", "dom.html"}
    read = browser.read(f"{shop.address}/plain")
    assert (read.files, read.exchanges, read.boxes, read.title) == ({}, (), (), "Lamp")


def width(png: bytes) -> int:
    return int.from_bytes(png[16:20], "big")


def height(png: bytes) -> int:
    return int.from_bytes(png[20:24], "big")


@pytest.mark.parametrize(
    ("path", "body", "title"),
    [("/gbk", GBK, "台灯"), ("/shift_jis", SHIFT_JIS, "電球"), ("/rtl", None, "مصباح")],
    ids=["gbk", "shift_jis", "rtl"],
)
def test_a_page_in_another_script_keeps_its_bytes(
    browser: Browser, shop: Shop, path: str, body: bytes | None, title: str
) -> None:
    seen = browser.capture(f"{shop.address}{path}", profile=LIGHT)
    assert seen.title == title
    assert title in seen.text
    assert body is None or by_path(seen)[path].body == body


class Older(Recorder):
    """The recorder in front of a browser that does not know durable messages."""

    async def _can_endure(self) -> bool:
        return False


def test_a_browser_without_durable_messages_is_recorded_too(browser: Browser, shop: Shop) -> None:
    async def look(tab: Tab) -> Visit:
        tab.recorder = Older(tab.session, tab.page, most_bytes=1 << 20, most_body=1 << 20)
        await tab.recorder.start()
        return await visit(tab, f"{shop.address}/shift_jis", Recipe(), LIGHT)

    seen = browser.run(look)
    assert seen.tool["recording"] == "DevTools network events, buffers of the page"
    assert by_path(seen)["/shift_jis"].body == SHIFT_JIS


def test_a_shared_worker_is_heard_and_named(browser: Browser, shop: Shop) -> None:
    seen = browser.capture(f"{shop.address}/shared", profile=LIGHT)
    assert seen.signals["shared_worker"] == f"{shop.address}/shared.js"
    assert by_path(seen)["/shared.js"].body == PAGES["/shared.js"][1]
    assert by_path(seen)["/price?shared"].body == b"12"


def test_a_tall_page_is_kept_in_tiles(browser: Browser, shop: Shop) -> None:
    seen = browser.capture(f"{shop.address}/tall", profile=LIGHT)
    tiles = [seen.files[name] for name in ("page.png", "page-2.png", "page-3.png", "page-4.png")]
    assert [height(tile) for tile in tiles[:3]] == [16_384] * 3
    assert 60_000 < sum(map(height, tiles)) < 65_536
    assert "picture_cut" not in seen.signals


def test_a_big_body_and_many_small_ones_are_whole(browser: Browser, shop: Shop) -> None:
    big = browser.capture(f"{shop.address}/big", profile=LIGHT)
    assert sha256(by_path(big)["/big.bin"].body) == sha256(BIG)
    many = browser.capture(f"{shop.address}/many", profile=LIGHT)
    pieces = {path: exchange.body for path, exchange in by_path(many).items() if path.startswith("/piece")}
    assert pieces == {f"/piece?{number}": f"/piece?{number}".encode() for number in range(500)}


def test_the_bodies_of_a_page_that_was_closed_are_freed(browser: Browser, shop: Shop) -> None:
    held = []
    for _ in range(3):
        browser.capture(f"{shop.address}/big", profile=LIGHT)
        held.append({process.pid: process.resident for process in browser.processes()})
    grown = {pid: held[-1][pid] - held[0][pid] for pid in held[0].keys() & held[-1].keys()}
    assert max(grown.values()) < 1.5 * len(BIG), "two bodies that were kept would be twice as much"


def test_caps_are_noted_and_leave_what_lies_beyond(browser: Browser, shop: Shop) -> None:
    async def look(tab: Tab) -> Visit:
        settings = replace(tab.settings, body_bytes=1 << 20, page_bytes=2 << 20, page_height=300, page_tiles=2)
        small = await new_tab(tab.context, settings, tab.agent, tab.guard)
        return await visit(small, f"{shop.address}/big", Recipe(), LIGHT)

    seen = browser.run(look)
    big = by_path(seen)["/big.bin"]
    assert big.body is None
    assert big.truncated in {"length", "time"}
    assert set(seen.signals) >= {"overflown", "picture_cut"}
    assert [height(seen.files[name]) for name in ("page.png", "page-2.png")] == [300, 300]


def test_a_trickle_is_kept_as_far_as_it_came(browser: Browser, shop: Shop) -> None:
    slow = by_path(browser.capture(f"{shop.address}/trickle", profile=LIGHT))["/trickle.png"]
    assert (slow.truncated, slow.fate) == ("time", Fate.RECORDED)


def test_a_page_that_changes_meanwhile_is_told(browser: Browser, shop: Shop) -> None:
    seen = browser.capture(f"{shop.address}/fickle", profile=DESKTOP)
    assert seen.signals["changed_meanwhile"].startswith("￥100 -> ￥10")
    assert "￥100" in seen.text
    assert "￥100" in seen.html


def test_a_redirect_loop_is_an_error_with_all_its_hops(browser: Browser, shop: Shop) -> None:
    seen = browser.capture(f"{shop.address}/round")
    assert (seen.kind, seen.reason) == (VisitKind.ERROR, "redirect_loop")
    assert {exchange.status for exchange in seen.exchanges} == {302}
    assert len(seen.exchanges) > 10


def test_a_clock_that_is_off_is_seen(browser: Browser, shop: Shop) -> None:
    shop.ahead = 3600
    seen = browser.capture(f"{shop.address}/plain", profile=LIGHT)
    shop.ahead = 0
    assert abs(int(seen.tool["clock_offset_ms"]) + 3_600_000) < 60_000


def test_a_banner_nobody_knows_is_refused_and_both_states_are_pictured(browser: Browser, shop: Shop) -> None:
    seen = browser.capture(f"{shop.address}/banner", profile=profile("desktop", region="DE"))
    assert seen.interactions[0] == "refuse banner (alle ablehnen)"
    assert "Alle akzeptieren" not in seen.text
    assert seen.files["before.png"] != seen.files["viewport.png"]
    assert (seen.tool["locale"], seen.tool["timezone"]) == ("de-DE", "Europe/Berlin")


def test_a_banner_in_a_frame_is_refused(browser: Browser, shop: Shop) -> None:
    seen = browser.capture(f"{shop.address}/framed", profile=LIGHT)
    assert seen.interactions[0] == f"refuse banner in a frame of {shop.address}/consent-frame (reject all)"


BANNER = "<div class=cookie-banner style='position:fixed;bottom:0'>{}</div><p>Lamp</p>"
BANNERS = [
    (BANNER.format("<button>同意</button><button>全部拒绝</button>"), "refuse banner (全部拒绝)"),
    (BANNER.format("<a href=#>Accept</a> <a href=#>Reject All</a>"), "refuse banner (reject all)"),
    (BANNER.format("<button>Continuer sans accepter →</button>"), "refuse banner (continuer sans accepter)"),
    (BANNER.format("<button>Rechazar todo</button>"), "refuse banner (rechazar todo)"),
    (BANNER.format("<button>すべて拒否</button>"), "refuse banner (すべて拒否)"),
    (BANNER.format("<input type=submit value='Decline'>"), "refuse banner (decline)"),
    (BANNER.format("<button aria-label=Close>×</button>"), "shut banner (×)"),
    ("<div role=dialog style='position:fixed;top:9px'><button>No thanks</button></div>", "refuse banner (no thanks)"),
    (BANNER.format("<button>Accept all</button>"), None),
    (BANNER.format("<button style='display:none'>Reject all</button>"), None),
    ("<p>Lamp</p><button>Close</button><button>Reject</button>", None),
]


def test_banners_are_refused_else_shut_and_never_accepted(browser: Browser) -> None:
    async def answer(tab: Tab) -> list[str | None]:
        done = []
        for html, _ in BANNERS:
            await tab.page.set_content(html)
            done.append(await answer_any(tab.page, tab.session))
        return done

    assert browser.run(answer) == [done for _, done in BANNERS]


@pytest.mark.parametrize("days", [-1, 30], ids=["expired", "self-signed"])
def test_a_bad_certificate_is_an_outcome_and_is_kept(browser: Browser, tmp_path: Path, days: int) -> None:
    write_certificate(tmp_path / "shop.pem", days=days)
    with open_witness(certificate=tmp_path / "shop.pem") as shop:
        seen = browser.capture(f"{shop.address}/plain")
    assert (seen.kind, seen.reason, shop.sent) == (VisitKind.OBSTACLE, "certificate", [])
    (kept,) = seen.connections
    assert (kept.origin, kept.subject) == (shop.address, "lamp.test")
    shown = x509.load_der_x509_certificate(kept.chain[0])
    assert shown.not_valid_after_utc == kept.valid_to
    assert seen.files["page.png"].startswith(b"\x89PNG")


def test_http_2_and_its_certificate_are_recorded(tmp_path: Path) -> None:
    """The browser is told of the pin of the shop's key, as no authority here is one that it knows."""
    pin = write_certificate(tmp_path / "shop.pem", days=30)

    async def look() -> Visit:
        async with open_second(tmp_path / "shop.pem") as address, async_playwright() as driver:
            chromium = await driver.chromium.launch(
                executable_path=executable(), args=[f"--ignore-certificate-errors-spki-list={pin}"]
            )
            settings = browser_settings()
            tab = await new_tab(await chromium.new_context(), settings, "")
            seen = await visit(tab, f"{address}/", Recipe(), FULL)
            await chromium.close()
            return seen

    seen = asyncio.run(look())
    page, picture = seen.exchanges[:2]
    assert {(each.protocol, each.headers_source, each.status) for each in (page, picture)} == {("h2", "rebuilt", 200)}
    assert (page.body, picture.body) == (PAGE, PICTURE)
    assert dict(page.headers)["content-type"] == "text/html"
    (connection,) = seen.connections
    assert (connection.protocol, connection.names) == ("TLS 1.3", ("127.0.0.1",))
    assert x509.load_der_x509_certificate(connection.chain[0]).subject.rfc4514_string() == "CN=lamp.test"
