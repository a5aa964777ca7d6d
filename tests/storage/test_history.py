"""The history of a case is one chain: a change is found, and writers at once never fork it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

from sqlalchemy import text

from sampling.digest import chained
from storage import events, numbers
from storage.database import Database
from storage.schema.base import new_id
from tests.build import moment

WRITERS, EACH = 6, 5


def write(database: Database, case_id: UUID, many: int = 4) -> None:
    with database.unit() as unit:
        for number in range(many):
            events.append(unit, case_id, "sample", case_id, "seen", by="u", at=moment(number), data={"n": number})


def tamper(database: Database, order: str, **values: object) -> None:
    """Change history as only the owner of the server could: with the trigger out of the way."""
    with database.unit() as unit:
        unit.execute(text("ALTER TABLE event DISABLE TRIGGER append_only"))
        unit.execute(text(order), values)
        unit.execute(text("ALTER TABLE event ENABLE TRIGGER append_only"))


def test_a_changed_entry_is_found_where_it_was_changed(database: Database) -> None:
    case_id = new_id()
    write(database, case_id)
    with database.unit() as unit:
        assert events.breaks(events.history(unit, case_id)) == ()
    tamper(database, "UPDATE event SET actor = 'somebody else' WHERE seq = 2")
    with database.unit() as unit:
        assert events.breaks(events.history(unit, case_id)) == (2,)


def test_a_removed_entry_is_found_at_its_place(database: Database) -> None:
    case_id = new_id()
    write(database, case_id)
    tamper(database, "DELETE FROM event WHERE seq = 2")
    with database.unit() as unit:
        assert 2 in events.breaks(events.history(unit, case_id))


def test_an_entry_with_a_new_hash_is_found_by_the_one_after_it(database: Database) -> None:
    case_id = new_id()
    write(database, case_id)
    with database.unit() as unit:
        _, entry, *_ = events.history(unit, case_id)
    forged = chained(entry.prev_hash, {**entry.record(), "actor": "somebody else"})
    tamper(database, "UPDATE event SET actor = 'somebody else', hash = :hash WHERE seq = 2", hash=forged)
    with database.unit() as unit:
        assert events.breaks(events.history(unit, case_id)) == (3,)


def test_writers_of_one_case_at_once_never_fork_its_chain(database: Database) -> None:
    case_id, ready = new_id(), Barrier(WRITERS)

    def work(_: int) -> None:
        ready.wait()
        for _ in range(EACH):
            write(database, case_id, 1)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    with database.unit() as unit:
        history = events.history(unit, case_id)
    assert [entry.seq for entry in history] == list(range(1, WRITERS * EACH + 1))
    assert events.breaks(history) == ()


def test_numbers_have_no_gap_after_a_unit_that_came_to_nothing(database: Database) -> None:
    class Halt(Exception):
        pass

    taken = []
    for abandoned in (False, True, True, False):
        try:
            with database.unit() as unit:
                taken.append(numbers.take(unit, "notice"))
                if abandoned:
                    taken.pop()
                    raise Halt
        except Halt:
            continue
    assert taken == [1, 2]


def test_numbers_taken_at_once_are_all_different_and_have_no_gap(database: Database) -> None:
    ready = Barrier(WRITERS)

    def work(_: int) -> list[int]:
        ready.wait()
        found = []
        for _ in range(EACH):
            with database.unit() as unit:
                found.append(numbers.take(unit, "notice"))
        return found

    with ThreadPoolExecutor(WRITERS) as pool:
        taken = [number for found in pool.map(work, range(WRITERS)) for number in found]
    assert sorted(taken) == list(range(1, WRITERS * EACH + 1))
