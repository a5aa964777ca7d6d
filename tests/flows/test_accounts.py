"""A shop keeps one basket an account: what is bought under one cover is bought one after another."""

from collections.abc import Sequence

from flows.accounts import at_accounts
from flows.report import Report, tally
from flows.wiring import World
from sampling.sample import Sample
from tests.flows.test_purchase import captured


def test_each_account_gets_all_that_is_due_for_it_at_once(world: World) -> None:
    due = captured(world, {"2006": 0, "2009": 1, "2011": 0})
    given: list[tuple[str | None, ...]] = []

    def work(world: World, group: Sequence[Sample]) -> Report:
        given.append(tuple(sample.shopper for sample in group))
        return tally("purchase", ["bought"] * len(group))

    assert at_accounts("purchase", world, due, work).done == 3
    assert sorted(map(len, given)) == [1, 2]
    assert all(len(set(group)) == 1 for group in given)


def test_what_another_process_does_under_an_account_is_left_to_it(world: World) -> None:
    due = captured(world, {"2006": 0, "2009": 1})
    busy = f"{due[0].platform}/{due[0].shopper}"
    with world.database.turn("account", busy) as mine:
        assert mine
        report = at_accounts("purchase", world, due, lambda _, group: tally("purchase", ["bought"] * len(group)))
    assert (report.done, dict(report.outcomes)) == (1, {"bought": 1, "left to another": 1})
