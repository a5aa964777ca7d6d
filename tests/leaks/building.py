"""A small world in which covers are at work: they buy, are looked at, fail and are rotated, and every flow runs."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, cast

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from dashboards.app import create_app
from flows import SWEEPS
from flows.keeping import keep
from flows.keys import derived
from flows.wiring import World
from labs.consignment import UNDER_WAY
from labs.link import token
from platforms.notice import NoticeKind
from platforms.sites import SITES
from reputation.publication import PublicationEvent
from sampling.cover import Cover
from sampling.edge.browser import Browser
from sampling.evidence.visit import Visit
from sampling.message import Speaker
from sampling.money import Money
from sampling.order import OrderAttempt, OrderOutcome
from sampling.purchase import PurchaseEvent
from sampling.sample import Sample
from shopper.main import main
from storage import (
    campaigns,
    captures,
    clock,
    consignments,
    deliveries,
    keyfile,
    messages,
    publications,
    purchases,
    receipt_links,
    samples,
)
from storage.database import Database
from storage.resumable import Parts
from storage.unit import Unit
from storage.vault import Vault
from tests.build import framed, freeze, laboratory
from tests.dashboards.conftest import form_token
from tests.dashboards.desk import LINK_KEY, desk
from tests.dashboards.story import CREDENTIALS, Story
from tests.flows.conftest import SECRET, build_world
from tests.leaks.markers import COVER, OTHER, values
from tests.leaks.outputs import Outputs, files, ids_of, members, press, tables, walk
from tests.sampling.visits import SHOP, a_visit, an_exchange
from tests.world.receiver import Receiver, receiving, says

LINK = "/receipt/{token}"
PLATFORM, NOWHERE = "oscar-mart", "http://127.0.0.1:9"
COMMANDS = (
    ("covers", "show"), ("covers", "looks"), ("covers", "rotate"), ("covers", "rotate"), ("covers", "erase"),
    ("covers", "retire", "othershopper", "glow-mall"), ("covers", "keep", "shopper", "nowhere"), ("clock", "show"),
    ("evidence", "keys"), ("evidence", "audit", "--json"), ("plan", "findings", "{number}"),
    ("draw", "show", "{number}"),
)  # fmt: skip
ELSEWHERE = {"stamp": "asks authorities for time-stamps", "plan": "gathers a frame, before any shopper has a part"}
"""The flows that no cover comes near, with what they would need."""


@dataclass(frozen=True, slots=True)
class Built:
    """The world after everything ran, and all that it put out."""

    app: ASGIApp
    world: World
    out: Outputs
    receiver: Receiver


class Away:
    """A browser that shows every public page as one plain offer."""

    def capture(self, *_: Any, **__: Any) -> Visit:
        """Give the plain offer."""
        return public_page()

    @contextmanager
    def stay(self) -> Iterator["Away"]:
        """Give itself."""
        yield self


def public_page() -> Visit:
    """Give the visit of an offer: a log-in's cookie goes with it and must be withheld."""
    cookies = tuple((f"X-Auth-{name}", value) for name, value in values(COVER).items() if value.isascii())
    secret = (("Cookie", f"sid={COVER.account}; who={COVER.phone}"), ("Authorization", f"Basic {COVER.password}"))
    plain = a_visit()
    told = an_exchange(request_headers=(("Host", "shop.test"), *secret, *cookies))
    files = {**plain.files, "page.pdf": b"%PDF-1.7\n1 0 obj\n<< >>\nstream\nq Q\nendstream\n%%EOF\n"}
    return replace(plain, exchanges=(*plain.exchanges, told), files=files)


