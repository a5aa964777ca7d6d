"""The accounts: what is due at the shops, by the account under which it is done, one thing after another in each."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

from flows.report import Report, tally
from flows.tick import DOMAIN, LEFT, LOG, joined
from flows.wiring import World
from sampling.sample import Sample
from storage.vault import cover_of

Work = Callable[[World, Sequence[Sample]], Report]


def at_accounts(flow: str, world: World, due: Sequence[Sample], work: Work) -> Report:
    """Do the work of each account whose turn is free, several accounts at once; give what became of it.

    A shop keeps one basket an account: two orders begun together under one cover would end in one parcel.
    """

    def one(account: str) -> Report:
        try:
            with world.database.turn("account", account) as mine:
                return work(world, groups[account]) if mine else tally(flow, [LEFT] * len(groups[account]))
        except DOMAIN as wrong:  # a cover that is missing holds up its own account alone
            LOG.warning("%s at %s: %s", flow, account, wrong)
            return tally(flow, [f"left: {type(wrong).__name__}"] * len(groups[account]))

    groups = defaultdict[str, list[Sample]](list)
    for sample in due:
        groups[f"{sample.platform}/{sample.shopper}"].append(sample)
    with ThreadPoolExecutor(max_workers=world.threads) as pool:
        return joined(flow, pool.map(one, groups))


def at_covers(flow: str, world: World, due: Sequence[Sample], work: Work) -> Report:
    """Do the work of each cover of one account, one after the other; give what became of it.

    What was bought under a cover that was replaced since is followed as that one: no account asks after another's.
    """
    with world.database.unit() as unit:
        covers = {sample.id: str(cover_of(unit, sample)) for sample in due}
    by_cover = groupby(sorted(due, key=lambda sample: covers[sample.id]), key=lambda sample: covers[sample.id])
    return joined(flow, [work(world, tuple(group)) for _, group in by_cover])
