"""The audit of a demonstration: counts, by SQL, whatever may be there once and no more, however often it was killed."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from demo.state import ENDED
from storage import events
from storage.database import Database
from storage.embedded import databases
from storage.settings import Settings

_ENDED = ", ".join(f"'{state}'" for state in sorted(ENDED))

OURS: tuple[tuple[str, str, str], ...] = (
    (
        "purchases, one alive a sample",
        "SELECT count(*) FROM purchase WHERE order_no IS NOT NULL",
        "SELECT count(*) FROM (SELECT sample_id FROM purchase WHERE state NOT IN ('failed', 'cancelled') "
        "GROUP BY sample_id HAVING count(*) > 1) twice",
    ),
    (
        "order numbers, one purchase each",
        "SELECT count(DISTINCT (platform, order_no)) FROM purchase WHERE order_no IS NOT NULL",
        "SELECT count(*) FROM (SELECT platform, order_no FROM purchase WHERE order_no IS NOT NULL "
        "GROUP BY platform, order_no HAVING count(*) > 1) twice",
    ),
    (
        "seals, one a unit",
        "SELECT count(*) FROM seal WHERE unit_id IS NOT NULL",
        "SELECT (SELECT count(*) - count(DISTINCT number) FROM seal) + (SELECT count(*) FROM (SELECT unit_id FROM seal "
        "WHERE unit_id IS NOT NULL GROUP BY unit_id HAVING count(*) > 1) twice)",
    ),
    (
        "first consignments, one a sample",
        "SELECT count(*) FROM consignment_line JOIN consignment c ON c.id = consignment_id WHERE c.purpose = 'first'",
        "SELECT count(*) FROM (SELECT sample_id FROM consignment_line JOIN consignment c ON c.id = consignment_id "
        "WHERE c.purpose = 'first' GROUP BY sample_id HAVING count(*) > 1) twice",
    ),
    (
        "reports, one a consignment",
        "SELECT count(*) FROM report",
        "SELECT count(*) FROM (SELECT lab, number FROM report GROUP BY lab, number HAVING count(*) > 1) twice",
    ),
    (
        "confirmed verdicts, one a sample and purpose",
        "SELECT count(*) FROM verdict WHERE confirmed_by IS NOT NULL",
        "SELECT count(*) FROM (SELECT sample_id, purpose FROM verdict WHERE confirmed_by IS NOT NULL "
        "GROUP BY sample_id, purpose HAVING count(*) > 1) twice",
    ),
    (
        "objections",
        "SELECT count(*) FROM objection",
        "SELECT count(*) FROM (SELECT sample_id, party FROM objection GROUP BY sample_id, party "
        "HAVING count(*) > 1) twice",
    ),
    (
        "notice numbers, all different",
        "SELECT count(*) FROM notice",
        "SELECT count(*) - count(DISTINCT number) FROM notice",
    ),
    (
        "notices, one a sample, kind and recipient",
        "SELECT count(DISTINCT (sample_id, kind, recipient)) FROM notice",
        "SELECT count(*) - count(DISTINCT (sample_id, kind, recipient)) FROM notice",
    ),
    (
        "deliveries, each event told once and to its end",
        "SELECT count(*) FROM delivery",
        "SELECT count(*) - count(DISTINCT (notice_id, notice_version, recipient, channel, event_type, event_key)) "
        "+ count(*) FILTER (WHERE state IN ('pending', 'leased', 'waiting_retry')) FROM delivery",
    ),
    (
        "publications, one a sample",
        "SELECT count(*) FROM publication WHERE state <> 'refused'",
        "SELECT count(*) - least(count(DISTINCT sample_id), count(DISTINCT number)) FROM publication "
        "WHERE state <> 'refused'",
    ),
    (
        "scores, one for the same evidence",
        "SELECT count(*) FROM score",
        "SELECT count(*) - count(DISTINCT (kind, subject, inputs_sha256)) FROM score",
    ),
    (
        "drawn listings, each with its case",
        "SELECT count(*) FROM frame_listing WHERE drawn",
        "SELECT count(*) FROM frame_listing f WHERE drawn AND NOT EXISTS "
        "(SELECT FROM sample s WHERE s.campaign_id = f.campaign_id AND s.listing_id = f.listing_id)",
    ),
    (
        "samples, all at their end",
        "SELECT count(*) FROM sample",
        f"SELECT count(*) FROM sample WHERE state NOT IN ({_ENDED})",
    ),
    (
        "samples not obtained, each with reason and picture",
        "SELECT count(*) FROM sample WHERE state IN ('skipped', 'not_obtained')",
        "SELECT count(*) FROM sample s WHERE state IN ('skipped', 'not_obtained') AND (s.reason IS NULL OR NOT EXISTS "
        "(SELECT FROM capture c WHERE c.sample_id = s.id AND c.members || c.files ? 'evidence/page.png'))",
    ),
    (
        "captures, each entered in the ledger",
        "SELECT count(*) FROM capture",
        "SELECT count(*) FROM capture c WHERE NOT EXISTS "
        "(SELECT FROM ledger_entry e WHERE e.kind = 'capture' AND e.subject = c.id::text)",
    ),
    (
        "ledger entries, without a gap",
        "SELECT count(*) FROM ledger_entry",
        "SELECT coalesce(max(place) + 1, 0) - count(*) FROM ledger_entry",
    ),
)
"""What is counted, the question for how many there are, and the question for how many are wrong."""

MARKET_ORDERS = (
    "SELECT l.partner_sku, o.user_id, o.number FROM order_line l JOIN order_order o ON o.id = l.order_id "
    "WHERE o.status <> 'Cancelled'"
)
MALL_ORDERS = (
    "SELECT json_extract(line.value, '$.item'), email, printf('G%08d', number) "
    "FROM orders, json_each(orders.lines) line"
)


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of a thing, and how many of them should not be, or are missing."""

    what: str
    total: int
    wrong: int