def order_page() -> Visit:
    """Give the visit of an order: it bears the whole cover, in the page, its pictures' text and its requests."""
    told = "".join(f"<dd>{value}</dd>" for value in values(COVER).values())
    state = "<h1>Order #N-1</h1><h2>Status</h2><p>Shipped</p>"
    html = f"<!doctype html><meta charset=utf-8><title>Order</title>{state}<dl>{told}</dl>"
    plain = a_visit()
    return replace(
        plain, html=html, text=" ".join(values(COVER).values()), final_url=f"{SHOP}/order/1",
        files={**plain.files, "dom.html": html.encode(), "page.mhtml": html.encode()},
        exchanges=(an_exchange(f"{SHOP}/order/1", body=html.encode()),),
    )  # fmt: skip


def build(database: Database, home: Path) -> Iterator[Built]:
    """Give the world and what it put out; every step that covers take part in was taken."""
    out, said = Outputs(), StringIO()
    (home / "secret.key").write_text(SECRET.hex())
    world = replace(
        build_world(database, home, cast(Browser, None), NOWHERE), open_browser=cast(Any, Away),
        sites={code: site.at(NOWHERE) for code, site in SITES.items()},
    )  # fmt: skip
    with receiving(says("200 OK")) as receiver, _heard(said):
        number = _story(world, receiver)
        _sweep(world, out)
        _fail(world, out)
        _command(database, home, number, out)
        app = create_app(
            database,
            world.objects,
            Parts(home / "uploads"),
            base_url="http://testserver",
            provider={"issuer": "test"},
            credentials=CREDENTIALS,
            **{**desk(), "vault": Vault(derived(SECRET, "vault"), read=lambda: keyfile.keys(home))},
        )
        walk(app, out, database, ids_of(database))
        _by_link(app, database, out)
        press(app, out, ids_of(database))
        tables(database, out)
        files(database, world.objects, out)
        _bundles(database, world, out)
        for request in receiver.requests:
            out.add("body of a webhook", request)
        out.add("log of every flow and page", said.getvalue())
        for thing in (world.vault, COVER, world, *SWEEPS.values()):
            out.add(f"words for {type(thing).__name__}", f"{thing!r} {thing}")
        yield Built(app, world, out, receiver)


def _story(world: World, receiver: Receiver) -> str:
    with world.database.unit() as unit:
        story = Story.begin(unit, world.objects)
        laboratory(unit, "L-77")
        for shopper, cover in (("shopper", COVER), ("othershopper", OTHER)):
            for platform in (PLATFORM, "glow-mall"):
                world.vault.put(unit, shopper, platform, {**asdict(cover), "device": "an older one"})
                world.vault.put(unit, shopper, platform, asdict(cover))
        deliveries.set_endpoint(unit, f"platform:{PLATFORM}", "webhook", f"http://127.0.0.1:{receiver.port}/")
        ordered, lost = story.ordered(), story.lost_sight()
        waiting, failed = story.captured(), story.notified()
        brought = [ordered, lost, waiting, failed, story.shipped(), story.received(), story.handed_over()[0],
                   story.rejected(), story.sealed(), story.testing()]  # fmt: skip
        demand = story.notice(failed, NoticeKind.DELISTING, f"platform:{PLATFORM}")
        deliveries.announce(unit, demand, "webhook", "notice.issued", at=clock.now(unit))
        _publish(story, failed)
        for sample in brought:
            at = clock.now(unit)
            Cover(**world.vault.open(unit, "shopper", PLATFORM, case_id=sample.id, by="flow:purchase", at=at))
        for sample in (ordered, failed):
            _see(world, unit, sample)
        _offer(world, unit, waiting)
        drawn = [framed(n, listing_id=f"{PLATFORM}:{100 + n}", platform=PLATFORM) for n in range(story.count)]
        freeze(unit, story.campaign.id, drawn, at=clock.now(unit))
        for words in (f"您好 {COVER.last_name}, {COVER.line1}?", "When does it ship?"):
            messages.write(unit, world.vault, world.objects, ordered, Speaker.SELLER, words, said_at=clock.now(unit),
                           by="user:shopper", at=clock.now(unit))  # fmt: skip
        return story.campaign.number


