"""Samplers: by lot, two for each sample, and never one who recused himself from its merchant."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.draw import seed_for, ticket
from sampling.rulebook import load
from sampling.samplers import PURPOSE, Recusal, assign_samplers, replace_sampler

ROOT = bytes(range(32))
AT = datetime(2026, 11, 22, tzinfo=UTC)
PEOPLE = {"lin": 9, "sun": 9, "wang": 9}
MERCHANTS = {f"mart:{number}": "mart/acme" if number % 2 else "mart/bolt" for number in range(6)} | {"mart:x": ""}


def recusal(user: str, merchant: str) -> Recusal:
    return Recusal(user, merchant, "his brother's shop", AT)


def test_two_take_each_sample_and_whoever_recused_himself_is_not_one_of_them() -> None:
    found = assign_samplers(MERCHANTS, PEOPLE, [recusal("sun", "mart/acme")], root=ROOT, each=2)
    assert list(found) == list(MERCHANTS)
    for listing, pair in found.items():
        assert pair is not None
        assert len(set(pair)) == 2
        assert "sun" not in pair or MERCHANTS[listing] != "mart/acme"
    assert any("sun" in (pair or ()) for pair in found.values())
    # Recusal is no ban on a second visit: the same two may go to one merchant again.
    assert {pair for listing, pair in found.items() if MERCHANTS[listing] == "mart/acme"} == {("lin", "wang")}


def test_where_too_few_are_left_there_is_nobody_rather_than_one() -> None:
    out = [recusal("sun", "mart/acme"), recusal("lin", "mart/acme"), recusal("stranger", "mart/acme")]
    found = assign_samplers(MERCHANTS, PEOPLE, out, root=ROOT, each=2)
    assert {listing for listing, pair in found.items() if pair is None} == {"mart:1", "mart:3", "mart:5"}


def test_the_tickets_are_those_of_the_inspectors_seed() -> None:
    seed = seed_for(PURPOSE, ROOT)
    found = assign_samplers({"mart:1": ""}, PEOPLE, [], root=ROOT, each=2)["mart:1"]
    # -ln u of the ticket is least where the ticket is greatest.
    order = sorted(PEOPLE, key=lambda user: ticket(seed, f"mart:1/{user}"), reverse=True)
    assert set(found or ()) == set(order[:2])
    assert replace_sampler("mart:1", "", found or (), PEOPLE, [], root=ROOT) == order[2]


def test_a_sampler_who_recuses_himself_is_followed_by_one_who_was_not_there_before() -> None:
    first = assign_samplers({"mart:1": "mart/acme"}, PEOPLE, [], root=ROOT, each=2)["mart:1"]
    assert first is not None
    third = next(user for user in PEOPLE if user not in first)
    told = [recusal(first[0], "mart/acme")]
    assert replace_sampler("mart:1", "mart/acme", first, PEOPLE, told, root=ROOT) == third
    told.append(recusal(third, "mart/acme"))
    assert replace_sampler("mart:1", "mart/acme", first, PEOPLE, told, root=ROOT) is None
    assert replace_sampler("mart:1", "mart/bolt", first, {**PEOPLE, third: 0}, told, root=ROOT) is None


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    capacities=st.dictionaries(st.sampled_from("abcde"), st.integers(0, 4)),
    met=st.sets(st.tuples(st.sampled_from("abcde"), st.sampled_from(["m", "n"]))),
    merchants=st.lists(st.sampled_from(["m", "n", ""]), max_size=6), each=st.integers(1, 3),
)  # fmt: skip
def test_whatever_is_asked_the_promises_hold(
    capacities: dict[str, int], met: set[tuple[str, str]], merchants: list[str], each: int
) -> None:
    wanted = {f"p:{number}": merchant for number, merchant in enumerate(merchants)}
    found = assign_samplers(wanted, capacities, [recusal(*pair) for pair in met], root=ROOT, each=each)
    assert list(found) == list(wanted)
    teams = {listing: team for listing, team in found.items() if team is not None}
    assert all(len(set(team)) == len(team) == each for team in teams.values())
    assert not {(user, wanted[listing]) for listing, team in teams.items() for user in team} & met
    load = Counter(user for team in teams.values() for user in team)
    assert all(many <= capacities[user] for user, many in load.items())


@pytest.mark.parametrize("code", ["cn-product"])
def test_the_rulebook_says_how_many_take_a_sample(code: str) -> None:
    assert load(code).rule("samplers_per_case").number >= 2
