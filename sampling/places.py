"""Places: what became of the listings of a frame in one draw, stratum by stratum, and the files that tell it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sampling.ceremony import DrawPlan
from sampling.draw import Drawn, Unit, draw_stratum
from sampling.errors import RefusedDraw
from sampling.inclusion import PLACES, probabilities


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


def place(units: Mapping[str, Sequence[Unit]], plan: DrawPlan, seed: str, taken: Iterable[str] = ()) -> list[Place]:
    """Give every drawn and reserved listing, by stratum and rank; a stratum that lacks listings raises RefusedDraw.

    What earlier rounds took is out of the pool, so its chance is the chance in this round.
    """
    gone, places = frozenset(taken), []
    for stratum in sorted(set(units) | set(plan.n)):
        pool, n = [unit for unit in units.get(stratum, ()) if unit[0] not in gone], plan.n.get(stratum, 0)
        if len(pool) < n:
            raise RefusedDraw(f"{stratum} has {len(pool)} listings left, the plan asks for {n}")
        drawn = draw_stratum(pool, n, seed, reserve=plan.reserve) if pool else ()
        places += [_placed(stratum, item, chance) for item, chance in zip(drawn, _chances(pool, n, drawn), strict=True)]
    return places


def with_reason(item: Place, reason: str) -> Place:
    """Give the place of a reserve with the reason it was taken for; a drawn listing needs none."""
    return item if item.selected else replace(item, taken=reason)


def lines(units: Mapping[str, Sequence[Unit]]) -> list[bytes]:
    """Give the lines of the canonical frame: id, stratum and size, tab between, sorted by bytes."""
    return sorted(f"{id_}\t{name}\t{size}\n".encode() for name, held in units.items() for id_, size in held)


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


def _placed(stratum: str, item: Drawn, chance: Decimal) -> Place:
    return Place(stratum, item.rank, item.id, item.size, item.ticket, item.selected, item.certain, chance)


def _chances(pool: Sequence[Unit], n: int, drawn: Sequence[Drawn]) -> list[Decimal]:
    if not drawn:
        return []
    wanted = {item.id: 0 for item in drawn}
    wanted.update({id_: at for at, (id_, _) in enumerate(pool) if id_ in wanted})
    chances = probabilities([size for _, size in pool], n)
    return [max(Decimal(float(chances[wanted[item.id]])).quantize(PLACES), PLACES) for item in drawn]


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    return "".join("\t".join(map(str, row)) + "\n" for row in [header, *rows]).encode()
