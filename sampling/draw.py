"""A draw: listings by Pareto sampling with SHA-256 tickets, so that a stranger can draw the same again."""

import hashlib
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sampling.digest import Digest, canonical, framed, sha256

SPAN = 1 << 65
"""A ticket t of 64 bits stands for u = (2t + 1) / 2^65, never 0 and never 1."""
SLACK = 8

Unit = tuple[str, int]
"""A listing's id and its integer size."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """One listing's place in the draw of its stratum."""

    id: str
    size: int
    ticket: int
    rank: int
    selected: bool
    certain: bool


def root(plan: Digest, frame: Digest, salt: bytes, beacon: bytes = b"") -> bytes:
    """Give the 32 bytes every seed of a draw comes from."""
    return framed(b"msw/draw/v1", bytes.fromhex(plan), bytes.fromhex(frame), salt, beacon)


def seed_for(purpose: str, root_: bytes) -> str:
    """Give the seed of one purpose (`listing`, `lab`, `shopper`) as 64 hexadecimal characters."""
    return framed(purpose.encode(), root_).hex()


def ticket(seed: str, id_: str) -> int:
    """Give the first 64 bits of SHA-256 over seed and id; `printf %s%s SEED ID | sha256sum` shows the same."""
    return int.from_bytes(hashlib.sha256(seed.encode() + id_.encode()).digest()[:8], "big")


def draw_stratum(units: Sequence[Unit], n: int, seed: str, *, reserve: int) -> tuple[Drawn, ...]:
    """Give the n drawn listings and the next `reserve` in their published order.

    Listings so large that they are certain come first; the rest follow by their Pareto key,
    ranked by exact fractions around the cut, equal keys by id.
    """
    certain, pool, left = _certain(units, n)
    first = [Drawn(id_, size, ticket(seed, id_), 0, True, True) for id_, size in sorted(certain)]
    ranked = _ranked(pool, left, seed, left + reserve) if pool else []
    rest = [Drawn(id_, size, ticket(seed, id_), 0, place < left, False) for place, (id_, size) in enumerate(ranked)]
    return tuple(
        Drawn(item.id, item.size, item.ticket, rank, item.selected, item.certain)
        for rank, item in enumerate([*first, *rest], start=1)
    )


def digest(plan: Digest, frame: Digest, drawn: Mapping[str, Sequence[Drawn]]) -> Digest:
    """Give the hash of a whole draw: what was planned, what it was drawn from, and every place in order."""
    strata = {name: [[item.id, str(item.ticket), item.selected] for item in items] for name, items in drawn.items()}
    return sha256(canonical({"plan": plan, "frame": frame, "strata": strata}))


def _certain(units: Sequence[Unit], n: int) -> tuple[list[Unit], list[Unit], int]:
    pool, certain, left = list(units), [], n
    if left >= len(pool):
        return pool, [], 0
    while left:
        total = sum(size for _, size in pool)
        big = [unit for unit in pool if left * unit[1] >= total]
        if not big:
            break
        certain += big
        pool = [unit for unit in pool if left * unit[1] < total]
        left -= len(big)
    return certain, pool, left


def _ranked(pool: Sequence[Unit], n: int, seed: str, most: int) -> list[Unit]:
    total, tickets = sum(size for _, size in pool), {id_: 2 * ticket(seed, id_) + 1 for id_, _ in pool}
    share = max(n, 1)

    def exact(unit: Unit) -> tuple[Fraction, str]:
        odds, weight = tickets[unit[0]], share * unit[1]
        # A stratum of which nothing was asked still has a reserve order; a size above its share sorts first.
        return Fraction(odds * max(total - weight, 0), (SPAN - odds) * weight), unit[0]

    near = heapq.nsmallest(most + SLACK, pool, key=lambda unit: (float(exact(unit)[0]), unit[0]))
    return sorted(near, key=exact)[:most]
