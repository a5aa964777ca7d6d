"""Merchants: how a draw keeps from falling on one seller alone, in two stages or with a cap.

With a cap the draw goes on in its published order past the merchants that have enough. Where it binds, no chance is
known in closed form: listings of large merchants have less than that of the draw without a cap, which is the one
given, and all others more; such a sample finds defects and its weights are only near. Where weights matter, draw in
two stages; variance is then to be estimated between merchants.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from sampling.columns import WORDS, Codes, codes, numbers, words
from sampling.draw import seed_for
from sampling.errors import ImpossiblePlan
from sampling.inclusion import Floats
from sampling.nominee import groups, nominees, ranks, settled
from sampling.tally import Shares, chances, count, shares

_BLANK = dict.fromkeys(range(32), " ")


def merchants(frame: pa.Table) -> pa.DictionaryArray:
    """Give the merchant of each listing as `platform/seller`, and as the listing's own id where no seller is known."""
    import pandas as pd  # a second for every process, most of which never come here

    platform, platforms = codes(frame, "platform")
    seller, sellers = codes(frame, "seller")
    unknown = np.array([not name for name in sellers], bool)[seller]
    pair, met = pd.factorize(platform.astype(np.int64) * len(sellers) + seller)
    names = [f"{platforms[one // len(sellers)]}/{sellers[one % len(sellers)]}".translate(_BLANK) for one in met]
    alone = frame.column("listing_id").filter(pa.array(unknown)).to_pylist()
    of = pair.astype(np.int32)
    of[unknown] = len(names) + np.arange(len(alone))
    whole = words(of, [*names, *alone])
    # Two sellers may be one once blanks stand for marks that no line may hold, and words that nobody has go.
    return whole.cast(pa.large_string()).dictionary_encode().cast(WORDS)


def refuse_small_room(pool: pa.Table, asked: Shares, cap: int) -> None:
    """Raise ImpossiblePlan with the numbers where merchants with so many listings each cannot give what is asked."""
    merchant, names = codes(pool, "merchant")
    pair, offered = np.unique(groups(pool, asked).astype(np.int64) * len(names) + merchant, return_counts=True)
    stratum = pair // max(len(names), 1)
    room = np.bincount(stratum, np.minimum(offered, cap), len(asked.strata)).astype(np.int64)
    few = np.flatnonzero(room < asked.n)
    if len(few):
        at = few[0]
        sellers = int((stratum == at).sum())
        raise ImpossiblePlan(f"{asked.strata[at]}: {asked.n[at]} listings are more than the {room[at]} "
                             f"of {sellers} merchants with {cap} each")  # fmt: skip


def draw_stages(pool: pa.Table, n: Mapping[str, int], seed: str, *, each: int, reserve: int) -> pa.Table:
    """Give merchants drawn by the sizes of all they offer, and at most `each` listings of every one, in their order.

    n listings of a stratum mean ceil(n / each) merchants. The columns are those of `sampling.nominee.settled` and
    `chance`, that of the merchant times that within it: while nothing is certain m k x / X, as if drawn at once. Where
    merchants or what they offer are few, fewer listings are drawn. The reserve goes on with the next merchants, `each`
    of every one, and then with one more of each merchant in turn.
    """
    offers = _offers(pool)
    first = shares(tally := count(offers), {name: -(-asked // each) for name, asked in n.items()})
    # A seed of its own, so that a merchant and a listing of the same id do not share a ticket.
    own = seed_for("merchant", bytes.fromhex(seed))
    drawn = settled(nominees(offers, first, own, reserve=reserve), first, reserve=reserve)
    chance = chances(tally, first, groups(drawn, first), numbers(drawn, "size"))
    inside, of = _inside(pool, drawn)
    names = [str(at) for at in range(drawn.num_rows)]
    within = inside.set_column(inside.column_names.index("stratum"), "stratum", words(of, names))
    second = shares(tally := count(within), dict.fromkeys(names, each))
    listings = settled(nominees(within, second, seed, reserve=reserve), second, reserve=reserve)
    own_chance = chances(tally, second, groups(listings, second), numbers(listings, "size"))
    return _ordered(drawn, chance, listings, own_chance, reserve)


def _offers(pool: pa.Table) -> pa.Table:
    """A row for each merchant of each stratum: its name as id, the sum of what it offers as size."""
    stratum, strata = codes(pool, "stratum")
    merchant, names = codes(pool, "merchant")
    pair, place = np.unique(stratum.astype(np.int64) * len(names) + merchant, return_inverse=True)
    total = np.zeros(len(pair), np.int64)
    np.add.at(total, place, numbers(pool, "size"))
    of, whose = pair // max(len(names), 1), pair % max(len(names), 1)
    ids = pa.array(names, pa.large_string()).take(pa.array(whose))
    return pa.table({"listing_id": ids, "stratum": words(of.astype(np.int32), strata), "size": total})


def _inside(pool: pa.Table, drawn: pa.Table) -> tuple[pa.Table, Codes]:
    """The listings of the drawn and reserved merchants, and the row there of each one's merchant."""
    import pandas as pd  # a second for every process, most of which never come here

    stratum, strata = codes(pool, "stratum")
    merchant, names = codes(pool, "merchant")
    of = {name: at for at, name in enumerate(strata)}
    who = {name: at for at, name in enumerate(names)}
    both = zip(drawn.column("stratum").to_pylist(), drawn.column("listing_id").to_pylist(), strict=True)
    pairs = np.array([of[one] * len(names) + who[other] for one, other in both], np.int64)
    wanted = np.zeros(len(names), bool)
    wanted[pairs % max(len(names), 1)] = True
    # Few of all listings are of a merchant that was drawn anywhere; of these, those whose stratum is the one.
    rows = np.flatnonzero(wanted[merchant])
    place = pd.Index(pairs).get_indexer(pd.Index(stratum[rows].astype(np.int64) * len(names) + merchant[rows]))
    return pool.take(pa.array(rows[place >= 0])), place[place >= 0].astype(np.int32)


def _ordered(drawn: pa.Table, chance: Floats, listings: pa.Table, own: Floats, reserve: int) -> pa.Table:
    """The listings of all merchants in one order a stratum, cut where the reserve ends."""
    at = np.array(list(map(int, listings.column("stratum").to_pylist())), np.int64)
    of = drawn.column("stratum").take(pa.array(at))
    stratum, _ = codes(pa.table({"stratum": of}), "stratum")
    first, rank = numbers(drawn, "rank")[at], numbers(listings, "rank")
    inner, outer = numbers(listings, "selected"), numbers(drawn, "selected")[at]
    turn = np.where(inner, np.where(outer, 0, 1), 2)
    order = np.lexsort((np.where(inner, rank, first), np.where(inner, first, rank), turn, stratum))
    many = np.bincount(stratum, turn == 0, len(of)).astype(np.int64)
    rank = ranks(stratum[order])
    kept = rank < many[stratum[order]] + reserve
    order, rank = order[kept], rank[kept]
    told = {"stratum": of.take(pa.array(order)), "rank": rank + 1, "selected": turn[order] == 0,
            "certain": (numbers(drawn, "certain")[at] & numbers(listings, "certain"))[order],
            "chance": (chance[at] * own)[order]}  # fmt: skip
    placed = listings.take(pa.array(order))
    return pa.table({**{name: placed.column(name) for name in placed.column_names}, **told})