def _offer(world: World, unit: Unit, sample: Sample) -> None:
    """Let the page just before the payment name a price, and a seller whom the shopper never met: it is ordered."""
    samples.learn(unit, sample.id, title=sample.title, seller="北辰百货 8", brand=sample.brand)
    said = {"title": sample.title, "sku": sample.item_id, "price": {"amount": "49.90", "currency": "CNY"}}
    captures.save(
        unit, world.objects, id_=captures.fresh_id(), sample_id=sample.id, purpose=captures.PAYMENT, kind="listing",
        reason=None, url=sample.url, status=200, bundle={"manifest.json": b"priced"}, listing=said, by="flow:capture",
        at=clock.now(unit),
    )  # fmt: skip


def _see(world: World, unit: Unit, sample: Sample) -> None:
    """Keep a public page and the order page, as they are captured under the cover."""
    at, by = clock.now(unit), f"shopper:{sample.shopper}"
    keep(world, unit, sample, order_page(), captures.ORDER, read={}, by=by, at=at)
    keep(world, unit, sample, public_page(), "takedown", read={"title": sample.title}, by=by, at=at)


def _publish(story: Story, sample: Sample) -> None:
    number = publications.next_number(story.unit, story.tick())
    entry: dict[str, Any] = {
        "number": number, "title": sample.title, "outcome": "fail", "platform": PLATFORM, "category": "toys",
        "basis": "risk_targeted", "sampled_on": "2026-11-03", "lab": "L-01", "seller": sample.seller, "brand": "Xinghe",
        "items": [{"item": "migratable_lead", "outcome": "fail", "limit": "cn-toys-migratable-lead", "found": "210"}],
    }  # fmt: skip
    one = publications.propose(story.unit, sample.id, entry, number=number, disputed=False, by="user:coordinator",
                               at=story.tick())  # fmt: skip
    publications.approve(story.unit, one.id, by="user:officer", at=story.tick())
    publications.record(story.unit, one.id, PublicationEvent.PUBLISHED, by="flow:publish", at=story.tick())


def _sweep(world: World, out: Outputs) -> None:
    """Run the flows; the shop answers with pages that bear the whole cover."""

    def placed(*_: Any, **__: Any) -> OrderAttempt:
        page = order_page()
        return OrderAttempt(OrderOutcome.PLACED, None, "N-1", f"{SHOP}/order/1", page, b"", ("fill #name",))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("flows.purchase.place_order", placed)
        patched.setattr("flows.purchase.look_again", lambda *_: None)
        patched.setattr("flows.purchase.read_as", lambda *_, **__: order_page())
        for following in ("flows.track.read_all_as", "flows.refunds.read_all_as"):
            patched.setattr(following, lambda _, urls, **__: tuple(order_page() for _ in urls))
        for name in (one for one in SWEEPS if one not in ELSEWHERE):
            with _told(out, f"flow {name}"):
                out.reports[name] = None
                try:
                    out.reports[name] = report = SWEEPS[name](world, 20)
                    print(report)
                except Exception:  # a flow that cannot cope with this world says so, and that is an output too
                    traceback.print_exc()


