"""A takedown is what our own revisits show; a wall in front of the page proves nothing."""

from datetime import datetime, timedelta

import pytest

from platforms.notice import NoticeEvent
from platforms.takedown import (
    Check,
    Markers,
    TakedownOutcome,
    conclude,
    next_revisit,
    read_outcome,
    relisted,
    rung_due,
)
from sampling.evidence.visit import Visit, VisitKind
from sampling.rulebook import load
from tests.platforms.build import NOW

MARKERS = Markers(
    removed=("该商品已下架", "Item removed"), unavailable=("缺货", "Out of stock"), identity=("TC-9", "7788")
)

T = TakedownOutcome
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def visit(kind: VisitKind = VisitKind.LISTING, status: int | None = 200, text: str = "TC-9 ¥ 39") -> Visit:
    return Visit(kind, None, "https://a", "https://a", status, NOW, NOW, "", text, {}, {})


@pytest.mark.parametrize(
    ("met", "told"),
    [
        (visit(), T.LIVE),
        (visit(status=None), T.LIVE),
        (visit(status=404), T.GONE),
        (visit(status=410), T.GONE),
        (visit(text="TC-9 该商品已下架"), T.GONE),
        (visit(text="ITEM REMOVED"), T.GONE),
        (visit(text="TC-9 out of STOCK"), T.UNAVAILABLE),
        (visit(text="Welcome to the shop"), T.REPLACED),
        (visit(text=" \n "), T.ERROR),  # a script page that never came
        (visit(status=500), T.ERROR),
        (visit(status=418), T.ERROR),
        (visit(status=401), T.BLOCKED),
        (visit(status=403, text="该商品已下架"), T.BLOCKED),
        (visit(status=429), T.BLOCKED),
        (visit(status=451), T.BLOCKED),  # may be hidden from our place of view only
        (visit(VisitKind.OBSTACLE, 404, "captcha"), T.BLOCKED),
        (visit(VisitKind.OBSTACLE, 200, "log in 该商品已下架"), T.BLOCKED),
        (visit(VisitKind.NOT_FOUND), T.GONE),
        (visit(VisitKind.ERROR, None, ""), T.ERROR),
    ],
)
def test_a_revisit_is_read(met: Visit, told: TakedownOutcome) -> None:
    assert read_outcome(met, MARKERS) is told


def test_without_words_of_the_offer_a_page_is_never_called_replaced() -> None:
    assert read_outcome(visit(text="Welcome"), Markers((), ())) is T.LIVE


def checks(*steps: tuple[int, TakedownOutcome]) -> list[Check]:
    return [Check(NOW + minutes * MINUTE, outcome, None, "0" * 64) for minutes, outcome in steps]


@pytest.mark.parametrize(
    ("seen", "claimed", "told"),
    [
        ([], 0, None),
        ([(0, T.GONE)], 0, None),
        ([(0, T.GONE), (29, T.GONE)], 0, None),
        ([(0, T.GONE), (30, T.GONE)], 0, NoticeEvent.FOUND_DOWN),
        ([(0, T.GONE), (30, T.UNAVAILABLE)], 0, NoticeEvent.FOUND_DOWN),
        ([(0, T.GONE), (30, T.GONE)], None, NoticeEvent.FOUND_DOWN),  # gone before anybody claimed it
        ([(30, T.GONE), (0, T.GONE)], 0, NoticeEvent.FOUND_DOWN),  # in any order
        ([(0, T.GONE), (10, T.BLOCKED), (40, T.GONE)], 0, NoticeEvent.FOUND_DOWN),
        ([(0, T.GONE), (40, T.BLOCKED)], 0, None),
        ([(0, T.BLOCKED), (40, T.BLOCKED)], 0, None),  # a wall never counts as down
        ([(0, T.ERROR), (40, T.ERROR)], 0, None),
        ([(0, T.REPLACED), (40, T.REPLACED)], 0, None),
        ([(0, T.GONE), (20, T.LIVE), (40, T.GONE)], 0, None),
        ([(0, T.GONE), (20, T.REPLACED), (40, T.GONE)], 0, None),
        ([(0, T.GONE), (40, T.LIVE)], 0, NoticeEvent.FOUND_LIVE),
        ([(0, T.LIVE)], 0, NoticeEvent.FOUND_LIVE),
        ([(0, T.LIVE), (5, T.BLOCKED)], 0, NoticeEvent.FOUND_LIVE),
        ([(0, T.LIVE)], None, None),  # nobody claimed anything
        ([(0, T.LIVE)], 1, None),  # seen before the claim
        ([(0, T.LIVE), (2, T.LIVE)], 1, NoticeEvent.FOUND_LIVE),
    ],
)
def test_two_agreeing_revisits_prove_a_takedown_and_one_disproves_a_claim(
    seen: list[tuple[int, TakedownOutcome]], claimed: int | None, told: NoticeEvent | None
) -> None:
    claimed_at = None if claimed is None else NOW + claimed * MINUTE
    assert conclude(checks(*seen), claimed_at=claimed_at) is told


@pytest.mark.parametrize(
    ("seen", "told"),
    [([(10, T.LIVE)], True), ([(-10, T.LIVE)], False), ([(10, T.GONE), (20, T.BLOCKED)], False), ([], False)],
)
def test_a_listing_seen_live_after_its_verification_is_back(
    seen: list[tuple[int, TakedownOutcome]], told: bool
) -> None:
    assert relisted(checks(*seen), verified_at=NOW) is told


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ([], NOW),
        ([(-5, T.LIVE)], NOW),  # before the claim: says nothing of it
        ([(0, T.GONE)], NOW + HOUR),
        ([(5, T.GONE)], NOW + HOUR),
        ([(60, T.GONE)], NOW + DAY),
        ([(60 * 24 * 8, T.GONE)], NOW + 14 * DAY),  # after a pause one revisit covers what was missed
        ([(60 * 24 * 30, T.GONE)], None),
        ([(5, T.BLOCKED)], NOW + 15 * MINUTE),
        ([(55, T.ERROR)], NOW + HOUR),
        ([(60 * 24 * 30, T.ERROR)], NOW + 30 * DAY + 10 * MINUTE),
    ],
)
def test_the_next_revisit(seen: list[tuple[int, TakedownOutcome]], told: datetime | None) -> None:
    assert next_revisit(start=NOW, checks=checks(*seen)) == told


LADDER = load("cn-product").rungs


@pytest.mark.parametrize(
    ("hours", "done", "step"),
    [
        (11, (), None),
        (12, (), 1),
        (12, (1,), None),
        (24, (1,), 2),
        (24, (), 2),  # too late for a reminder
        (47, (2,), None),
        (48, (2,), 3),
        (96, (2,), 3),  # one step at a time
        (96, (2, 3), 4),
        (96, (4,), None),  # never back down
        (500, (1, 2, 3, 4), None),
    ],
)
def test_the_ladder_is_climbed_one_step_at_a_time(hours: int, done: tuple[int, ...], step: int | None) -> None:
    rung = rung_due(issued_at=NOW, due_at=NOW + DAY, now=NOW + hours * HOUR, done=done, rungs=LADDER)
    assert (None if rung is None else rung.step) == step
