"""What the public reads is kept once for each change, and a score follows what is published and the days that pass."""

from datetime import timedelta
from typing import Any

import pytest

from flows import publish, score
from flows.wiring import World
from labs.verdict import Outcome
from platforms.notice import NoticeKind
from reputation.publication import Publication, PublicationEvent
from reputation.release import feed_at, to_atom, to_csv, to_json
from sampling.sample import SampleState
from storage import clock, events, publications, samples, scores
from storage.unit import Unit
from tests import build
from tests.build import case
from tests.flows.people import pass_time

pytestmark = pytest.mark.browser


def shown(world: World, outcome: Outcome, severity: str | None = "safety") -> Publication:
    """Give a published result, as a sweep left it that ended before it kept the release."""
    with world.database.unit() as unit:
        campaign, at = build.campaign(unit), clock.now(unit)
        build.freeze(unit, campaign.id, [build.framed()], at=at)
        made = case(unit, world.objects, SampleState.FINAL, outcome=outcome, of=campaign)
        entry: dict[str, Any] = {"outcome": outcome.value, "severity": severity, "title": "Car", "items": []}
        one = publications.propose(unit, made.sample.id, entry, number="P2026-000001", disputed=False, by="a", at=at)
        publications.approve(unit, one.id, by="b", at=at)
        publications.record(unit, one.id, PublicationEvent.PUBLISHED, by=publish.ACTOR, at=at)
        return publications.get(unit, one.id)


def withdraw(world: World, one: Publication) -> None:
    with world.database.unit() as unit:
        at = clock.now(unit)
        publications.record(unit, one.id, PublicationEvent.WITHDRAWN, by="b", at=at, reason="mixed up")


def releases(world: World) -> tuple[events.Entry, ...]:
    with world.database.unit() as unit:
        return events.history(unit, publish.RELEASES)


def sellers(unit: Unit) -> list[str]:
    return [one.subject for one in scores.listed(unit, "seller")]


def test_a_release_that_a_crash_prevented_is_made_by_the_next_sweep_and_only_once(world: World) -> None:
    shown(world, Outcome.PASS)
    publish.sweep(world, 100)
    publish.sweep(world, 100)
    [kept] = releases(world)
    with world.database.unit() as unit:
        everything = publications.shown(unit)
    feed = feed_at(world.settings.base_url)
    assert {name: world.objects.get(digest) for name, digest in kept.data.items()} == {
        "results.json": to_json(everything),
        "results.csv": to_csv(everything),
        "publications.zh.atom": to_atom(everything, feed=feed, language="zh"),
        "publications.en.atom": to_atom(everything, feed=feed, language="en"),
    }


def test_what_is_taken_back_makes_a_release_too_in_the_same_chain(world: World) -> None:
    one = shown(world, Outcome.PASS)
    publish.sweep(world, 100)
    withdraw(world, one)
    publish.sweep(world, 100)
    kept = releases(world)
    assert len(kept) == 2 and kept[0].data != kept[1].data and events.breaks(kept) == ()


def test_two_sweeps_at_once_keep_one_release(world: World) -> None:
    shown(world, Outcome.PASS)
    with world.database.turn("release", "all"):
        publish.sweep(world, 100)
        assert releases(world) == ()
    publish.sweep(world, 100)
    assert len(releases(world)) == 1


def test_nothing_is_released_before_anything_is_published(world: World) -> None:
    publish.sweep(world, 100)
    assert releases(world) == ()


def test_a_subject_without_a_published_result_has_no_score_any_more(world: World) -> None:
    one = shown(world, Outcome.FAIL)
    assert score.sweep(world, 100).done == 3
    with world.database.unit() as unit:
        [subject] = sellers(unit)
    withdraw(world, one)
    assert dict(score.sweep(world, 100).outcomes) == {"seller ended": 1, "brand ended": 1, "platform ended": 1}
    with world.database.unit() as unit:
        assert (sellers(unit), scores.newest(unit, "seller", subject)) == ([], None)
    assert score.sweep(world, 100).outcomes == ()


def test_a_list_cut_short_ends_no_score(world: World) -> None:
    shown(world, Outcome.PASS)
    score.sweep(world, 100)
    assert score.sweep(world, 0).done == 0
    with world.database.unit() as unit:
        assert len(sellers(unit)) == 1


def test_a_score_is_computed_again_each_day(world: World) -> None:
    shown(world, Outcome.FAIL)
    score.sweep(world, 100)
    with world.database.unit() as unit:
        [before] = scores.listed(unit, "seller")
    pass_time(world, days=200)
    assert score.sweep(world, 100).done == 3
    assert score.sweep(world, 100).done == 0
    with world.database.unit() as unit:
        [after] = scores.listed(unit, "seller")
    assert after.score["score"] != before.score["score"], "old evidence weighs less"


def test_a_demand_counts_once_its_time_has_passed(world: World) -> None:
    one = shown(world, Outcome.FAIL)
    with world.database.unit() as unit:
        issued = clock.now(unit) - timedelta(days=1) + timedelta(minutes=5)
        sample = samples.get(unit, one.sample_id)
        build.notice(unit, sample, NoticeKind.DELISTING, at=issued)
    score.sweep(world, 100)
    pass_time(world, minutes=6)
    assert score.sweep(world, 100).done == 3


def test_a_failure_without_a_severity_is_not_weighed_and_holds_up_nobody(world: World) -> None:
    shown(world, Outcome.FAIL, severity=None)
    assert dict(score.sweep(world, 100).outcomes) == {
        "left: UnknownSeverity": 1,
        "brand scored": 1,
        "platform scored": 1,
    }
    with world.database.unit() as unit:
        assert sellers(unit) == []
