"""A site: the facts of one marketplace and the functions that read its pages."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, urljoin, urlsplit
from zoneinfo import ZoneInfo

from platforms.errors import UnreadablePage
from platforms.reading import Reading, Rules
from sampling.evidence.layout import Box
from sampling.listing import Listing
from sampling.money import Money
from sampling.purchase import ShopOrder
from sampling.recipe import Recipe
from sampling.shop import Shop
from sampling.step import Step
from sampling.text import Text


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """The offers of one page of a catalogue, and where it goes on."""

    listings: tuple[Listing, ...]
    next_url: str | None


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What the shop says of one order; `status` is placed, shipped, delivered or cancelled."""

    order_no: str
    status: str
    carrier: str | None
    waybill: str | None
    paid: Money | None
    item_ids: tuple[str, ...]


class Parser(Protocol):
    """What a site's `parse.py` holds; every function is pure and raises UnreadablePage rather than guess."""

    def catalogue(self, site: "Site", html: str, url: str) -> CataloguePage:
        """Give the offers of a catalogue page."""
        ...

    def listing(self, site: "Site", html: str, url: str, boxes: Sequence[Box]) -> Reading:
        """Give what a product page says; the boxes are where its texts were seen, none when that was not recorded."""
        ...

    def orders(self, site: "Site", html: str, url: str) -> tuple[ShopOrder, ...]:
        """Give the entries of the order list."""
        ...

    def order(self, site: "Site", html: str, url: str) -> OrderPage:
        """Give what an order's own page says."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """One marketplace; the code is also the platform's in every canonical listing id."""

    code: str
    name: Text
    base_url: str
    hosts: tuple[str, ...]
    start_paths: tuple[str, ...]
    least: int
    most: int
    pause_seconds: float
    recipe: Recipe
    """How its product pages are visited."""
    list_recipe: Recipe
    """How its catalogue pages are visited."""
    rules: Rules
    order_key: str
    """By which of a listing's fields the order list tells what was bought: `item_id` or `sku`."""
    order_list: tuple[str, ...]
    """Words that stand on the buyer's order list and on no other page, whether there are orders or none."""
    list_delay: timedelta
    """How long the shop may take to show a new order in that list, before its absence is believed."""
    order_states: Mapping[str, str]
    login: tuple[Step, ...]
    checkout: tuple[Step, ...]
    orders_path: str
    order_path: str
    refusals: Mapping[str, tuple[str, ...]]
    parser: Parser
    night: tuple[time, time] | None = None
    """Between which local times its pages are visited; None: at any time."""
    timezone: str = "Asia/Shanghai"

    def opens(self, at: datetime) -> datetime | None:
        """Give when its next night begins; None while it may be visited."""
        if self.night is None:
            return None
        begin, end = self.night
        local = at.astimezone(ZoneInfo(self.timezone))
        clock = local.time()
        if begin <= clock < end if begin <= end else clock >= begin or clock < end:
            return None
        tonight = datetime.combine(local.date(), begin, local.tzinfo)
        return (tonight if tonight > local else tonight + timedelta(days=1)).astimezone(UTC)

    def at(self, base_url: str) -> "Site":
        """Give the site as it is reached at another address."""
        host = urlsplit(base_url).hostname or ""
        return replace(self, base_url=base_url.rstrip("/"), hosts=(*self.hosts, host))

    @property
    def start_urls(self) -> tuple[str, ...]:
        """The first pages of its catalogues."""
        return tuple(urljoin(self.base_url, path) for path in self.start_paths)

    @property
    def orders_url(self) -> str:
        """The buyer's order list."""
        return urljoin(self.base_url, self.orders_path)

    def order_url(self, order_no: str) -> str:
        """Give the page of one order."""
        return urljoin(self.base_url, self.order_path.replace("{order_no}", order_no))

    @property
    def shop(self) -> Shop:
        """The site as a buyer meets it."""
        return Shop(
            base_url=self.base_url,
            login=self.login,
            checkout=self.checkout,
            order_url="{base}" + self.order_path,
            recipe=self.recipe,
            refusals=self.refusals,
        )

    def owns(self, url: str) -> bool:
        """Tell whether the address belongs to this site: on a port of its own there may be another shop."""
        parts = urlsplit(url)
        return parts.hostname in self.hosts and _own_port(parts) == _own_port(urlsplit(self.base_url))

    def order_name(self, listing: Listing) -> str:
        """Give the name by which the order list tells the listing; a listing that lacks it raises UnreadablePage."""
        name: str | None = getattr(listing, self.order_key)
        if not name:
            raise UnreadablePage(f"{listing.id} has no {self.order_key} to find its order by")
        return name

    def catalogue(self, html: str, url: str) -> CataloguePage:
        """Give the offers of a catalogue page; one without any raises UnreadablePage."""
        return self.parser.catalogue(self, html, url)

    def listing(self, html: str, url: str, boxes: Sequence[Box] = ()) -> Reading:
        """Give what a product page says."""
        return self.parser.listing(self, html, url, boxes)

    def orders(self, html: str, url: str) -> tuple[ShopOrder, ...]:
        """Give the entries of the order list; a page that is not that list raises UnreadablePage.

        No entries must mean that there are none: a log-in page or an error page says nothing about orders.
        """
        if not any(mark in html for mark in self.order_list):
            raise UnreadablePage(f"{url} is not the order list")
        return self.parser.orders(self, html, url)

    def order(self, html: str, url: str) -> OrderPage:
        """Give what an order's own page says."""
        return self.parser.order(self, html, url)

    def category(self, label: str) -> str:
        """Give our category for the shop's; one that is not in the facts raises UnreadablePage."""
        code = self.rules.categories.get(label.strip())
        if code is None:
            raise UnreadablePage(f"{self.code} has the category {label!r}, which its facts do not list")
        return code

    def order_state(self, label: str) -> str:
        """Give our word for the shop's word of an order's state; an unknown one raises UnreadablePage."""
        state = self.order_states.get(label.strip())
        if state is None:
            raise UnreadablePage(f"{self.code} says {label!r} of an order, which its facts do not list")
        return state


