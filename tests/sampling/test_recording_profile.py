"""A profile names its views, its viewports and the region of the shopper; the clock is held against the servers'."""

from datetime import UTC, datetime, timedelta

import pytest

from sampling.errors import UnknownProfile
from sampling.evidence.clock import offset_ms
from sampling.evidence.profile import FULL, PROFILES, READ, profile

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
DATE = "Tue, 03 Nov 2026 12:00:00 GMT"


def test_a_profile_is_told_in_the_words_of_the_manifest() -> None:
    assert profile("full", region="DE").told() == {
        "profile": "full",
        "viewport": "1280x800",
        "viewport_phone": "390x844 mobile",
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
    }
    assert "viewport_phone" not in profile("desktop").told()
    assert profile("full") == FULL


def test_only_a_light_read_keeps_nothing() -> None:
    assert [each.name for each in PROFILES.values() if not each.keeps] == [READ.name]


@pytest.mark.parametrize(("name", "region"), [("huge", "CN"), ("full", "XX")])
def test_what_is_not_described_is_refused(name: str, region: str) -> None:
    with pytest.raises(UnknownProfile):
        profile(name, region=region)


OFFSETS = [
    ([], None),
    ([(0.5, DATE)], 0),
    ([(3600.5, DATE)], 3_600_000),
    ([(0.5, "yesterday"), (1.5, DATE)], 1000),
    ([(0.5, "Tue, 03 Nov 2026 12:00:00 -0000")], 0),
    ([(0.5, DATE), (1.5, DATE), (900.5, DATE)], 1000),
]


@pytest.mark.parametrize(("answers", "offset"), OFFSETS)
def test_the_clock_is_held_against_the_servers(answers: list[tuple[float, str]], offset: int | None) -> None:
    assert offset_ms((NOON + timedelta(seconds=late), text) for late, text in answers) == offset
