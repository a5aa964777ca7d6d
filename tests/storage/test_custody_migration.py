"""What was in custody before the chains: it stays, becomes what it was in the words of now, and goes back."""

import psycopg
import pytest
from alembic import command
from sqlalchemy import text

from sampling.chain import chain_faults
from sampling.custody import UnitEvent
from sampling.seal import SealState
from storage import custody, seals
from storage.database import Database, alembic_config

NAME = "test_custody_migration"
UNIT = "00000000-0000-0000-0000-00000000000a"
BEFORE = f"""
SET session_replication_role = replica;
INSERT INTO unit (id, sample_id, code, role, state) VALUES ('{UNIT}', '{UNIT}', 'S25-000001-A', 'A', 'in_test');
INSERT INTO seal (number, unit_id, state, applied_by, witness, applied_at)
VALUES ('F1', '{UNIT}', 'opened', 'u', 'w', now());
INSERT INTO handover (id, unit_id, seq, at, released_by, received_by, place, step, seal_ok, condition) VALUES
('{UNIT}', '{UNIT}', 1, now(), 'station', 'carrier', 'station', 'shipping', true, 'intact'),
('00000000-0000-0000-0000-00000000000b', '{UNIT}', 2, now(), 'carrier', 'lab', 'lab', 'receiving', true, 'intact')
"""


@pytest.fixture
def old(server: str) -> str:
    """Give the address of a database at the schema before, with one unit in custody."""
    admin = server.replace("+psycopg", "").replace("/shopper?", "/postgres?")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {NAME} TEMPLATE template0".encode())
    address = server.replace("/shopper?", f"/{NAME}?")
    command.upgrade(alembic_config(address), "0005")
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        connection.execute(BEFORE.encode())
    return address


def test_what_was_in_custody_stays_and_goes_back(old: str) -> None:
    command.upgrade(alembic_config(old), "head")
    database = Database(old)
    with database.unit() as unit:
        seal = seals.find(unit, "F1")
        assert seal is not None
        assert (seal.state, seal.batch_id, seal.reason) == (SealState.BROKEN_AUTHORISED, None, "before the registry")
        [kept] = unit.execute(text("SELECT id FROM unit")).scalars()
        entries = custody.handovers(unit, kept)
        assert [one.event for one in entries] == [UnitEvent.HANDED_OVER, UnitEvent.ARRIVED]
        assert {fault.code for fault in chain_faults("U", entries)} == {"unbound", "illegal_move"}
    database.close()
    command.downgrade(alembic_config(old), "0005")
    with psycopg.connect(old.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT number, state FROM seal").fetchall() == [("F1", "opened")]
        assert connection.execute("SELECT count(*) FROM handover").fetchall() == [(2,)]
