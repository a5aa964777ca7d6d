"""The ceremony: what is promised is kept, and every way round it is refused."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sampling import beacons, draw
from sampling.ceremony import (
    DRAW,
    Commitment,
    DrawEvent,
    DrawPlan,
    DrawState,
    commitment,
    plan_of,
    refuse_bad_commitment,
    refuse_bad_plan,
    refuse_changed_frame,
    refuse_early_page,
    refuse_giving_up,
    refuse_wrong_pulse,
    refuse_wrong_salt,
    root_of,
    sources_from,
    waiting_for,
)
from sampling.errors import IllegalMove, RefusedDraw
from tests.sampling import draws
from tests.sampling.test_draw import BEACON, FRAME, PLAN, SEED

UNITS = {"toys": [("p:1", 1), ("p:2", 2), ("p:3", 3)]}
HALF = timedelta(minutes=30)
GIVEN = draws.frozen_at() + HALF


def plan(**changes: Any) -> DrawPlan:
    return replace(draws.plan(UNITS, {"toys": 2}), **changes)


def test_the_published_vectors() -> None:
    assert commitment(draws.SALT) == "bdcdd94cf9429d40ff8814da1c5a31eac6ae24d205974dd2226b59442623f7f6"
    assert BEACON.hex() == draws.pulse().value.hex()
    assert draw.seed_for("listing", draw.root(PLAN, FRAME, draws.SALT, BEACON)) == SEED


def test_the_salts_are_joined_in_the_order_of_names() -> None:
    made = plan()
    salts = dict(reversed(draws.SALTS.items()))
    joined = draws.SALTS["agency"] + draws.SALTS["consumers"]
    assert root_of(made, salts, BEACON) == draw.root(made.sha256, made.frame_sha256, joined, BEACON)


def test_a_plan_comes_back_from_its_record_with_the_same_hash() -> None:
    made = plan(sources=sources_from(["drand-quicknet", "nist-2", "ceremony"], draws.frozen_at()))
    back = plan_of(made.record())
    assert back.sha256 == made.sha256
    assert [source.due for source in back.sources] == [source.due for source in made.sources]
    assert back.record() == made.record()


CHANGES: list[dict[str, Any]] = [
    {"campaign": "C"}, {"number": 2}, {"frame_sha256": "0" * 64}, {"merkle_root": "0" * 64}, {"listings": 4},
    {"n": {"toys": 1}}, {"reserve": 0}, {"rules": "r"}, {"code": "2"}, {"parties": ("agency",)}, {"extends": 1},
    {"sources": (draws.quicknet(43),)}, {"sources": (draws.quicknet(42, HALF),)}, {"taken_sha256": "0" * 64},
]  # fmt: skip


@pytest.mark.parametrize("changes", CHANGES, ids=[next(iter(item)) for item in CHANGES])
def test_whatever_is_promised_is_in_the_hash(changes: dict[str, Any]) -> None:
    assert plan(**changes).sha256 != plan().sha256


def test_each_source_is_due_after_the_one_before_is_given_up() -> None:
    at = draws.frozen_at()
    first, second = sources_from(["nist-2", "drand-quicknet"], at)
    assert at + beacons.limit("lead") <= first.due < at + beacons.limit("lead") + timedelta(minutes=1)
    assert first.until == first.due + beacons.limit("wait")
    assert second.due >= first.until + beacons.limit("gap")
    refuse_bad_plan(plan(sources=(first, second)), at)


TOO_SOON = replace(draws.quicknet(43), until=draws.DUE + timedelta(days=1))
BAD_PLANS: list[tuple[str, dict[str, Any]]] = [
    ("needs parties", {"parties": ()}),
    ("named once and in the order", {"parties": ("b", "a")}),
    ("no name of a party", {"parties": ("a b",)}),
    ("at least one listing", {"n": {"toys": 0}}),
    ("from no stratum fewer than none", {"n": {"toys": 2, "food": -1}}),
    ("needs at least one beacon", {"sources": ()}),
    ("is not after", {"sources": (draws.quicknet(42, timedelta(0)),)}),
    ("round 43 of drand-quicknet is not after", {"sources": (draws.quicknet(), TOO_SOON)}),
]


@pytest.mark.parametrize(("reason", "changes"), BAD_PLANS, ids=[reason for reason, _ in BAD_PLANS])
def test_a_plan_that_promises_nothing_is_refused(reason: str, changes: dict[str, Any]) -> None:
    with pytest.raises(RefusedDraw, match=reason):
        refuse_bad_plan(plan(**changes), draws.frozen_at())


def test_a_round_that_is_known_already_is_refused() -> None:
    with pytest.raises(RefusedDraw, match="round 42 of drand-quicknet is not after"):
        refuse_bad_plan(plan(), draws.DUE)


BAD_COMMITMENTS: list[tuple[str, Commitment]] = [
    ("is no party of this draw", Commitment("seller", "1" * 64, GIVEN)),
    ("a commitment is a SHA-256", Commitment("consumers", "A" * 64, GIVEN)),
    ("agency has committed itself already", Commitment("agency", "1" * 64, GIVEN)),
    ("gives the commitment of another", Commitment("consumers", commitment(draws.SALT), GIVEN)),
    ("is not in the future", Commitment("consumers", "1" * 64, draws.DUE)),
]


@pytest.mark.parametrize(("reason", "new"), BAD_COMMITMENTS, ids=[reason for reason, _ in BAD_COMMITMENTS])
def test_a_commitment_that_binds_nobody_is_refused(reason: str, new: Commitment) -> None:
    given = draws.commitments(plan())[:1]
    with pytest.raises(RefusedDraw, match=reason):
        refuse_bad_commitment(plan(), given, new)


def test_the_draw_waits_for_every_party() -> None:
    first, second = draws.commitments(plan())
    refuse_bad_commitment(plan(), [first], second)
    assert waiting_for(plan(), [first]) == ("consumers",)
    assert waiting_for(plan(), [first, second]) == ()


def test_a_changed_frame_is_refused() -> None:
    refuse_changed_frame(plan(), plan().frame_sha256)
    with pytest.raises(RefusedDraw, match="the frame was changed after its freeze"):
        refuse_changed_frame(plan(), "0" * 64)


def later_source(made: DrawPlan) -> DrawPlan:
    return replace(made, sources=(*made.sources, *sources_from(["ceremony"], made.sources[0].until)))


@pytest.mark.parametrize(
    ("reason", "change", "at"),
    [
        ("round 43 of drand-quicknet was given", {"round": 43}, draws.DUE),
        ("round 42 of nist-2 was given", {"chain": "nist-2"}, draws.DUE),
        ("not before", {}, draws.DUE - timedelta(seconds=1)),
    ],
)
def test_another_round_or_chain_or_one_before_its_time_is_refused(reason: str, change: dict[str, Any], at: Any) -> None:
    refuse_wrong_pulse(plan(), 0, draws.pulse(), draws.DUE)
    with pytest.raises(RefusedDraw, match=reason):
        refuse_wrong_pulse(plan(), 0, replace(draws.pulse(), **change), at)


def test_the_fallback_applies_after_the_wait_and_in_the_plans_order_alone() -> None:
    made, until = later_source(plan()), draws.quicknet().until
    refuse_giving_up(made, 0, until)
    with pytest.raises(RefusedDraw, match="drand-quicknet is waited for until"):
        refuse_giving_up(made, 0, until - timedelta(seconds=1))
    with pytest.raises(RefusedDraw, match="ceremony was the plan's last beacon"):
        refuse_giving_up(made, 1, made.sources[1].until)
    with pytest.raises(RefusedDraw, match="was given; the plan asks for"):
        refuse_wrong_pulse(made, 1, draws.pulse(), until)


@pytest.mark.parametrize(
    ("reason", "party", "salt"),
    [
        ("does not match its commitment", "agency", bytes(32)),
        ("has 32 bytes, this one 31", "agency", draws.SALT[:31]),
        ("has given no commitment", "consumers", draws.SALTS["consumers"]),
    ],
)
def test_a_salt_that_was_not_promised_is_refused(reason: str, party: str, salt: bytes) -> None:
    given = draws.commitments(plan())[:1]
    refuse_wrong_salt(given, "agency", draws.SALT)
    with pytest.raises(RefusedDraw, match=reason):
        refuse_wrong_salt(given, party, salt)


def test_nothing_is_drawn_while_a_salt_is_closed() -> None:
    with pytest.raises(RefusedDraw, match="the salt of consumers is still closed"):
        root_of(plan(), {"agency": draws.SALT}, BEACON)


def test_nothing_is_published_while_a_purchase_is_open() -> None:
    refuse_early_page(0)
    with pytest.raises(RefusedDraw, match="3 purchases are still open"):
        refuse_early_page(3)


@pytest.mark.parametrize("state", [state for state in DrawState if state not in DRAW.final])
def test_every_draw_that_is_not_published_can_be_aborted(state: DrawState) -> None:
    assert DRAW.move(state, DrawEvent.ABORTED) is DrawState.ABORTED


def test_no_salt_is_opened_before_the_beacon_and_nothing_leaves_a_published_draw() -> None:
    assert DRAW.final == {DrawState.PUBLISHED, DrawState.ABORTED}
    for state in (DrawState.FROZEN, DrawState.COMMITTED):
        with pytest.raises(IllegalMove):
            DRAW.move(state, DrawEvent.SALT_GIVEN)


def test_the_salts_and_the_beacon_each_decide_the_seed() -> None:
    made, value = plan(), draws.pulse().value
    others: list[Callable[[], bytes]] = [
        lambda: root_of(made, draws.SALTS, value),
        lambda: root_of(made, {**draws.SALTS, "consumers": bytes(32)}, value),
        lambda: root_of(made, draws.SALTS, bytes(32)),
        lambda: root_of(replace(made, number=2), draws.SALTS, value),
    ]
    assert len({other() for other in others}) == 4
