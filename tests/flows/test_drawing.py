"""The ceremony from the frozen frame to the verified folder, a step a sweep, with a beacon on loopback."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import drawing, plan
from flows.opening import open_reserve
from flows.wiring import World
from sampling import ceremony
from sampling.campaign import Campaign, CampaignEvent, CampaignState
from sampling.ceremony import Commitment, DrawState, Source
from sampling.draw import draw_stratum, root, seed_for
from sampling.errors import RefusedDraw
from sampling.sample import SampleEvent, SampleState
from sampling.verifier import verify_draw
from storage import campaigns, clock, draws, events, frames, samples
from storage.draws import Draw
from storage.errors import Conflict, WrongSecret
from storage.unit import Unit
from tests.flows.people import pass_time
from tests.flows.test_plan import frame_file, planned
from tests.world.relay import Relay, beacon, league, relaying

HOUR = timedelta(hours=1)
SALT = bytes(range(7, 39))
PARTIES = ("agency", "consumers")
LEAGUE = league()


@pytest.fixture
def relay(world: World) -> Iterator[Relay]:
    """Give a relay that every chain of the world is asked at."""
    with relaying() as made:
        world.settings.relays.update({code: made.address for code in ("league", "drand-quicknet")})  # type: ignore[attr-defined]
        yield made


def now(world: World) -> Any:
    with world.database.unit() as unit:
        return clock.now(unit)


def gathered(world: World, **changes: Any) -> Campaign:
    """Give a campaign whose frame is frozen and whose draw the flow has promised."""
    values = {"beacons": ("drand-quicknet",), "parties": PARTIES, **changes}
    campaign = planned(world, frame_file(), **values)
    assert plan.sweep(world, 10).outcomes == (("frozen", 1),)
    with world.database.unit() as unit:
        return campaigns.get(unit, campaign.id)


def promised(world: World, **changes: Any) -> tuple[Campaign, Draw]:
    """Give a campaign whose draw waits for a round of the league a minute away, both parties committed."""
    campaign = gathered(world, **changes)
    with world.database.unit() as unit:
        at = clock.now(unit)
        first = drawing.under_way(unit, campaign)
        assert first is not None
        draws.abort(unit, first.id, "the test has a league of its own", by="t", at=at)
        made = drawing.begin(world, unit, campaign, by="t", at=at, sources=[in_a_minute(at)], parties=PARTIES)
        made = drawing.commit(world, unit, made, "consumers", ceremony.commitment(SALT), by="t", at=at)
    return campaign, made


def in_a_minute(at: Any) -> Source:
    round_ = LEAGUE.round_at(at + timedelta(minutes=1))
    return Source(LEAGUE, round_, LEAGUE.due(round_) + HOUR)


def shine(relay: Relay, made: Draw) -> None:
    """Have the relay give the round that the draw waits for."""
    relay.answers[f"/{LEAGUE.chain_hash}/public/{made.round}"] = beacon(made.round)


def drawn(world: World, relay: Relay) -> tuple[Campaign, Draw]:
    """Give a campaign that was drawn by the ceremony."""
    campaign, made = promised(world)
    shine(relay, made)
    pass_time(world, minutes=2)
    assert plan.sweep(world, 10).outcomes == (("left: waiting for salts", 1),)
    with world.database.unit() as unit:
        drawing.reveal(world, unit, draws.get(unit, made.id), "consumers", SALT, by="t", at=clock.now(unit))
    assert plan.sweep(world, 10).outcomes == (("drawn", 1),)
    with world.database.unit() as unit:
        return campaigns.get(unit, campaign.id), draws.get(unit, made.id)


def end_purchases(unit: Unit, campaign: Campaign) -> None:
    for sample in samples.of_campaign(unit, campaign.id):
        if sample.state is SampleState.TARGETED:
            samples.record(unit, sample.id, SampleEvent.SKIPPED, by="flow:t", at=clock.now(unit), reason="gone")


def page(world: World, campaign: Campaign, made: Draw, folder: Path) -> Path:
    with world.database.unit() as unit:
        at, state = clock.now(unit), draws.get(unit, made.id)
        folder.mkdir()
        for name, data in drawing.publish(world, unit, campaign, state, by="t", at=at).items():
            (folder / name).write_bytes(data)
    return folder


def test_a_campaign_without_a_beacon_draws_the_same_ids_as_its_seed_says(world: World) -> None:
    campaign = planned(world, frame_file())
    plan.sweep(world, 10)
    with world.database.unit() as unit:
        kept = campaigns.get(unit, campaign.id)
        assert draws.of_campaign(unit, campaign.id) == ()
        told = next(one.data for one in campaigns.history(unit, campaign.id) if one.type == CampaignEvent.DRAWN)
        listed = frames.listings(unit, campaign.id)
    made = ceremony.plan_of(json.loads(world.objects.get(told["plan_sha256"])))
    assert kept.frame is not None
    lines = [line.split("\t") for line in world.objects.get(kept.frame.sha256).decode().splitlines()]
    assert len(lines) == kept.frame.listings == 30
    seed = seed_for("listing", root(made.sha256, kept.frame.sha256, bytes.fromhex("ab" * 32)))
    units: dict[str, list[tuple[str, int]]] = {}
    for id_, stratum, size in lines:
        units.setdefault(stratum, []).append((id_, int(size)))
    expected = {
        one.id for name in units for one in draw_stratum(units[name], made.n[name], seed, reserve=10) if one.selected
    }
    assert {item.listing_id for item in listed if item.drawn} == expected
    assert sum(made.n.values()) == 6


def test_the_whole_ceremony_ends_in_a_folder_that_a_stranger_verifies(
    world: World, relay: Relay, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign, made = drawn(world, relay)
    assert campaign.state is CampaignState.SAMPLING
    assert campaign.draw_sha256 == made.draw_sha256
    with world.database.unit() as unit:
        frame = frames.listings(unit, campaign.id)
        found = samples.of_campaign(unit, campaign.id)
        assert {item.listing_id for item in frame if item.drawn} == {item.listing_id for item in found}
        assert len(found) == 6
        with pytest.raises(RefusedDraw, match="6 purchases are still open"):
            drawing.publish(world, unit, campaign, made, by="t", at=clock.now(unit))
        lost = found[0]
        samples.record(unit, lost.id, SampleEvent.SKIPPED, by="flow:t", at=clock.now(unit), reason="gone")
        open_reserve(world, unit, campaign, lost.stratum, at=clock.now(unit), reason="gone")
        end_purchases(unit, campaign)
    folder = page(world, campaign, made, tmp_path / "page")
    assert "\tgone\n" in (folder / "reserve.tsv").read_text()
    assert verify_draw.main([str(folder), "--merchant", lost.listing_id]) == 0
    said = capsys.readouterr().out
    assert f"{lost.listing_id} is line" in said
    with world.database.unit() as unit:
        kept = draws.get(unit, made.id)
        assert kept.state is DrawState.PUBLISHED
        assert kept.files is not None
        assert world.objects.get(kept.files["sample.txt"]) == (folder / "sample.txt").read_bytes()
        assert events.breaks(events.history(unit, campaign.id)) == ()
        again = drawing.publish(world, unit, campaign, kept, by="t", at=clock.now(unit))
    assert again["sample.txt"] == (folder / "sample.txt").read_bytes()


def test_a_further_round_takes_a_beacon_of_its_own_and_nothing_twice(
    world: World, relay: Relay, tmp_path: Path
) -> None:
    campaign, first = drawn(world, relay)
    with world.database.unit() as unit:
        before = {item.listing_id for item in samples.of_campaign(unit, campaign.id)}
        stratum = sorted(first.plan.n)[0]
        at = clock.now(unit)
        more = drawing.begin(world, unit, campaign, {stratum: 2}, by="t", at=at, sources=[in_a_minute(at)],
                             parties=("agency",))  # fmt: skip
        assert (more.number, more.plan.extends, more.state) == (3, 2, DrawState.COMMITTED)
        assert more.round > first.round
        # A reserve is taken between the promise and the draw: it is not opened a second time.
        open_reserve(world, unit, campaign, stratum, at=at, reason="gone")
    shine(relay, more)
    pass_time(world, minutes=2)
    assert drawing.advance(world, campaign, by="t", at=now(world)) == "drawn"
    with world.database.unit() as unit:
        after = [item.listing_id for item in samples.of_campaign(unit, campaign.id)]
        assert len(after) == len(set(after)) == len(before) + 3
        assert campaigns.get(unit, campaign.id).draw_sha256 == first.draw_sha256
        end_purchases(unit, campaign)
    assert verify_draw.main([str(page(world, campaign, more, tmp_path / "more"))]) == 0


def test_what_cannot_be_extended_is_refused_before_it_is_promised(world: World) -> None:
    at_once = planned(world, frame_file())
    plan.sweep(world, 10)
    with world.database.unit() as unit, pytest.raises(RefusedDraw, match="was drawn without a ceremony"):
        drawing.begin(world, unit, campaigns.get(unit, at_once.id), {"s": 1}, by="t", at=clock.now(unit))


def test_a_capped_draw_is_not_extended(world: World, relay: Relay) -> None:
    campaign, _ = drawn(world, relay)
    capped = replace(campaign, design=replace(campaign.design, cap=2))
    with world.database.unit() as unit, pytest.raises(RefusedDraw, match="hold in one round"):
        drawing.begin(world, unit, capped, {"s": 1}, by="t", at=clock.now(unit))


def test_late_commitments_abort_the_draw_in_sight_and_promise_the_next(world: World) -> None:
    campaign = gathered(world)
    assert plan.sweep(world, 10).outcomes == (("left: waiting for commitments", 1),)
    pass_time(world, hours=2)
    assert plan.sweep(world, 10).outcomes == (("aborted: commitments_late", 1),)
    with world.database.unit() as unit:
        first, second = draws.of_campaign(unit, campaign.id)
        assert (first.state, first.reason) == (DrawState.ABORTED, drawing.LATE)
        assert (second.number, second.state) == (2, DrawState.FROZEN)
        with pytest.raises(RefusedDraw, match="is not in the future"):
            given = Commitment("consumers", "1" * 64, second.plan.sources[0].due)
            drawing.commit(world, unit, second, given.party, given.sha256, by="t", at=given.at)


def test_a_dark_beacon_gives_way_to_the_ceremony_and_that_to_a_new_draw(world: World, relay: Relay) -> None:
    campaign = gathered(world, beacons=("drand-quicknet", "ceremony"), parties=("agency",))
    assert plan.sweep(world, 10).outcomes == (("left: waiting for the beacon", 1),)
    pass_time(world, hours=1, minutes=5)
    assert plan.sweep(world, 10).outcomes == (("left: waiting for the beacon", 1),), "asked, and waited for"
    pass_time(world, hours=2)
    assert plan.sweep(world, 10).outcomes == (("beacon given up", 1),)
    with world.database.unit() as unit:
        made = drawing.under_way(unit, campaign)
        assert made is not None
        assert (made.chain, made.missed) == ("ceremony", 1)
        missed = events.history(unit, campaign.id)[-1]
        assert "404" in missed.data["reason"]
    pass_time(world, hours=5)
    assert plan.sweep(world, 10).outcomes == (("aborted: no_beacon_left", 1),)
    with world.database.unit() as unit:
        assert [one.state for one in draws.of_campaign(unit, campaign.id)] == [DrawState.ABORTED, DrawState.COMMITTED]


def test_numbers_of_a_ceremony_are_typed_in(world: World, relay: Relay) -> None:
    campaign = gathered(world, beacons=("ceremony",), parties=("agency",))
    with world.database.unit() as unit:
        made = drawing.under_way(unit, campaign)
        assert made is not None
    record = {"round": made.round, "method": "dice", "place": "hall", "lowest": 1, "highest": 6, "numbers": [6] * 10,
              "witnesses": ["A", "B"], "film_sha256": "0" * 64}  # fmt: skip
    with world.database.unit() as unit, pytest.raises(RefusedDraw, match="not before"):
        drawing.typed_in(world, unit, made, record, by="t", at=now(world))
    pass_time(world, hours=1, minutes=5)
    with world.database.unit() as unit:
        drawing.typed_in(world, unit, made, record, by="t", at=clock.now(unit))
    assert plan.sweep(world, 10).outcomes == (("drawn", 1),)
    fetched = replace(made, plan=replace(made.plan, sources=(in_a_minute(now(world)),)))
    with world.database.unit() as unit, pytest.raises(RefusedDraw, match="fetched, not typed in"):
        drawing.typed_in(world, unit, fetched, record, by="t", at=now(world))


def test_a_changed_frame_is_refused_at_every_step(world: World) -> None:
    campaign = gathered(world)
    with world.database.unit() as unit:
        made = drawing.under_way(unit, campaign)
        assert made is not None
        changed = replace(made, plan=replace(made.plan, frame_sha256="0" * 64))
        with pytest.raises(RefusedDraw, match="the frame was changed after its freeze"):
            drawing.commit(world, unit, changed, "consumers", "1" * 64, by="t", at=clock.now(unit))
        assert campaign.frame is not None
        other = replace(campaign, frame=replace(campaign.frame, sha256="0" * 64))
        with pytest.raises(RefusedDraw, match="the frame was changed after its freeze: there is no object"):
            drawing.begin(world, unit, other, by="t", at=clock.now(unit))


def test_two_draws_are_never_under_way_at_once(world: World) -> None:
    campaign = gathered(world)
    with pytest.raises(Conflict, match="uq_draw_one_under_way"), world.database.unit() as unit:
        drawing.begin(world, unit, campaign, by="t", at=clock.now(unit))


def test_an_old_salt_never_serves_again(world: World) -> None:
    _, made = promised(world)
    with pytest.raises(Conflict, match="uq_draw_party_sha256"), world.database.unit() as unit:
        at = clock.now(unit)
        draws.abort(unit, made.id, "again", by="t", at=at)
        campaign = campaigns.get(unit, made.campaign_id)
        second = drawing.begin(world, unit, campaign, by="t", at=at, sources=[in_a_minute(at)], parties=PARTIES)
        drawing.commit(world, unit, second, "consumers", ceremony.commitment(SALT), by="t", at=at)


def test_a_sealed_salt_opens_for_its_own_draw_and_party_alone(world: World) -> None:
    _, made = promised(world)
    sealed = world.vault.seal(SALT, draws.bond(made, "agency"))
    assert world.vault.unseal(sealed, draws.bond(made, "agency")) == SALT
    with pytest.raises(WrongSecret):
        world.vault.unseal(sealed, draws.bond(made, "consumers"))


def test_what_is_not_drawn_is_not_published(world: World) -> None:
    campaign, made = promised(world)
    with world.database.unit() as unit, pytest.raises(RefusedDraw, match="there is nothing to publish"):
        drawing.publish(world, unit, campaign, made, by="t", at=clock.now(unit))
    with world.database.unit() as unit:
        draws.abort(unit, made.id, "enough", by="t", at=clock.now(unit))
    assert plan.sweep(world, 10).outcomes == (("left: waiting for a draw", 1),)


def test_a_draw_is_never_taken_back_for_what_it_costs(world: World, relay: Relay) -> None:
    campaign, made = promised(world, parties=PARTIES)
    shine(relay, made)
    pass_time(world, minutes=2)
    plan.sweep(world, 10)
    poor = replace(campaign, budget=campaign.budget * 0)
    with world.database.unit() as unit:
        at = clock.now(unit)
        drawing.reveal(world, unit, draws.get(unit, made.id), "consumers", SALT, by="t", at=at)
        assert drawing.finish(world, unit, poor, draws.get(unit, made.id), by="t", at=at) == "drawn"