def _fail(world: World, out: Outputs) -> None:
    """Go wrong in every way a cover can: the words of each error are an output, and so is its traceback."""
    wrong: dict[str, Any] = {**asdict(COVER), "payment_digits": "4242 4242 4242 4242"}
    with world.database.unit() as unit:
        case = samples.of_campaign(unit, campaigns.listed(unit)[0].id)[0]
    tries: dict[str, Callable[[Unit], object]] = {
        "another's cover": lambda unit: world.vault.open(
            unit, "othershopper", PLATFORM, case_id=case.id, by="user:othershopper", at=clock.now(unit)
        ),
        "an officer's look": lambda unit: world.vault.open(
            unit, "shopper", PLATFORM, case_id=case.id, by="user:officer", at=clock.now(unit)
        ),
        "another key": lambda unit: type(world.vault)(b"x" * 32).open(
            unit, "shopper", PLATFORM, case_id=case.id, by="flow:purchase", at=clock.now(unit)
        ),
        "a card number": lambda unit: Cover(**wrong),
        "a field too many": lambda unit: Cover(**asdict(COVER), extra="x"),  # type: ignore[call-arg]
        "a purchase twice": lambda unit: purchases.intend(unit, case, quantity=1, by="t", at=clock.now(unit)),
        "an order out of turn": lambda unit: purchases.record(
            unit, purchases.of_sample(unit, case.id)[0].id, PurchaseEvent.FOUND, by="t", at=clock.now(unit)
        ),
        "a price in dollars": lambda unit: Money(Decimal(1), "USD") + Money(Decimal(1), "CNY"),
    }
    for name, act in tries.items():
        try:
            with world.database.unit() as unit:
                act(unit)
            raise AssertionError(f"{name} went well")
        except AssertionError:
            raise
        except Exception:
            out.add(f"error: {name}", traceback.format_exc())


def _command(database: Database, home: Path, number: str, out: Outputs) -> None:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in {"HOME": str(home), "DATABASE_URL": database.url}.items():
            patched.setenv(f"SHOPPER_{name}", value)
        patched.chdir(home)
        for words in COMMANDS:
            patched.setattr("sys.stdin", StringIO('{"account": "' + COVER.account + '"}'))
            with _told(out, f"command {' '.join(words[:2])}"):
                out.exits[" ".join(words)] = code = main([word.format(number=number) for word in words])
                print(code)


def _by_link(app: ASGIApp, database: Database, out: Outputs) -> None:
    """Open what a laboratory without an account is given, and scan there."""
    with database.unit() as unit:
        at = clock.now(unit)
        [one, *_] = consignments.in_state(unit, *UNDER_WAY)
        kept = receipt_links.make(unit, one.id, expires_at=at + timedelta(days=1), by="user:coordinator", at=at)
    path = f"/receipt/{token(LINK_KEY, kept.link)}"
    with TestClient(app) as client:
        for sent in ({}, {"receiver": "Li Min"}):
            out.add(f"answer: POST {LINK} to a link", client.post(f"{path}/name", data=_signed(client, sent)).content)
        out.add(f"answer: GET {LINK} to a link", client.get(path).content)
        for code in ("", "nonsense", one.lines[0].blind_code):
            fields = _signed(client, {"code": code, "seal": "F0"})
            out.add(f"fault: POST {LINK}/scan to a link", client.post(f"{path}/scan", data=fields).content)


def _signed(client: TestClient, fields: dict[str, str]) -> dict[str, str]:
    return {"form_token": form_token(client), **fields}


def _bundles(database: Database, world: World, out: Outputs) -> None:
    """Open every bundle that an officer was given, member by member."""
    for kind, given in list(out.made.items()):
        if "bundle.zip" in kind and kind.startswith("answer"):
            for data in (one for one in given if one[:4] == b"PK\x03\x04"):
                for name, inner in members(data):
                    out.add(f"member {name} of a bundle", inner)


@contextmanager
def _told(out: Outputs, kind: str) -> Iterator[None]:
    """Keep what is printed meanwhile, on both streams, under two kinds."""
    printed, complained = StringIO(), StringIO()
    with ExitStack() as stack:
        stack.enter_context(redirect_stdout(printed))
        stack.enter_context(redirect_stderr(complained))
        yield
    out.add(f"{kind}: printed", printed.getvalue())
    if complained.getvalue():
        out.add(f"{kind}: complained", complained.getvalue())


@contextmanager
def _heard(said: StringIO) -> Iterator[None]:
    """Keep every word that is logged, with its traceback, down to the lowest level."""
    handler, root = logging.StreamHandler(said), logging.getLogger()
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
