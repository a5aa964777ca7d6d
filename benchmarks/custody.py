"""The claim: of 1,000 single fields of custody changed by SQL, past every trigger, the verifier finds 1,000.

Forty samples of every standing are in custody on the embedded PostgreSQL, some corrected, half of them in the ledger.
Each change takes a random row and column of units, seals and handovers and another value that its type and the CHECKs
allow; it is rolled back after the sample was verified. Before the changes, and after them, nothing is found.
"""

import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Table, select, text, update
from sqlalchemy.exc import DBAPIError

from benchmarks.figures import verdict
from sampling.custody import Role
from sampling.dossier import custody_faults
from sampling.sample import SampleState as S
from sampling.seal import SealKind
from storage import custody, dossiers, seals, settings
from storage.acts import shopping
from storage.custody import Circumstances
from storage.database import Database, migrate
from storage.embedded import databases
from storage.objects import Folder, Objects
from storage.schema import Base
from storage.unit import Unit
from tests.build import campaign, case, moment
from tests.conftest import FAST

CHANGES, SAMPLES = 1_000, 40
STANDINGS = (S.SEALED, S.NOTICE_SENT, S.AT_LAB, S.TESTING, S.FINAL)
OWNER = {
    "unit": "SELECT sample_id FROM unit WHERE id = :key",
    "seal": "SELECT sample_id FROM unit JOIN seal ON seal.unit_id = unit.id WHERE number = :key",
    "handover": "SELECT sample_id FROM unit JOIN handover h ON h.unit_id = unit.id WHERE h.id = :key",
}


def main() -> int:
    """Print how many changes of which columns were found, and give 1 when one was not."""
    chance = random.Random(5)
    with scratch() as (database, objects):
        with database.unit() as unit:
            fill(unit, objects)
        with database.unit() as unit:
            codes = dossiers.with_units(unit)
            before = [code for code in codes if faults(unit, code)]
            begun = time.monotonic()
            found, missed = tamper(unit, chance)
            after = [code for code in codes if faults(unit, code)]
    for column, often in sorted((found + missed).items()):
        print(f"{often:5d} {column:24s} {missed[column] or ''}")
    print(f"{len(codes)} samples, {time.monotonic() - begun:.0f} s")
    return verdict({
        f"{found.total()} found of {CHANGES}": found.total() == CHANGES,
        f"{len(before) + len(after)} samples found faulty without a change": not before and not after,
        f"{len(found)} columns changed": len(found) >= 30,
    })  # fmt: skip


@contextmanager
def scratch() -> Iterator[tuple[Database, Objects]]:
    """Give a migrated database of its own, and a store."""
    with (
        tempfile.TemporaryDirectory(prefix="shopper-", ignore_cleanup_errors=True) as home,
        databases(settings.load({"SHOPPER_HOME": home}, Path("/")), FAST) as ready,
    ):
        migrate(ready.shopper)
        database = Database(ready.shopper)
        yield database, Folder(Path(home) / "objects")
        database.close()


def fill(unit: Unit, objects: Objects) -> None:
    """Make the samples: a third under seals of ours, some corrected, and what is older in the ledger."""
    numbers = iter(seals.issue(unit, SealKind.TAPE, SAMPLES * 2, by="user:coordinator", at=moment()).numbers)
    within = campaign(unit)
    for number in range(1, SAMPLES + 1):
        if number % 3:
            made = case(unit, objects, STANDINGS[number % len(STANDINGS)], number=number, of=within)
        else:
            made = case(unit, objects, S.UNBOXED, number=number, of=within)
            shopping.seal(unit, made.sample.id, test_seal=next(numbers), backup_seal=next(numbers), witness="Zhao",
                          place="station", photo="ab" * 32, by="user:shopper", at=moment(6))  # fmt: skip
        backup = custody.of_role(unit, made.sample.id, Role.BACKUP)
        if number % 4 == 0:
            cold = Circumstances("cold", Decimal("-18.5"), ("cd" * 32,), moment(6.5))
            custody.look_at_seal(unit, backup.id, number % 8 != 0, by="user:shopper", at=moment(100), found=cold)
        if number % 5 == 0:
            custody.correct(
                unit, backup.id, 1, reason="another shelf", by="user:shopper", at=moment(101), place="shelf"
            )
        if number == SAMPLES // 2:
            custody.enter(unit, 10_000, at=moment(102))


def tamper(unit: Unit, chance: random.Random) -> tuple[Counter[str], Counter[str]]:
    """Give how often a change of each column was found, and how often missed."""
    found, missed = Counter[str](), Counter[str]()
    unit.execute(text("SET LOCAL session_replication_role = replica"))
    while found.total() + missed.total() < CHANGES:
        table = chance.choice([Base.metadata.tables[name] for name in OWNER])
        column = chance.choice(list(table.columns))
        with unit.begin_nested() as point:
            told = changed(unit, table, column, chance)
            if told is not None:
                (found if told else missed)[f"{table.name}.{column.name}"] += 1
            if point.is_active:
                point.rollback()
        unit.expire_all()
    return found, missed


def changed(unit: Unit, table: Table, column: Column[Any], chance: random.Random) -> bool | None:
    """Change one field and tell whether it was found; None when a CHECK stands in the way or nothing changed."""
    [key] = table.primary_key.columns
    keys = unit.scalars(select(key).where(table.c.unit_id.is_not(None)) if table.name == "seal" else select(key)).all()
    row = chance.choice(keys)
    owner = unit.scalar(text(OWNER[table.name]), {"key": row})
    code = unit.scalar(text("SELECT code FROM sample WHERE id = :id"), {"id": owner})
    old = unit.scalar(select(column).where(key == row))
    new = other(column, old, chance)
    if new == old:
        return None
    try:
        with unit.begin_nested():
            unit.execute(update(table).where(key == row).values({column.name: new}))
    except DBAPIError:
        return None
    unit.expire_all()
    return bool(faults(unit, str(code)))


def other(column: Column[Any], old: Any, chance: random.Random) -> Any:
    """Give another value of the column's type, nothing where that is allowed."""
    if column.nullable and old is not None and chance.random() < 0.2:
        return None
    members = getattr(column.type, "enum_class", None)
    if members:
        return chance.choice(list(members))
    return OTHERS[column.type.python_type](old, chance)


def letter(old: str | None, chance: random.Random) -> str:
    """Give the text with one letter changed, taken away or added."""
    if not old:
        return "x"
    place = chance.randrange(len(old))
    return old[:place] + chance.choice(("", "0", "z", old[place] * 2)) + old[place + 1 :]


OTHERS: dict[type, Callable[[Any, random.Random], Any]] = {
    UUID: lambda _, chance: UUID(int=chance.getrandbits(128)),
    datetime: lambda old, chance: (old or moment()) - timedelta(microseconds=chance.choice((1, 10**6, 3600 * 10**6))),
    date: lambda old, chance: (old or moment().date()) + timedelta(chance.choice((-1, 1, 365))),
    bool: lambda _, chance: chance.choice((True, False)),
    int: lambda old, chance: (old or 0) + chance.choice((-1, 1, 60)),
    Decimal: lambda old, chance: (old or Decimal(0)) + Decimal(chance.randint(1, 99)) / 10,
    list: lambda old, chance: [*old, "ef" * 32] if chance.random() < 0.5 else old[1:],
    str: letter,
}


def faults(unit: Unit, code: str) -> bool:
    """Tell whether the verifier finds anything."""
    return bool(custody_faults(dossiers.gather(unit, code)))


if __name__ == "__main__":
    sys.exit(main())
