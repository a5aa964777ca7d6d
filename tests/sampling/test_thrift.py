"""Pages take turns with their pictures, and the driver is told to tidy up after each."""

import asyncio
import gc
import json
import os
import subprocess
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from sampling.edge.thrift import Seat, Turn, be_thrifty


def looked(turn: Turn, *, hangs: bool) -> list[str]:
    """Give when three pages began and ended their turns; one that hangs ends after all others."""
    seen: list[str] = []
    others = asyncio.Event()

    async def page(name: int) -> None:
        async with turn.taken():
            seen.append(f"+{name}")
            await (others.wait() if hangs and not name else asyncio.sleep(0.01))
            seen.append(f"-{name}")
        if {"-1", "-2"} <= set(seen):
            others.set()

    async def all_of_them() -> None:
        await asyncio.gather(*map(page, range(3)))

    asyncio.run(all_of_them())
    return seen


def test_one_page_at_a_time_has_its_turn() -> None:
    assert looked(Turn(patience=60), hangs=False) == ["+0", "-0", "+1", "-1", "+2", "-2"]


def test_a_page_that_hangs_in_its_turn_holds_nobody_up_for_long() -> None:
    first, *others, last = looked(Turn(patience=0.02), hangs=True)
    assert (first, sorted(others), last) == ("+0", ["+1", "+2", "-1", "-2"], "-0")


def test_a_turn_that_fails_is_given_on() -> None:
    async def fail(turn: Turn) -> None:
        async with turn.taken():
            raise RuntimeError

    async def two() -> str:
        turn = Turn(patience=20)
        with pytest.raises(RuntimeError):
            await fail(turn)
        async with turn.taken():
            return "free"

    assert asyncio.run(two()) == "free"


def seated(patience: float, *, leaves: bool, hangs: bool) -> list[str]:
    """Give what two pages do that have one seat between them; a first one that hangs waits for the second to come."""
    seen: list[str] = []
    come = asyncio.Event()

    async def page(name: int, seats: asyncio.Semaphore) -> None:
        with Seat(patience) as seat:
            await seat.take(seats)
            seen.append(f"+{name}")
            if leaves:
                seat.leave()
            await (come.wait() if hangs and not name else asyncio.sleep(0))
            seen.append(f"-{name}")
            if name:
                come.set()

    async def both() -> None:
        seats = asyncio.Semaphore(1)
        await asyncio.gather(page(0, seats), page(1, seats))
        assert not seats.locked()
        await seats.acquire()
        assert seats.locked()  # nobody gave back more than they had

    asyncio.run(both())
    return seen


@pytest.mark.parametrize(
    ("patience", "leaves", "hangs", "seen"),
    [
        (60, False, False, ["+0", "-0", "+1", "-1"]),
        (60, True, True, ["+0", "+1", "-1", "-0"]),
        (0.01, False, True, ["+0", "+1", "-1", "-0"]),
    ],
    ids=["one after the other", "left sooner", "a page that hangs"],
)
def test_a_page_sits_until_its_last_picture(patience: float, leaves: bool, hangs: bool, seen: list[str]) -> None:
    assert seated(patience, leaves=leaves, hangs=hangs) == seen


def test_what_was_there_before_the_first_page_is_not_looked_through_again() -> None:
    be_thrifty()
    frozen = gc.get_freeze_count()
    be_thrifty()
    assert gc.get_freeze_count() == frozen > 0


def test_the_driver_frees_what_it_no_longer_needs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same work, a string of 40 MB that is let go: with what we tell it, the driver holds far less after it."""
    work = tmp_path / "work.cjs"
    work.write_text(
        "let kept = Array.from({ length: 40 }, (_, n) => [...Array(50000)].map((_, m) => 'text ' + n + m));"
        "kept = null;"
        "setTimeout(() => console.log(JSON.stringify(process.memoryUsage().heapUsed)), 400);"
    )
    monkeypatch.setenv("NODE_OPTIONS", "--no-warnings")
    be_thrifty()
    be_thrifty()
    told = os.environ["NODE_OPTIONS"]
    assert told.startswith("--no-warnings ")
    assert told.count("--require=") == 1
    node = compute_driver_executable()[0]
    held = [
        json.loads(subprocess.run([node, work], env={"NODE_OPTIONS": each}, stdout=subprocess.PIPE, check=True).stdout)
        for each in (told, "")
    ]
    assert held[0] < 16 << 20 < held[1]
