"""The desk's book of received notices, in one SQLite file: what came, how often, and what is done."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = """
create table if not exists received (
    id text not null, platform text not null, event text not null,
    deliveries integer not null default 1, effects integer not null default 0, trouble text not null default '',
    primary key (platform, id));
"""


@dataclass(frozen=True, slots=True)
class Received:
    """One webhook: how often it was delivered, and how often it had an effect (0 while waiting, then 1)."""

    id: str
    platform: str
    event: dict[str, Any]
    deliveries: int
    effects: int
    trouble: str


class Inbox:
    """Opens the file once a call; what was answered with 2xx is in it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._open() as base:
            base.execute("pragma journal_mode=wal")
            base.execute(TABLE)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        base = sqlite3.connect(self._path, timeout=20)
        try:
            with base:
                yield base
        finally:
            base.close()

    def take(self, platform: str, message_id: str, event: dict[str, Any]) -> None:
        """Writes the webhook down; a repeat only counts a delivery."""
        with self._open() as base:
            base.execute(
                "insert into received (id, platform, event) values (?, ?, ?) "
                "on conflict (platform, id) do update set deliveries = deliveries + 1",
                (message_id, platform, json.dumps(event)),
            )

    def done(self, one: Received) -> None:
        """Writes down that the webhook had its effect."""
        with self._open() as base:
            base.execute(
                "update received set effects = effects + 1, trouble = '' where platform = ? and id = ?",
                (one.platform, one.id),
            )

    def failed(self, one: Received, trouble: str) -> None:
        """Writes down why the effect has not come about yet; it will be tried again."""
        with self._open() as base:
            base.execute(
                "update received set trouble = ? where platform = ? and id = ?",
                (trouble[:300], one.platform, one.id),
            )

    def all(self) -> list[Received]:
        """Everything received, oldest first."""
        with self._open() as base:
            rows = base.execute(
                "select id, platform, event, deliveries, effects, trouble from received order by rowid"
            ).fetchall()
        return [Received(row[0], row[1], json.loads(row[2]), *row[3:]) for row in rows]

    def waiting(self) -> list[Received]:
        """What still has to have its effect."""
        return [one for one in self.all() if one.effects == 0]
