"""Replay: what counts as a difference between a stored verdict and the same given again."""

from dataclasses import replace
from decimal import Decimal

from labs.replay import Difference, differences
from labs.verdict import Outcome, VerdictState
from tests.labs.build import limit, limits, result, verdict

GIVEN = verdict(result("0.52", u_expanded="0.05", coverage_k="2"))
ITEM = GIVEN.items[0]


def test_the_same_verdict_does_not_differ() -> None:
    confirmed = replace(GIVEN, state=VerdictState.CONFIRMED, confirmed_by="user:officer", engine_version="1")
    assert differences(confirmed, GIVEN) == ()


def test_every_changed_word_is_a_difference() -> None:
    changed = replace(GIVEN, outcome=Outcome.PASS, items=(replace(ITEM, margin=Decimal("0.02"), reasons=()),))
    assert differences(changed, GIVEN) == (
        Difference("", "outcome", "pass", "fail"),
        Difference("lead", "margin", "0.02", "-0.02"),
        Difference("lead", "reasons", "()", "('near_limit',)"),
    )


def test_other_items_are_a_difference() -> None:
    rules = limits(limit(), limit("75", id="cadmium", item="cadmium"))
    more = verdict(result("0.52", u_expanded="0.05", coverage_k="2"), result("80", item="cadmium"), rules=rules)
    assert Difference("", "items", "lead", "lead, cadmium") in differences(GIVEN, more)


def test_the_items_that_differ_are_told_in_the_order_of_the_verdict() -> None:
    names = [f"item{number}" for number in range(9, 0, -1)]
    rules = limits(*(limit(id=name, item=name) for name in names))
    before, after = (verdict(*(result(text, item=name) for name in names), rules=rules) for text in ("0.4", "0.3"))
    told = [one.item for one in differences(before, after) if one.field == "raw_text"]
    assert told == names


def test_only_the_engine_of_floats_may_differ_in_the_last_place() -> None:
    assert ITEM.p_conform == Decimal("0.2119")
    for engine, share, differs in (("1", "0.2118", False), ("1", "0.2117", True), ("2", "0.2118", True)):
        older = replace(GIVEN, engine_version=engine, items=(replace(ITEM, p_conform=Decimal(share)),))
        assert bool(differences(older, GIVEN)) is differs
    none = replace(GIVEN, engine_version="1", items=(replace(ITEM, p_conform=None),))
    assert differences(none, GIVEN) == (Difference("lead", "p_conform", "None", "0.2119"),)
