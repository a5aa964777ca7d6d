"""Assignment: everyone is served where it is possible, and the same seed gives the same answer."""

from sampling.assignment import Need, Party, assign

LABS = (Party("lab-a", frozenset({"toys"}), 2), Party("lab-b", frozenset({"toys", "food"}), 2))


def test_the_sample_with_one_possible_party_is_served_first() -> None:
    needs = [Need("s1", "toys"), Need("s2", "toys"), Need("s3", "food"), Need("s4", "food")]
    given = assign(needs, LABS, "seed")
    assert given == {"s1": "lab-a", "s2": "lab-a", "s3": "lab-b", "s4": "lab-b"}


def test_nobody_is_left_when_the_capacity_is_used_up_or_the_skill_is_missing() -> None:
    given = assign([Need(f"s{number}", "toys") for number in range(5)] + [Need("x", "cars")], LABS, "seed")
    assert sorted(given.values(), key=str) == [None, None, "lab-a", "lab-a", "lab-b", "lab-b"]
    assert given["x"] is None


def test_a_shopper_does_not_meet_a_seller_twice() -> None:
    shoppers = (Party("wang", frozenset({"mart"}), 9), Party("lin", frozenset({"mart"}), 9, frozenset({"mart/acme"})))
    given = assign([Need("s1", "mart", "mart/acme"), Need("s2", "mart", "mart/acme")], shoppers, "seed")
    assert set(given.values()) == {None, "wang"}


def test_the_seed_decides_and_repeats() -> None:
    parties = tuple(Party(f"lab-{letter}", frozenset({"toys"}), 50) for letter in "abcd")
    needs = [Need(f"s{number}", "toys") for number in range(40)]
    assert assign(needs, parties, "one") == assign(needs[::-1], parties[::-1], "one")
    assert assign(needs, parties, "one") != assign(needs, parties, "two")
