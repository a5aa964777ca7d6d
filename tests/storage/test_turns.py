"""A turn is exclusive, and ends with the process that holds it; so does the reserve of a stratum."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest

from storage import clock, frames
from storage.database import MOST, Database
from storage.errors import Away
from storage.schema.base import new_id
from tests.build import campaign, framed, freeze

HOLD = """
import sys
from storage.database import Database
with Database(sys.argv[1]).turn("sample", sys.argv[2]) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


def test_a_turn_is_held_by_one_and_is_free_afterwards(database: Database) -> None:
    one, other = new_id(), new_id()
    with database.turn("sample", one) as mine:
        with database.turn("sample", one) as again, database.turn("sample", other) as elsewhere:
            assert (mine, again, elsewhere) == (True, False, True)
        with database.turn("notice", one) as another_noun:
            assert another_noun
    with database.turn("sample", one) as free:
        assert free


def test_a_turn_ends_with_the_process_that_is_killed(database: Database) -> None:
    subject = str(new_id())
    words = [sys.executable, "-c", HOLD, database.url, subject]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        with database.turn("sample", subject) as mine:
            assert not mine
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert becomes_free(database, subject)


def becomes_free(database: Database, subject: str) -> bool:
    for _ in range(600):
        with database.turn("sample", subject) as mine:
            if mine:
                return True
        time.sleep(0.05)
    return False


def test_two_that_lose_a_listing_at_once_open_two_of_the_reserve(database: Database) -> None:
    with database.unit() as unit:
        planned = campaign(unit)
        waiting = [framed(number, drawn=number == 1) for number in range(1, 7)]
        freeze(unit, planned.id, waiting)
    ready = Barrier(4)

    def work(_: int) -> str | None:
        ready.wait()
        with database.unit() as unit:
            found = frames.next_reserve(unit, planned.id, framed().stratum)
            time.sleep(0.05)
            return found.listing_id if found else None

    with ThreadPoolExecutor(4) as pool:
        opened = sorted(str(name) for name in pool.map(work, range(4)))
    assert opened == [framed(number).listing_id for number in (2, 3, 4, 5)]
    with database.unit() as unit:
        assert frames.next_reserve(unit, planned.id, framed().stratum) is not None
        assert frames.next_reserve(unit, planned.id, framed().stratum) is None


def test_every_thread_of_a_sweep_has_the_connections_it_holds_at_once(database: Database) -> None:
    """Eight that buy, each with its two turns, its unit, the look beside it and the unit of the look ahead."""
    many, engaged = 8, Database(database.url, threads=8)
    ready = Barrier(many)

    def buy(number: int) -> None:
        account, sample = engaged.turn("account", str(number)), engaged.turn("sample", str(number))
        with account, sample, engaged.unit() as order, engaged.unit() as look, engaged.unit() as ahead:
            for unit in (order, look, ahead):
                clock.now(unit)
            ready.wait(20)

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(buy, range(many)))
    engaged.close()


def test_more_threads_than_the_connections_allow_wait_instead_of_failing(database: Database) -> None:
    bounded = Database(database.url, threads=64, bound=20)
    assert (bounded.threads, Database(database.url, threads=3, bound=20).threads) == (4, 3)
    held, ready = [], Barrier(4)

    def buy(number: int) -> None:
        account, sample = bounded.turn("account", str(number)), bounded.turn("sample", str(number))
        with account, sample, bounded.unit() as order, bounded.unit() as look, bounded.unit() as ahead:
            for unit in (order, look, ahead):
                clock.now(unit)
            ready.wait(20)
            held.append(bounded._engine.pool.checkedout())  # type: ignore[attr-defined]

    with ThreadPoolExecutor(bounded.threads) as pool:
        list(pool.map(buy, range(12)))
    assert len(held) == 12 and max(held) <= 20
    bounded.close()


def test_a_connection_that_does_not_come_free_is_said_to_be_away(database: Database) -> None:
    few = Database(database.url)
    few._engine.pool._timeout = 0.01  # type: ignore[attr-defined]
    with ExitStack() as stack:
        for number in range(MOST):
            stack.enter_context(few.turn("sample", str(number)))
        with pytest.raises(Away), few.unit() as unit:
            clock.now(unit)
        with pytest.raises(Away), few.turn("sample", "one more"):
            raise AssertionError("there is none")
    few.close()


def test_a_server_that_is_away_is_said_in_its_own_words(database: Database) -> None:
    assert database.reachable() is None
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "failed" in (away.reachable() or "")
    away.close()