def _own_port(parts: SplitResult) -> int | None:
    return None if parts.port in {80, 443} else parts.port


def load_site(folder: Path, parser: Parser) -> Site:
    """Give the site whose `site.toml` lies in the folder; a fact that is missing raises KeyError."""
    facts = tomllib.loads((folder / "site.toml").read_text("utf-8"))
    visit, buying, size = facts["visit"], facts["buying"], facts["catalogue"]
    recipe = Recipe(
        consent=tuple(visit["consent"]),
        wait_for=visit.get("wait_for"),
        hosts=tuple(facts["hosts"]),
        gone=tuple(visit["gone"]),
        offer=True,
    )
    return Site(
        code=facts["code"],
        name=Text(**facts["name"]),
        base_url=facts["base_url"].rstrip("/"),
        hosts=tuple(facts["hosts"]),
        start_paths=tuple(size["start"]),
        least=size["least"],
        most=size["most"],
        pause_seconds=facts["pause_seconds"],
        recipe=recipe,
        list_recipe=replace(recipe, wait_for=size.get("wait_for"), more=size.get("more"), offer=False),
        rules=_rules(facts["reading"]),
        order_key=buying["order_key"],
        order_list=tuple(buying["list"]),
        list_delay=timedelta(seconds=buying["list_delay_seconds"]),
        order_states=buying["states"],
        login=_steps(buying["login"]),
        checkout=_steps(buying["checkout"]),
        orders_path=buying["orders"],
        order_path=buying["order"],
        refusals={reason: tuple(phrases) for reason, phrases in buying["refusals"].items()},
        parser=parser,
        night=_night(facts.get("night")),
        timezone=facts.get("timezone", "Asia/Shanghai"),
    )


def _night(facts: list[str] | None) -> tuple[time, time] | None:
    return (time.fromisoformat(facts[0]), time.fromisoformat(facts[1])) if facts else None


def _rules(facts: Mapping[str, Any]) -> Rules:
    return Rules(
        item_id=facts["item_id"],
        currency=facts["currency"],
        selectors=facts["selectors"],
        specs=facts["specs"],
        categories=facts["categories"],
    )


def _steps(rows: list[dict[str, Any]]) -> tuple[Step, ...]:
    return tuple(Step(**row) for row in rows)
