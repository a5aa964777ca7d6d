"""Politeness: so many visits and no more, whoever visits, and none while the site asked to be left alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from storage import politeness
from storage.database import Database

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PAUSE = timedelta(seconds=2)


def take(database: Database, seconds: float = 0, site: str = "shop", most: int = 3) -> datetime | None:
    with database.unit() as unit:
        return politeness.take(unit, site, NOW + timedelta(seconds=seconds), pause=PAUSE, most=most)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_tokens_are_spent_and_come_back_one_by_one(database: Database) -> None:
    assert [take(database) for _ in range(4)] == [None, None, None, after(2)]
    assert [take(database, 2), take(database, 2)] == [None, after(4)]
    assert take(database, 3.9) == after(4)
    assert take(database, site="other") is None


def test_a_long_rest_gives_no_more_than_the_most(database: Database) -> None:
    assert take(database) is None
    assert [take(database, 1000) for _ in range(4)] == [None, None, None, after(1002)]


def test_a_site_with_one_token_is_visited_once_a_pause(database: Database) -> None:
    assert [take(database, second, most=1) for second in (0, 1, 2, 3)] == [None, after(2), None, after(4)]


def test_what_a_site_asks_for_is_kept_and_only_ever_longer(database: Database) -> None:
    with database.unit() as unit:
        politeness.hold(unit, "shop", after(60))
        politeness.hold(unit, "shop", after(30))
    assert take(database, 59) == after(60)
    with database.unit() as unit:
        assert politeness.held(unit, after(59)) == {"shop": after(60)}
        assert politeness.held(unit, after(61)) == {}
    assert take(database, 60) is None


def test_a_site_known_already_can_be_held(database: Database) -> None:
    assert take(database) is None
    with database.unit() as unit:
        politeness.hold(unit, "shop", after(60))
    assert take(database, 1) == after(60)


def test_many_workers_share_the_tokens(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        went = [answer is None for answer in pool.map(lambda _: take(database), range(24))]
    assert sum(went) == 3
