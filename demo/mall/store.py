"""Glow Mall's memory: carts, orders, and which listings are off the shelf, in one SQLite file."""

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

SHIPPED_AFTER = timedelta(seconds=4)
DELIVERED_AFTER = timedelta(seconds=8)

TABLES = """
create table if not exists session (token text primary key, email text, cart text not null default '{}');
create table if not exists orders (number integer primary key autoincrement, email text not null,
    lines text not null, total text not null, placed_at text not null);
create table if not exists offline (item text primary key, reason text not null, since text not null);
"""


@dataclass(frozen=True, slots=True)
class Line:
    """One listing in an order."""

    item: str
    sku: str
    title: str
    price: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Order:
    """One order as its customer sees it."""

    number: str
    lines: tuple[Line, ...]
    total: str
    placed_at: datetime
    state: str
    carrier: str
    tracking: str


class Store:
    """Opens the file once a call, so that any thread may ask and a kill loses nothing that was answered."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as base:
            base.execute("pragma journal_mode=wal")
            base.executescript(TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        base = sqlite3.connect(self._path, timeout=20)
        try:
            with base:
                yield base
        finally:
            base.close()

    def begin_session(self) -> str:
        """A new visitor's token."""
        token = secrets.token_urlsafe(24)
        with self._open() as base:
            base.execute("insert into session (token) values (?)", (token,))
        return token

    def visitor(self, token: str) -> tuple[str | None, dict[str, int]] | None:
        """Who is logged in (or None) and the cart by item; None for an unknown token."""
        with self._open() as base:
            row = base.execute("select email, cart from session where token = ?", (token,)).fetchone()
        return (row[0], json.loads(row[1])) if row else None

    def log_in(self, token: str, email: str | None) -> None:
        """Binds the session to a customer, or to nobody."""
        with self._open() as base:
            base.execute("update session set email = ? where token = ?", (email, token))

    def keep_cart(self, token: str, cart: Mapping[str, int]) -> None:
        """Replaces the session's cart."""
        with self._open() as base:
            base.execute("update session set cart = ? where token = ?", (json.dumps(cart), token))

    def place(self, token: str, email: str, lines: list[dict[str, str | int]], total: str) -> str:
        """The new order's number; the cart is empty afterwards."""
        now = datetime.now(UTC).isoformat()
        with self._open() as base:
            row = base.execute(
                "insert into orders (email, lines, total, placed_at) values (?, ?, ?, ?) returning number",
                (email, json.dumps(lines), total, now),
            ).fetchone()
            base.execute("update session set cart = '{}' where token = ?", (token,))
        return _number(row[0])

    def orders(self, email: str) -> list[Order]:
        """A customer's orders, newest first."""
        with self._open() as base:
            rows = base.execute(
                "select number, lines, total, placed_at from orders where email = ? order by number desc", (email,)
            ).fetchall()
        return [_order(*row) for row in rows]

    def take_offline(self, item: str, reason: str) -> None:
        """Takes a listing off; doing it twice changes nothing."""
        with self._open() as base:
            base.execute(
                "insert into offline values (?, ?, ?) on conflict do nothing",
                (item, reason, datetime.now(UTC).isoformat()),
            )

    def offline(self) -> frozenset[str]:
        """The listings that are off the shelf."""
        with self._open() as base:
            return frozenset(row[0] for row in base.execute("select item from offline"))


def _number(serial: int) -> str:
    return f"G{serial:08d}"


def _order(serial: int, lines: str, total: str, placed: str) -> Order:
    placed_at = datetime.fromisoformat(placed)
    age = datetime.now(UTC) - placed_at
    state = "Delivered" if age >= DELIVERED_AFTER else "Shipped" if age >= SHIPPED_AFTER else "Paid"
    sent = state != "Paid"
    return Order(
        number=_number(serial),
        lines=tuple(Line(**line) for line in json.loads(lines)),
        total=total,
        placed_at=placed_at,
        state=state,
        carrier="JD Logistics 京东物流" if sent else "",
        tracking=f"JD{serial * 6007 % 10**11:011d}" if sent else "",
    )