def audit(chosen: Settings) -> tuple[Count, ...]:
    """Give every count of the demonstration in this data folder, whose services need not run."""
    with databases(chosen) as places, psycopg.connect(places.shopper.replace("+psycopg", "")) as ours:
        database = Database(places.shopper)
        try:
            return (*_ours(ours), _histories(database, ours), *_shops(chosen.home / "world", ours))
        finally:
            database.close()


def _ours(ours: "psycopg.Connection[tuple[int]]") -> Iterator[Count]:
    for what, total, wrong in OURS:
        yield Count(what, _number(ours, total), _number(ours, wrong))


def _number(ours: "psycopg.Connection[tuple[int]]", question: str) -> int:
    answer = ours.execute(question.encode()).fetchone()
    assert answer is not None
    return answer[0]


def _histories(database: Database, ours: "psycopg.Connection[tuple[int]]") -> Count:
    cases = ours.execute("SELECT DISTINCT case_id FROM event").fetchall()
    with database.unit() as unit:
        broken = sum(bool(events.breaks(events.history(unit, case))) for (case,) in cases)  # type: ignore[arg-type]
    return Count("histories, unbroken", len(cases), broken)


def _shops(world: Path, ours: "psycopg.Connection[tuple[int]]") -> Iterator[Count]:
    """What the firms outside have in their own books."""
    places = (
        ("oscar-mart", world / "oscar-mart" / "shop.sqlite3", MARKET_ORDERS),
        ("glow-mall", world / "glow-mall" / "mall.sqlite3", MALL_ORDERS),
    )
    for platform, book, question in places:
        orders = _asked(book, question)
        known = ours.execute("SELECT order_no FROM purchase WHERE platform = %s", (platform,)).fetchall()
        numbers = {str(number) for _, _, number in orders}
        unknown = len(numbers - {str(number) for (number,) in known})
        mixed = len(orders) - len(numbers)
        repeated = len(orders) - len({(item, account) for item, account, _ in orders})
        yield Count(f"orders at {platform}, one an item, known to us", len(numbers), unknown + mixed + repeated)
    webhooks = _asked(world / "desk" / "desk.sqlite3", "SELECT effects FROM received")
    yield Count("webhooks, one effect each", len(webhooks), sum(effects != 1 for (effects,) in webhooks))


def _asked(book: Path, question: str) -> list[tuple[object, ...]]:
    base = sqlite3.connect(f"file:{book}?mode=ro", uri=True)
    try:
        return base.execute(question).fetchall()
    finally:
        base.close()
