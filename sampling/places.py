"""Places: what became of the listings of a frame in one draw, stratum by stratum, and the files that tell it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sampling.ceremony import DrawPlan
from sampling.columns import codes, numbers
from sampling.errors import RefusedDraw
from sampling.framefile import COLUMNS, MERCHANT
from sampling.inclusion import rounded
from sampling.merchant import draw_stages, refuse_small_room
from sampling.nominee import groups, nominees, settled
from sampling.plan import is_targeted
from sampling.tally import Shares, Tally, chances, count, shares


@dataclass(frozen=True, slots=True)
class Place:
    """One drawn or reserved listing: its rank in the stratum, its ticket, and its chance of being drawn."""

    stratum: str
    rank: int
    id: str
    size: int
    ticket: int
    selected: bool
    certain: bool
    chance: Decimal
    taken: str = ""
    """Why a reserve was taken in the place of a drawn listing; empty while it was not."""


def place(frame: pa.Table, plan: DrawPlan, seed: str, taken: Iterable[str] = ()) -> list[Place]:
    """Give every drawn and reserved listing, by stratum and rank; a stratum that lacks listings raises RefusedDraw.

    The frame has the columns of a frame file, with `merchant` where the plan has a cap or two stages; neither holds for
    picked listings. What earlier rounds took is out of the pool, so its chance is the chance in this round.
    """
    pool = pool_of(frame, frozenset(taken))
    if not plan.by_merchant:
        return _drawn(pool, plan, plan.n, seed)
    of, names = codes(pool, "stratum")
    picked = np.array([is_targeted(name) for name in names], bool)[of]
    refuse_few(shares(count(pool), plan.n))
    whole, rest = ({name: n for name, n in plan.n.items() if is_targeted(name) is kind} for kind in (True, False))
    places = _drawn(pool.filter(pa.array(picked)), replace(plan, cap=0), whole, seed)
    others = pool.filter(pa.array(~picked))
    if plan.each:
        places += listed(draw_stages(others, rest, seed, each=plan.each, reserve=plan.reserve))
    else:
        places += _drawn(others, plan, rest, seed)
    return sorted(places, key=lambda item: item.stratum)


def refuse_impossible(frame: pa.Table, plan: DrawPlan, taken: Iterable[str] = ()) -> None:
    """Raise RefusedDraw or ImpossiblePlan for a plan that `place` could not carry out, before anything is promised."""
    pool = pool_of(frame, frozenset(taken))
    refuse_few(shares(count(pool), plan.n))
    if plan.cap:
        refuse_full_merchants(pool, plan.n, plan.cap)


def refuse_full_merchants(frame: pa.Table, n: Mapping[str, int], cap: int) -> None:
    """Raise ImpossiblePlan where the merchants of a stratum that is drawn cannot give n listings with so many each."""
    of, names = codes(frame, "stratum")
    others = frame.filter(pa.array(~np.array([is_targeted(name) for name in names], bool)[of]))
    rest = {name: many for name, many in n.items() if not is_targeted(name)}
    refuse_small_room(others, shares(count(others), rest), cap)


def settle(held: pa.Table, tally: Tally, asked: Shares, *, reserve: int, cap: int = 0) -> list[Place]:
    """Give the places of the nominees of a whole frame, with the tally and the shares of it."""
    ranked = settled(held, asked, reserve=reserve, cap=cap)
    chance = chances(tally, asked, groups(ranked, asked), numbers(ranked, "size"))
    return listed(ranked.append_column("chance", pa.array(chance)))


def refuse_few(asked: Shares) -> None:
    """Raise RefusedDraw for the first stratum that has fewer listings than are asked of it."""
    few = np.flatnonzero(asked.listings < asked.n)
    if len(few):
        name, had, n = (row[few[0]] for row in (asked.strata, asked.listings, asked.n))
        raise RefusedDraw(f"{name} has {had} listings left, the plan asks for {n}")


def listed(ranked: pa.Table) -> list[Place]:
    """Give the places of listings in their order: the columns `sampling.nominee.settled` gives, and `chance`."""
    names = ("stratum", "rank", "listing_id", "size", "ticket", "selected", "certain", "chance")
    rows = zip(*(ranked.column(name).to_pylist() for name in names), strict=True)
    return [
        Place(stratum, rank, id_, size, ticket, selected, certain, rounded(chance))
        for stratum, rank, id_, size, ticket, selected, certain, chance in rows
    ]


def with_reason(item: Place, reason: str) -> Place:
    """Give the place of a reserve with the reason it was taken for; a drawn listing needs none."""
    return item if item.selected else replace(item, taken=reason)


def sample_file(places: Iterable[Place]) -> bytes:
    """Give the drawn ids, one a line, sorted by bytes."""
    return b"".join(sorted(f"{item.id}\n".encode() for item in places if item.selected))


def taken_file(ids: Iterable[str]) -> bytes:
    """Give the ids that earlier rounds took, one a line, sorted by bytes."""
    return b"".join(sorted(f"{id_}\n".encode() for id_ in ids))


def reserve_file(places: Iterable[Place]) -> bytes:
    """Give the reserve order as a table, with the reason beside each reserve that was taken."""
    rows = [(item.stratum, item.rank, item.id, item.ticket, item.taken) for item in places if not item.selected]
    return _table(("stratum", "rank", "id", "ticket", "taken"), rows)


def tickets_file(places: Iterable[Place]) -> bytes:
    """Give the drawn listings as a table, with ticket and inclusion probability."""
    rows = [(item.stratum, item.rank, item.id, item.size, item.ticket, int(item.certain), item.chance)
            for item in places if item.selected]  # fmt: skip
    return _table(("stratum", "rank", "id", "size", "ticket", "certain", "chance"), rows)


def draw_digest(sample: bytes, reserve: bytes, tickets: bytes) -> str:
    """Give the hash of a whole draw: of its three files, one after the other."""
    return hashlib.sha256(b"".join(hashlib.sha256(file).digest() for file in (sample, reserve, tickets))).hexdigest()


def _drawn(pool: pa.Table, plan: DrawPlan, n: Mapping[str, int], seed: str) -> list[Place]:
    tally = count(pool)
    asked = shares(tally, n)
    refuse_few(asked)
    if plan.cap:
        refuse_small_room(pool, asked, plan.cap)
    held = nominees(pool, asked, seed, reserve=plan.reserve, cap=plan.cap)
    return settle(held, tally, asked, reserve=plan.reserve, cap=plan.cap)


def pool_of(frame: pa.Table, gone: frozenset[str]) -> pa.Table:
    """Give the columns of a frame that decide a draw, without what was taken."""
    pool = frame.select([name for name in (*COLUMNS, *MERCHANT) if name in frame.column_names])
    if not gone:
        return pool
    ids = pool.column("listing_id")
    return pool.filter(pc.invert(pc.is_in(ids, pa.array(sorted(gone), ids.type))))


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    return "".join("\t".join(map(str, row)) + "\n" for row in [header, *rows]).encode()
