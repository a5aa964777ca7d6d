"""A turn is exclusive, and ends with the process that holds it; so does the reserve of a stratum."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from storage import frames
from storage.database import Database
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
    for _ in range(100):
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


def test_a_server_that_is_away_is_said_in_its_own_words(database: Database) -> None:
    assert database.reachable() is None
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert "failed" in (away.reachable() or "")
    away.close()
