"""Politeness: a site is visited as fast as it allows, when it allows it, and nobody else waits for that."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from flows import politeness
from flows.wiring import World
from platforms.site import load_site
from platforms.sites import SITES
from platforms.sites.glow_mall import parse as glow_mall
from sampling.evidence.visit import Visit
from sampling.sample import Sample, SampleState
from storage import clock
from storage import politeness as tokens
from tests.build import case
from tests.sampling.visits import NOON, a_visit, an_exchange

GLOW = SITES["glow-mall"]
LONG = timedelta(hours=1)


def samples(world: World, *urls: str, platform: str = "elsewhere") -> list[Sample]:
    with world.database.unit() as unit:
        made = case(unit, world.objects, SampleState.TARGETED).sample
    return [replace(made, url=url, platform=platform) for url in urls]


def hold(world: World, sample: Sample) -> None:
    with world.database.unit() as unit:
        tokens.hold(unit, politeness.site_of(sample), clock.now(unit) + LONG)


def test_a_site_that_rests_for_long_is_left_and_holds_up_no_other(quiet: World) -> None:
    one, other = samples(quiet, "https://a.test/1", "https://b.test/1")
    hold(quiet, one)
    assert politeness.admitted(quiet, one) is not None
    assert politeness.admitted(quiet, other) is None
    assert politeness.in_turn(quiet, [one, other], 5) == [other]


def test_a_token_that_comes_soon_is_waited_for(quiet: World) -> None:
    [one] = samples(quiet, "https://a.test/1")
    began = datetime.now(UTC)
    assert [politeness.admitted(quiet, one) for _ in range(politeness.TOKENS + 1)] == [None] * 3
    assert datetime.now(UTC) - began >= politeness.PAUSE * 0.9


def test_every_site_has_its_turn(quiet: World) -> None:
    many = samples(quiet, *(f"https://a.test/{number}" for number in range(4)), "https://b.test/1")
    chosen = [politeness.site_of(one) for one in politeness.in_turn(quiet, many, 3)]
    assert sorted(chosen[:2]) == ["a.test", "b.test"]
    assert chosen[2] == "a.test"


def test_a_site_is_visited_in_its_night_alone(quiet: World) -> None:
    with quiet.database.unit() as unit:
        local = clock.now(unit).astimezone(UTC)
    begin = (local + timedelta(hours=3)).time().replace(second=0, microsecond=0)
    closed = replace(GLOW, night=(begin, (local + timedelta(hours=4)).time()), timezone="UTC")
    world = replace(quiet, sites={"glow-mall": closed})
    [one] = samples(world, "https://glow.test/1", platform="glow-mall")
    assert politeness.in_turn(world, [one], 5) == []
    assert politeness.admitted(world, one) is not None
    assert politeness.in_turn(replace(quiet, sites={"glow-mall": GLOW}), [one], 5) == [one]


# UTC instant of the visit, the night of a shop in Shanghai (UTC+8), when it opens
NIGHTS = [
    ("2026-03-02T16:30", ("00:00", "06:00"), None),
    ("2026-03-02T21:59", ("00:00", "06:00"), None),
    ("2026-03-02T22:00", ("00:00", "06:00"), "2026-03-03T16:00"),
    ("2026-03-02T10:00", ("00:00", "06:00"), "2026-03-02T16:00"),
    ("2026-03-02T15:30", ("23:00", "05:00"), None),
    ("2026-03-02T18:00", ("23:00", "05:00"), None),
    ("2026-03-02T21:00", ("23:00", "05:00"), "2026-03-03T15:00"),
    ("2026-03-02T21:00", None, None),
]


@pytest.mark.parametrize(("at", "night", "opens"), NIGHTS)
def test_the_night_is_that_of_the_site(at: str, night: tuple[str, str] | None, opens: str | None) -> None:
    hours = (time.fromisoformat(night[0]), time.fromisoformat(night[1])) if night else None
    site = replace(GLOW, night=hours)
    found = site.opens(datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert found == (datetime.fromisoformat(opens).replace(tzinfo=UTC) if opens else None)


def test_a_night_stands_in_the_facts_of_a_site(tmp_path: Path) -> None:
    facts = Path(glow_mall.__file__).with_name("site.toml").read_text("utf-8")
    hours = 'night = ["23:30", "05:00"]\ntimezone = "Europe/Berlin"\n'
    (tmp_path / "site.toml").write_text(hours + facts, "utf-8")
    found = load_site(tmp_path, glow_mall)
    assert (found.night, found.timezone) == ((time(23, 30), time(5)), "Europe/Berlin")
    assert (GLOW.night, GLOW.timezone) == (None, "Asia/Shanghai")


def busy(retry_after: str | None, status: int = 429) -> Visit:
    headers = (("Retry-After", retry_after),) if retry_after is not None else ()
    page = an_exchange("https://a.test/1", status=status, headers=headers)
    return a_visit(final_url="https://a.test/1", status=status, exchanges=(an_exchange(), page))


ASKED = [
    (busy("120"), timedelta(minutes=2)),
    (busy("0", 503), timedelta(0)),
    (busy("Tue, 03 Nov 2026 05:00:00 GMT"), timedelta(hours=1)),
    (busy("999999999999"), timedelta(days=1)),
    (busy("Tue, 03 Nov 2099 05:00:00 GMT"), timedelta(days=1)),
    (busy("soon"), timedelta(minutes=1)),
    (busy(None), timedelta(minutes=1)),
    (busy("120", 403), None),
    (a_visit(), None),
]


@pytest.mark.parametrize(("visit", "rest"), ASKED)
def test_what_a_busy_page_asks_for_is_read(visit: Visit, rest: timedelta | None) -> None:
    assert politeness.asked(visit, NOON) == (None if rest is None else NOON + rest)


def test_what_it_asks_for_is_heeded(quiet: World) -> None:
    [one] = samples(quiet, "https://a.test/1")
    politeness.heed(quiet, one, busy("3600"))
    assert politeness.admitted(quiet, one) is not None
    politeness.heed(quiet, one, a_visit())
    assert politeness.in_turn(quiet, [one], 5) == []
