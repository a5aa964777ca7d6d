"""The ledger in the database: gapless under many writers, its proofs those of the tree in memory, never changed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, text

from sampling.digest import sha256
from sampling.evidence import checkpoint as notes
from sampling.evidence import ledger as tree
from storage import ledger, statements
from storage.database import Database
from storage.errors import Conflict
from storage.schema.evidence import LedgerNodeRow
from storage.unit import Unit

AT = datetime(2026, 3, 2, 1, 0, 0, 123_456, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
MANY = 37


def fill(unit: Unit, many: int, first: int = 0) -> None:
    for number in range(first, first + many):
        ledger.append(unit, ledger.CUSTODY, f"looked_at:{number}", sha256(str(number).encode()), at=AT)


@pytest.fixture
def filled(database: Database) -> Database:
    with database.unit() as unit:
        fill(unit, MANY)
    return database


def test_every_root_and_proof_is_that_of_the_tree_in_memory(filled: Database) -> None:
    with filled.unit() as unit:
        leaves = [entry.leaf() for entry in ledger.entries(unit)]
        assert len(leaves) == ledger.size(unit) == MANY
        for upto in range(MANY + 1):
            assert ledger.root(unit, upto) == tree.root(leaves[:upto])
        for upto in (1, 2, 7, 8, 9, 32, MANY):
            for place in range(upto):
                assert ledger.inclusion(unit, place, upto) == tree.inclusion(leaves[:upto], place)
            for old in range(1, upto + 1):
                assert ledger.consistency(unit, old, upto) == tree.consistency(leaves, old, upto)


def test_the_stored_subtrees_are_as_many_as_are_whole(filled: Database) -> None:
    with filled.unit() as unit:
        kept = unit.scalar(select(func.count()).select_from(LedgerNodeRow))
    assert kept == sum(MANY >> level for level in range(1, MANY.bit_length()))


@pytest.mark.parametrize(("place", "upto"), [(-1, 3), (3, 3), (0, 0)])
def test_a_place_that_is_not_there_has_no_proof(filled: Database, place: int, upto: int) -> None:
    with filled.unit() as unit, pytest.raises(IndexError):
        ledger.inclusion(unit, place, upto)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3)])
def test_growth_goes_one_way(filled: Database, old: int, new: int) -> None:
    with filled.unit() as unit, pytest.raises(IndexError):
        ledger.consistency(unit, old, new)


def test_many_writers_leave_no_gap_and_a_lost_transaction_leaves_none(database: Database) -> None:
    def write(number: int) -> None:
        with database.unit() as unit:
            ledger.append(unit, ledger.CUSTODY, f"by {number}", sha256(b""), at=AT)
            if number % 4 == 0:
                unit.rollback()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(32)))
    with database.unit() as unit:
        leaves = [entry.leaf() for entry in ledger.entries(unit)]
        assert ledger.size(unit) == len(leaves) == 24
        assert ledger.root(unit, 24) == tree.root(leaves)


def test_what_stands_in_it_is_found_and_stands_there_once(filled: Database) -> None:
    with filled.unit() as unit:
        found = ledger.find(unit, ledger.CUSTODY, "looked_at:5")
        assert found is not None
        assert (found[0], found[1].sha256) == (5, sha256(b"5"))
        assert ledger.find(unit, ledger.CUSTODY, "looked_at:99") is None
    with pytest.raises(Conflict), filled.unit() as unit:
        fill(unit, 1, first=5)


FIXED = (("ledger_entry", "leaf"), ("ledger_node", "hash"), ("checkpoint", "note"), ("key_statement", "document"))


def test_nothing_in_it_can_be_changed(filled: Database) -> None:
    with filled.unit() as unit:
        ledger.close(unit, KEY, origin="office/ledger", reason=ledger.DAILY, at=AT)
        statements.publish(unit, 1, b"{}", at=AT)
    for table, column in FIXED:
        for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
            with pytest.raises(Conflict, match=f"{table} is append-only"), filled.unit() as unit:
                unit.execute(text(change))


def test_a_checkpoint_says_what_stands_and_is_made_once_for_the_same(filled: Database) -> None:
    with filled.unit() as unit:
        leaves = [entry.leaf() for entry in ledger.entries(unit)]
        made = ledger.close(unit, KEY, origin="office/ledger", reason=ledger.DAILY, at=AT)
        assert made is not None
        assert notes.check(made.note, KEY.public_key()) == notes.Checkpoint("office/ledger", MANY, tree.root(leaves))
        assert ledger.close(unit, KEY, origin="office/ledger", reason=ledger.DAILY, at=AT) is None
        fill(unit, 1, first=MANY)
        later = ledger.close(unit, KEY, origin="moved/ledger", reason=ledger.EXPORT, at=AT)
        assert later is not None
        assert notes.read(later.note).origin == "office/ledger", "a ledger keeps its name"
        assert [one.size for one in ledger.covering(unit, 3)] == [MANY, MANY + 1]
        assert (ledger.covering(unit, MANY), ledger.covering(unit, MANY + 1)) == ((later,), ())
        assert ledger.latest(unit) == later


def test_an_empty_ledger_is_not_signed(database: Database) -> None:
    with database.unit() as unit:
        assert ledger.close(unit, KEY, origin="office/ledger", reason=ledger.DAILY, at=AT) is None
        assert ledger.root(unit, 0) == tree.EMPTY
        assert (ledger.size(unit), ledger.latest(unit)) == (0, None)


def test_an_export_is_seen_from_its_place_on(filled: Database) -> None:
    with filled.unit() as unit:
        assert not ledger.exported_since(unit, 0)
        ledger.append(unit, ledger.CUSTODY, "exported:case:1", sha256(b""), at=AT)
        assert (ledger.exported_since(unit, MANY), ledger.exported_since(unit, MANY + 1)) == (True, False)


def test_key_statements_are_kept_in_their_order_and_entered(database: Database) -> None:
    with database.unit() as unit:
        statements.publish(unit, 1, b"first", at=AT)
        statements.publish(unit, 2, b"second", at=AT)
        assert statements.published(unit) == (b"first", b"second")
        found = ledger.find(unit, ledger.KEY, "2")
    assert found is not None
    assert found[1].sha256 == sha256(b"second")
