"""The draw against its published vectors."""

import hashlib

import pytest

from sampling import draw

PLAN = hashlib.sha256(b"plan").hexdigest()
FRAME = hashlib.sha256(b"frame").hexdigest()
SALT = bytes(range(32))
BEACON = bytes.fromhex("8ada64bae5c6c0f5540a6a13af56e663240edfbd2c76ac6a8f27671eb7259ce3")
SEED = "372b5e279035e6e1b94707f3faf5cce2ad3a1cb525412554ce2368b6407759c0"
UNITS = [("plat00:1001", 1), ("plat00:1002", 2), ("plat01:7", 3), ("plat01:8", 4), ("plat02:55", 5), ("平台:甲", 10)]


def test_root_and_seed_follow_the_commitments() -> None:
    root = draw.root(PLAN, FRAME, SALT, BEACON)
    assert root.hex() == "646c8bfe804d6c60e391725f0f37b802db9fe8d3cc4eab5276a4387fd2524cb7"
    assert draw.seed_for("listing", root) == SEED


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("plat00:1001", 1849610621827878153),
        ("plat00:1002", 81300448963357498),
        ("plat01:7", 11310979504339532272),
        ("plat01:8", 5765288258539913873),
        ("plat02:55", 6154717347196251963),
        ("平台:甲", 5442307031253322767),
    ],
)
def test_tickets_are_those_of_sha256sum(id_: str, expected: int) -> None:
    assert draw.ticket(SEED, id_) == expected


def test_the_draw_takes_the_certain_listing_first_and_keeps_a_reserve_order() -> None:
    drawn = draw.draw_stratum(UNITS, 3, SEED, reserve=3)
    assert [item.id for item in drawn if item.selected] == ["平台:甲", "plat00:1002", "plat02:55"]
    assert [item.certain for item in drawn] == [True, False, False, False, False, False]
    assert [item.id for item in drawn if not item.selected] == ["plat01:8", "plat00:1001", "plat01:7"]
    assert [item.rank for item in drawn] == [1, 2, 3, 4, 5, 6]


def test_the_order_of_the_frame_does_not_matter() -> None:
    assert draw.draw_stratum(UNITS, 3, SEED, reserve=3) == draw.draw_stratum(UNITS[::-1], 3, SEED, reserve=3)


def test_a_stratum_smaller_than_asked_is_taken_whole() -> None:
    drawn = draw.draw_stratum(UNITS[:2], 5, SEED, reserve=3)
    assert [(item.id, item.selected) for item in drawn] == [("plat00:1001", True), ("plat00:1002", True)]


def test_a_stratum_of_which_nothing_is_asked_has_only_reserves() -> None:
    drawn = draw.draw_stratum(UNITS, 0, SEED, reserve=2)
    assert [item.selected for item in drawn] == [False, False]


def test_two_seeds_draw_two_samples() -> None:
    units = [(f"p:{number}", 1) for number in range(200)]
    one, two = (
        {item.id for item in draw.draw_stratum(units, 20, seed * 64, reserve=0) if item.selected} for seed in "ab"
    )
    assert len(one) == len(two) == 20
    assert one != two


def test_the_hash_of_a_draw_changes_with_any_place() -> None:
    drawn = draw.draw_stratum(UNITS, 3, SEED, reserve=3)
    whole = draw.digest(PLAN, FRAME, {"s": drawn})
    assert whole == draw.digest(PLAN, FRAME, {"s": drawn})
    assert whole != draw.digest(PLAN, FRAME, {"s": drawn[::-1]})
    assert whole != draw.digest(PLAN, FRAME, {"t": drawn})
