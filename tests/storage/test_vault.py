"""The vault: covers open with the right key alone, every look is written down, and no value is anywhere else."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from sampling.cover import Cover
from sampling.purchase import PurchaseEvent
from sampling.sample import SampleState
from storage import events, looks, purchases
from storage import vault as vaults
from storage.database import Database
from storage.errors import Conflict, NotAllowed, NotFound, WrongSecret
from storage.objects import Folder, Objects
from storage.schema import Base
from storage.vault import Vault, platforms_of
from tests.build import PLATFORM, SHOPPER, Case, case, moment

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
    payment_method="wallet of the secret kind",
    payment_label="the blue secret card",
    payment_digits="7351",
    device="a telephone kept in the drawer",
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
        seen = [entry for entry in events.history(unit, made.sample.id) if entry.type == "looked_at"]
        assert [(entry.actor, entry.data) for entry in seen] == [("flow:purchase", {})]
        assert platforms_of(unit, SHOPPER) == frozenset({PLATFORM})
        assert [(one.actor, one.purpose, one.code, one.refused) for one in looks.listed(unit)] == [
            ("flow:purchase", "order", made.sample.code, None)
        ]


def test_another_key_does_not_open(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        Vault(KEY).put(unit, SHOPPER, PLATFORM, asdict(COVER))
        with pytest.raises(WrongSecret):
            opened(Vault(b"x" * 32), unit, made)
        unit.execute(text("UPDATE cover SET key_id = 'gone'"))
        unit.expire_all()
        with pytest.raises(WrongSecret, match="the key gone, which is not here"):
            opened(Vault(KEY), unit, made)


def test_a_vault_that_was_opened_before_a_rotation_reads_the_keys_again(database: Database, objects: Objects) -> None:
    known: list[bytes] = [b"1" * 32]
    with database.unit() as unit:
        made = case(unit, objects, SampleState.CAPTURED)
        running = Vault(KEY, read=lambda: known)
        running.put(unit, SHOPPER, PLATFORM, asdict(COVER))
        known[:] = [b"1" * 32, b"2" * 32]
        rotating = Vault(KEY, *known)
        assert [rotating.reseal(unit, id_) for id_ in rotating.stale(unit)] == [True]
        known[:] = [b"2" * 32]
        assert opened(running, unit, made) == asdict(COVER)
        known[:] = [b"2" * 32, b"3" * 32]
        running.put(unit, "another", PLATFORM, asdict(COVER))
        assert len(Vault(KEY, *known).stale(unit)) == 1, "the newest key seals what is put from then on"


def test_a_row_moved_to_another_owner_does_not_open(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        Vault(KEY).put(unit, "another", PLATFORM, asdict(COVER))
        unit.execute(text("UPDATE cover SET shopper = :who"), {"who": SHOPPER})
        unit.expire_all()
        with pytest.raises(WrongSecret):
            opened(Vault(KEY), unit, made)


@pytest.mark.parametrize(
    ("shopper", "platform", "by", "why"),
    [
        ("another", PLATFORM, "flow:purchase", "not_assigned"),
        (SHOPPER, "elsewhere", "flow:purchase", "not_assigned"),
        (SHOPPER, PLATFORM, "user:another", "not_theirs"),
        (SHOPPER, PLATFORM, "user:officer", "not_theirs"),
    ],
)
def test_a_cover_opens_for_its_own_shopper_alone_and_a_refusal_stays_written(
    shopper: str, platform: str, by: str, why: str, database: Database, objects: Objects,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        for who, where in ((SHOPPER, PLATFORM), ("another", PLATFORM), (SHOPPER, "elsewhere")):
            Vault(KEY).put(unit, who, where, asdict(COVER))
    with pytest.raises(NotAllowed), database.unit() as unit:
        Vault(KEY).open(unit, shopper, platform, case_id=made.sample.id, by=by, at=moment(1), purpose="order")
    assert why in caplog.text
    with database.unit() as unit:
        assert [(one.actor, one.shopper, one.refused) for one in looks.listed(unit)] == [(by, shopper, why)]
        with pytest.raises(Conflict), database.unit() as other:
            other.execute(text("DELETE FROM cover_look"))
    with database.unit() as unit:
        mine = Vault(KEY).open(unit, SHOPPER, PLATFORM, case_id=made.sample.id, by=f"user:{SHOPPER}", at=moment(2))
        assert Cover(**mine) == COVER


def test_nobody_has_a_cover_where_none_was_put(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        with pytest.raises(NotFound):
            opened(Vault(KEY), unit, made)
        assert [one.refused for one in looks.listed(unit)] == ["none_kept"]


def test_an_older_version_serves_its_orders_until_they_are_settled(database: Database, objects: Objects) -> None:
    keeper, older, newer = Vault(KEY), {"account": "older"}, {"account": "newer"}
    with database.unit() as unit:
        keeper.put(unit, SHOPPER, PLATFORM, older)
        keeper.put(unit, SHOPPER, PLATFORM, older)
        unit.execute(text("UPDATE cover SET since = :at"), {"at": moment(0)})
        bought, fresh = (case(unit, objects, state, number=number)
                         for number, state in enumerate((SampleState.ORDERED, SampleState.TARGETED), 1))  # fmt: skip
        keeper.put(unit, SHOPPER, PLATFORM, newer)
        unit.expire_all()
        assert [opened(keeper, unit, one) for one in (bought, fresh)] == [older, newer]
        assert [(one.version, one.retired_at is None) for one in vaults.listed(unit)] == [(1, False), (2, True)]
        assert vaults.erase(unit) == 0, "its order is under way"
        order = purchases.live(unit, bought.sample.id)
        assert order is not None
        for event in (PurchaseEvent.SHIPPED, PurchaseEvent.DELIVERED):
            purchases.record(unit, order.id, event, by="t", at=moment(5))
        assert vaults.erase(unit) == 1
        assert [one.erased for one in vaults.listed(unit)] == [True, False]
        assert opened(keeper, unit, bought) == newer, "the account that is left"


def test_nothing_is_ordered_under_a_retired_cover(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.TARGETED)
        Vault(KEY).put(unit, SHOPPER, PLATFORM, asdict(COVER))
        vaults.retire(unit, SHOPPER, PLATFORM, at=moment(1))
        assert platforms_of(unit, SHOPPER) == frozenset()
        with pytest.raises(NotFound):
            opened(Vault(KEY), unit, made)
        with pytest.raises(NotFound):
            vaults.retire(unit, SHOPPER, PLATFORM, at=moment(2))


def opened(keeper: Vault, unit: Session, made: Case) -> dict[str, str]:
    return keeper.open(unit, SHOPPER, PLATFORM, case_id=made.sample.id, by="flow:custody", at=moment(1))


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
            if _holds(row, value) or value.encode().hex() in row
        ]


def _holds(row: str, value: str) -> bool:
    """Four digits also come about within an id, a second or a sealed text; they count where they stand alone."""
    if not value.isdigit() or len(value) > 6:
        return value in row
    return re.search(rf"(?<![\w.-]){value}(?![\w-])", row) is not None
