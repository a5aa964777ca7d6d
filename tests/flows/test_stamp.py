"""The stamp: captures go on while authorities and the store are away, and everything is proved when they return."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from flows import stamp
from flows.wiring import World
from sampling import rulebook
from sampling.evidence import keyring
from sampling.evidence.authority import Authority
from sampling.evidence.capture import CaptureState
from sampling.evidence.keys import key_id
from sampling.evidence.parts import PLACE, stamp_paths
from sampling.evidence.trust import Trust
from sampling.evidence.verification import tally, verify_bundle
from storage import captures, clock, events, ledger, stamps, statements
from storage.captures import Capture
from storage.errors import Conflict
from storage.objects import Folder
from storage.spool import REST_SECONDS, Spooled
from tests.flows.people import pass_time
from tests.flows.test_keeping import kept
from tests.storage.test_spool import Store
from tests.world.authority import Counter, Office, open_office, stamping

CODES = ("first", "second")
Desks = dict[str, Counter]


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Office]:
    return {code: open_office(tmp_path_factory.mktemp(code) / "tsa", name=f"{code} TSA") for code in CODES}


@pytest.fixture
def desks(offices: dict[str, Office]) -> Iterator[Desks]:
    with ExitStack() as stack:
        yield {code: stack.enter_context(stamping(office)) for code, office in offices.items()}


@pytest.fixture
def world(quiet: World, desks: Desks) -> World:
    """Give a world at noon: its ledger is signed once a day, and midnight may come during any test."""
    with quiet.database.unit() as unit:
        local = clock.now(unit).astimezone(rulebook.load(quiet.settings.rulebook).zone)
    noon = local.replace(hour=12, minute=0, second=0, microsecond=0)
    pass_time(quiet, seconds=((noon - local) % timedelta(days=1)).total_seconds())
    asked = {code: Authority(code, desk.url, desk.office.chain) for code, desk in desks.items()}
    return replace(quiet, authorities=asked)


def seal(world: World, many: int = 1) -> list[UUID]:
    """Keep so many captures of one case; a draw first, and whatever is kept later are visits before a payment."""
    with world.database.unit() as unit:
        known = [one.sample_id for one in captures.after(unit, None, 1)]
        made: list[Capture] = []
        for _ in range(many):
            of = next(iter([*known, *(one.sample_id for one in made)]), None)
            made.append(kept(world, unit, purpose="payment" if of else "draw", of=of))
    return [one.id for one in made]


def look(world: World, id_: UUID) -> Capture:
    with world.database.unit() as unit:
        return captures.get(unit, id_)


def outcomes(world: World) -> dict[str, int]:
    return dict(stamp.sweep(world, 500).outcomes)


def trust(world: World) -> Trust:
    """What a reader knows who was told the number of the first key."""
    with world.database.unit() as unit:
        anchor = key_id(world.keys.manifest.public_key())
        keys = keyring.follow(statements.published(unit), anchor=anchor).keys
    chains = {code: (one.chain,) for code, one in world.authorities.items()}
    return Trust(keys, chains, "127.0.0.1:8080/ledger")


def test_what_is_sealed_is_stamped_by_every_authority_and_once(world: World, desks: Desks) -> None:
    [id_] = seal(world)
    assert outcomes(world) == {"keys published": 1, "checkpoint signed": 1, "stamped": 4}
    made = look(world, id_)
    assert made.state is CaptureState.TIMESTAMPED
    assert {name for code in CODES for name in stamp_paths(code)} <= set(made.files)
    assert verify_bundle(captures.bundle(world.objects, made), trust=trust(world)) == ()
    with world.database.unit() as unit:
        told = [one for one in events.history(unit, made.sample_id) if one.type == "timestamped"]
        assert sorted(one.data["authority"] for one in told) == ["first", "second"]
        assert events.breaks(events.history(unit, made.sample_id)) == ()
    assert (outcomes(world), [desk.asked for desk in desks.values()]) == ({}, [2, 2])


def test_an_authority_that_is_down_for_a_day_costs_nothing_but_time(world: World, desks: Desks) -> None:
    for desk in desks.values():
        desk.mood = "down"
    ids = seal(world, 8)
    for _ in range(3):
        before = desks["first"].asked
        outcomes(world)
        assert desks["first"].asked - before <= stamp.MOST_FAILURES
        ids += seal(world)
        pass_time(world, hours=8)
    assert {look(world, id_).state for id_ in ids} == {CaptureState.SEALED}
    with world.database.unit() as unit:
        waiting = stamps.waiting(unit)
    assert {request.last_error for request in waiting} == {"the authority answered 503"}
    for desk in desks.values():
        desk.mood = "well"
    outcomes(world)
    pass_time(world, hours=1)
    outcomes(world)
    assert {look(world, id_).state for id_ in ids} == {CaptureState.TIMESTAMPED}
    assert all(verify_bundle(captures.bundle(world.objects, look(world, id_))) == () for id_ in ids)
    with world.database.unit() as unit:
        assert stamps.waiting(unit) == ()


def test_one_authority_is_enough_and_the_other_adds_its_stamp_when_it_returns(world: World, desks: Desks) -> None:
    desks["second"].mood = "down"
    [id_] = seal(world)
    outcomes(world)
    made = look(world, id_)
    assert (made.state, stamp_paths("second")[0] in made.files) == (CaptureState.TIMESTAMPED, False)
    desks["second"].mood = "well"
    pass_time(world, minutes=2)
    assert outcomes(world)["stamped"] == 2
    assert stamp_paths("second")[0] in look(world, id_).files
    assert verify_bundle(captures.bundle(world.objects, look(world, id_)), trust=trust(world)) == ()


@pytest.mark.parametrize("mood", ["garbage", "page", "other", "long"])
def test_an_answer_that_does_not_hold_is_never_kept(world: World, desks: Desks, mood: str) -> None:
    lone = replace(world, authorities={"first": world.authorities["first"]})
    desks["first"].mood = mood
    [id_] = seal(lone)
    outcomes(lone)
    assert look(lone, id_).state is CaptureState.SEALED
    assert not any(name.startswith("timestamps/") for name in look(lone, id_).files)
    with lone.database.unit() as unit:
        assert [(one.tries, bool(one.last_error)) for one in stamps.waiting(unit)] == [(1, True), (1, True)]


def test_a_stranger_under_the_code_of_ours_is_refused(world: World, tmp_path: Path) -> None:
    with stamping(open_office(tmp_path / "tsa", name="first TSA")) as stranger:
        asked = {"first": replace(world.authorities["first"], url=stranger.url)}
        [id_] = seal(world)
        assert outcomes(replace(world, authorities=asked))["left: wrong stamp"] == 2
    assert look(world, id_).state is CaptureState.SEALED


def test_the_pause_grows_to_an_hour(world: World, desks: Desks) -> None:
    desks["first"].mood = "down"
    lone = replace(world, authorities={"first": world.authorities["first"]})
    seal(lone)
    pauses = []
    for _ in range(9):
        with lone.database.unit() as unit:
            at = clock.now(unit)
        outcomes(lone)
        with lone.database.unit() as unit:
            next_at = stamps.waiting(unit)[0].next_at
        pauses.append(round((next_at - at).total_seconds() / 60))
        pass_time(lone, hours=1)
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_bundle_that_leaves_the_house_takes_its_place_in_the_ledger_along(world: World) -> None:
    [id_, other] = seal(world, 2)
    with world.database.unit() as unit:
        early = captures.export(unit, world.objects, captures.get(unit, id_), by="user:officer", at=clock.now(unit))
    assert PLACE not in early
    outcomes(world)
    outcomes(world)
    with world.database.unit() as unit:
        given = captures.export(unit, world.objects, captures.get(unit, id_), by="user:officer", at=clock.now(unit))
    proved = tally(given, trust=trust(world))
    assert (proved.faults, proved.place is not None) == ((), True)
    assert str(other).encode() not in given[PLACE], "one is shown without the others"
    assert outcomes(world) == {"checkpoint signed": 1, "stamped": 2}, "the export is in the ledger too"
    with world.database.unit() as unit:
        assert [one.reason for one in ledger.checkpoints(unit)] == [ledger.DAILY, ledger.EXPORT]
        told = [one for one in events.history(unit, look(world, id_).sample_id) if one.type == ledger.EXPORTED]
        acts = {one.id: one.sha256 for one in ledger.entries(unit) if one.kind == ledger.CUSTODY}
    assert acts == {f"exported:{one.case_id}:{one.seq}": one.hash for one in told}
    assert len(told) == 2


def test_the_ledger_is_signed_once_a_day(world: World) -> None:
    seal(world)
    assert outcomes(world)["checkpoint signed"] == 1
    seal(world)
    assert "checkpoint signed" not in outcomes(world)
    pass_time(world, days=1)
    assert outcomes(world)["checkpoint signed"] == 1
    pass_time(world, days=1)
    assert "checkpoint signed" not in outcomes(world), "nothing was added since"


def test_while_the_store_is_away_captures_go_on_and_are_moved_on_later(world: World, tmp_path: Path) -> None:
    store, times = Store(Folder(tmp_path / "store")), [0.0]
    spooled = Spooled(store, tmp_path / "spool", clock=lambda: times[0])
    away = replace(world, objects=spooled)
    store.up = False
    ids = seal(away, 3)
    assert outcomes(away)["stamped"] == 2 * 4, "what is here needs no store"
    assert spooled.waiting().files > 0
    assert all(verify_bundle(captures.bundle(spooled, look(away, id_))) == () for id_ in ids)
    store.up, times[0] = True, REST_SECONDS
    assert outcomes(away)["moved on"] > 0
    assert spooled.waiting().files == 0
    assert all(verify_bundle(captures.bundle(store.folder, look(away, id_))) == () for id_ in ids)


def test_what_another_machine_still_holds_keeps_nobody_waiting(world: World, tmp_path: Path) -> None:
    elsewhere = replace(world, objects=Folder(tmp_path / "elsewhere"))
    lost = seal(elsewhere, stamp.MOST_FAILURES + 1)
    [here] = seal(world)
    assert outcomes(world)[stamp.NOT_HERE] == 2 * len(lost)
    assert look(world, here).state is CaptureState.TIMESTAMPED
    assert outcomes(world) == {}, "they are asked for again later"
    pass_time(world, minutes=2)
    assert outcomes(elsewhere)["stamped"] == 2 * len(lost)


def test_a_stamp_is_never_changed(world: World) -> None:
    seal(world)
    outcomes(world)
    with pytest.raises(Conflict, match="append-only"), world.database.unit() as unit:
        unit.execute(text("DELETE FROM stamp"))
