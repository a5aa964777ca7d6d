"""Dossiers: rows, log and ledger tell one story, and whichever of them was changed, the verifier says so."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from sampling.chain import bound
from sampling.custody import SHELF_LIFE, Role, UnitEvent, UnitState
from sampling.digest import ORIGIN
from sampling.dossier import Dossier, Logged, custody_faults
from sampling.seal import Seal, SealEvent, SealKind, SealState
from tests.build import moment
from tests.sampling.custodies import BATCH, NUMBERS, Desk, corrected, desk

Change = Callable[[Desk, Dossier], Dossier]


def codes(dossier: Dossier) -> list[str]:
    return [fault.code for fault in custody_faults(dossier)]


def test_what_was_written_as_it_should_be_has_no_fault() -> None:
    made = desk()
    corrected_entry = corrected(made)
    assert custody_faults(made.dossier(entered={corrected_entry.id: corrected_entry.hash})) == ()


def test_a_sample_that_was_never_sealed_has_no_fault() -> None:
    assert custody_faults(Desk().dossier()) == ()


def lost_unit(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, units=whole.units[1:])


def strange_unit(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, units=(*whole.units, replace(whole.units[0], id=UUID(int=99))))


def unit_elsewhere(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, units=(replace(whole.units[0], place="gone"), *whole.units[1:]))


def empty_chain(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, chains={})


def last_entry_gone(made: Desk, whole: Dossier) -> Dossier:
    first = whole.units[0].id
    return replace(whole, chains={**whole.chains, first: whole.chains[first][:-1]})


def rewritten_entry(made: Desk, whole: Dossier) -> Dossier:
    """Whoever can compute hashes binds the changed entry anew; the log and the ledger still know the old one."""
    first = whole.units[0].id
    entries = list(whole.chains[first])
    entries[-1] = bound(replace(entries[-1], condition="warm"), entries[-1].prev_hash)
    return replace(whole, chains={**whole.chains, first: tuple(entries)})


def lost_seal(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, seals=whole.seals[1:])


def strange_seal(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, seals=(*whole.seals, replace(whole.seals[0], number=NUMBERS[1])))


def seal_used_twice(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, applied={NUMBERS[0]: 2})


def seal_looked_at_before_it_was_applied(made: Desk, whole: Dossier) -> Dossier:
    log = [one for one in whole.log if (one.subject, one.type) != (NUMBERS[0], SealEvent.APPLIED)]
    return replace(whole, log=tuple(log))


def unknown_batch(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, batches={})


def other_batch(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, batches={BATCH: replace(whole.batches[BATCH], numbers=NUMBERS[1:])})


def batch_of_bags(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, batches={BATCH: replace(whole.batches[BATCH], kind=SealKind.BAG)})


def seal_of_another_unit(made: Desk, whole: Dossier) -> Dossier:
    log = [replace(one, data={**one.data, "unit": str(UUID(int=98))}) if one.type == SealEvent.APPLIED else one
           for one in whole.log]  # fmt: skip
    return replace(whole, log=tuple(log))


def altered_log(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, log_breaks=(7,), log=())


def other_in_the_ledger(made: Desk, whole: Dossier) -> Dossier:
    return replace(whole, entered={whole.chains[whole.units[0].id][0].id: ORIGIN})


# what is done to a dossier, and what it is told to be
BROKEN: list[tuple[Change, list[str]]] = [
    (lost_unit, ["unit_missing"]),
    (strange_unit, ["unit_unknown"]),
    (unit_elsewhere, ["unit_altered"]),
    (empty_chain, ["unit_altered"] * 4 + ["entry_missing"] * 7),
    (last_entry_gone, ["unit_altered", "entry_missing"]),
    (rewritten_entry, ["unlogged"]),
    (lost_seal, ["seal_missing"]),
    (strange_seal, ["seal_unknown"]),
    (seal_used_twice, ["seal_twice"]),
    (seal_looked_at_before_it_was_applied, ["seal_out_of_order", "wrong_seal", "wrong_seal"]),
    (unknown_batch, ["seal_not_issued"]),
    (other_batch, ["seal_not_issued"]),
    (batch_of_bags, ["seal_not_issued"]),
    (seal_of_another_unit, ["seal_altered", "seal_altered", "wrong_seal", "wrong_seal"]),
    (altered_log, ["log_altered"]),
    (other_in_the_ledger, ["ledger_differs"]),
]


@pytest.mark.parametrize(("change", "told"), BROKEN)
def test_a_dossier_that_was_changed_is_told(change: Change, told: list[str]) -> None:
    made = desk()
    assert codes(change(made, made.dossier())) == told


OTHER: dict[str, Any] = {
    "number": "X1", "kind": SealKind.BOLT, "state": SealState.APPLIED, "batch_id": UUID(int=97), "issued_by": "x",
    "issued_at": moment(0) + timedelta(seconds=1), "unit_id": UUID(int=97), "applied_by": "x", "witness": "x",
    "applied_at": moment(9), "photo": None, "ended_by": None, "ended_at": moment(9), "reason": "because",
}  # fmt: skip


@pytest.mark.parametrize("name", [field.name for field in fields(Seal)])
def test_no_field_of_a_seal_can_be_another(name: str) -> None:
    whole = desk().dossier()
    changed = replace(whole.seals[0], **{name: OTHER[name]})
    assert codes(replace(whole, seals=(changed, *whole.seals[1:]))) != []


@pytest.mark.parametrize(
    ("name", "value"),
    [("sample_id", UUID(int=96)), ("code", "S26-000009-A"), ("role", Role.BACKUP), ("state", UnitState.LOST),
     ("lot", "B1"), ("place", None), ("expires_on", date(2027, 1, 1))],
)  # fmt: skip
def test_no_field_of_a_unit_can_be_another(name: str, value: Any) -> None:
    whole = desk().dossier()
    [fault] = custody_faults(replace(whole, units=(replace(whole.units[0], **{name: value}), *whole.units[1:])))
    assert (fault.code, name in fault.sentence.en, name in fault.sentence.zh) == ("unit_altered", True, True)


def test_the_shelf_life_that_was_told_last_is_on_file() -> None:
    made = desk().dossier()
    unit = made.units[0]
    told = tuple(
        Logged("retention", str(unit.id), SHELF_LIFE, moment(), "user:officer", {"expires_on": f"2027-0{month}-01"})
        for month in (1, 2)
    )
    log = (*made.log, *told)
    assert codes(replace(made, log=log)) == ["unit_altered"]
    known = replace(unit, expires_on=date(2027, 2, 1))
    assert codes(replace(made, log=log, units=(known, *made.units[1:]))) == []


def test_a_fault_is_plain_json() -> None:
    made = desk()
    [fault] = custody_faults(last_fault(made))
    assert fault.to_json() == {
        "code": "ledger_differs", "subject": "S26-000001-A", "seq": 1,
        "zh": "S26-000001-A 第 1 条记录与账本中登记的哈希不符。",
        "en": "Entry 1 of S26-000001-A is not the one that the ledger holds.",
    }  # fmt: skip


def last_fault(made: Desk) -> Dossier:
    return other_in_the_ledger(made, made.dossier())


def test_a_handover_that_only_the_log_tells_of_is_missing() -> None:
    made = desk()
    made.tell("unit", str(made.units[0].id), UnitEvent.PASSED_ON, 7, {"seq": 6, "hash": "x"})
    assert codes(made.dossier()) == ["entry_missing"]
