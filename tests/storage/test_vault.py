"""The vault: covers open with the right key alone, every look is written down, and no value is anywhere else."""

from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import text

from sampling.cover import Cover
from sampling.sample import SampleState
from storage import events
from storage.database import Database
from storage.errors import NotFound, WrongSecret
from storage.objects import Folder, Objects
from storage.schema import Base
from storage.vault import Vault, platforms_of
from tests.build import PLATFORM, SHOPPER, case, moment

COVER = Cover(
    account="lin.yue.secret@example.net",
    password="p4ss-of-the-cover",
    first_name="Yuezhen",
    last_name="Lindqvist",
    line1="18 Hidden Lane",
    city="Hangzhoux",
    postcode="310099",
    phone="+8613899999999",
    email="lin.yue.secret@example.net",
    country="Nowhereland",
)
KEY = b"k" * 32


def test_a_cover_opens_with_its_key_and_the_look_is_written_down(database: Database, objects: Objects) -> None:
    vault = Vault(KEY)
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        vault.put(unit, SHOPPER, PLATFORM, {"account": "older"})
        vault.put(unit, SHOPPER, PLATFORM, asdict(COVER))
        opened = vault.open(unit, SHOPPER, PLATFORM, case_id=made.sample.id, by="flow:purchase", at=moment(1))
        assert Cover(**opened) == COVER
        looks = [entry for entry in events.history(unit, made.sample.id) if entry.type == "looked_at"]
        assert [(entry.actor, entry.data) for entry in looks] == [("flow:purchase", {})]
        assert platforms_of(unit, SHOPPER) == frozenset({PLATFORM})


@pytest.mark.parametrize(("key", "shopper"), [(b"x" * 32, SHOPPER), (KEY, "another")])
def test_another_key_or_anothers_cover_does_not_open(
    key: bytes, shopper: str, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        Vault(KEY).put(unit, SHOPPER, PLATFORM, asdict(COVER))
        # A row moved to another owner does not open either: the owner is bound to the sealed text.
        unit.flush()
        unit.execute(text("UPDATE cover SET shopper = :who"), {"who": shopper})
        with pytest.raises(WrongSecret):
            Vault(key).open(unit, shopper, PLATFORM, case_id=made.sample.id, by="u", at=moment(1))


def test_nobody_has_a_cover_where_none_was_put(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        with pytest.raises(NotFound):
            Vault(KEY).open(unit, SHOPPER, "elsewhere", case_id=made.sample.id, by="u", at=moment(1))


def test_no_value_of_a_cover_is_found_anywhere_else(database: Database, tmp_path: Path) -> None:
    vault = Vault(KEY)
    with database.unit() as unit:
        made = case(unit, Folder(tmp_path), SampleState.FINAL)
        vault.put(unit, SHOPPER, PLATFORM, asdict(COVER))
        vault.open(unit, SHOPPER, PLATFORM, case_id=made.sample.id, by="flow:purchase", at=moment(1))
    assert leaks(database, set(asdict(COVER).values())) == []
    assert leaks(database, {made.sample.code}) != [], "the search would find what is there"


def leaks(database: Database, values: set[str]) -> list[tuple[str, str]]:
    """Give the tables in whose rows, as text, a value is found."""
    with database.unit() as unit:
        return [
            (name, value)
            for name in Base.metadata.tables
            for row in unit.execute(text(f'SELECT "{name}"::text FROM "{name}"')).scalars()
            for value in values
            if value in row or value.encode().hex() in row
        ]
