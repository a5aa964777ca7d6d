"""Chains of custody: each way in which one can be broken is named, and none can be made by the code that extends it."""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from sampling import chain
from sampling.chain import chain_faults, effective, extend, holder
from sampling.custody import CARRIER, STATION, BusinessStep, Handover, UnitEvent, UnitState
from sampling.digest import ORIGIN
from sampling.errors import RefusedCustody
from tests.build import moment
from tests.sampling.custodies import LAB, SHOPPER, bound, corrected, desk, entry

E = UnitEvent
SEALED = entry(1, E.SEALED, SHOPPER, STATION, 0)
SENT = entry(2, E.HANDED_OVER, STATION, CARRIER, 1)
CAME = entry(3, E.ARRIVED, CARRIER, LAB, 2)
CORRECTION = replace(SENT, seq=4, corrects=2, reason="wrong gate", place="gate 2", recorded_at=moment(3))


def found(*entries: Handover) -> list[tuple[str, int]]:
    return [(fault.code, fault.seq) for fault in chain_faults("U", bound(*entries))]


# entries as they follow each other, and what is wrong with them
CHAINS: list[tuple[Sequence[Handover], list[tuple[str, int]]]] = [
    ((), []),
    ((SEALED, SENT, CAME), []),
    ((SEALED, replace(SENT, at=moment(0))), []),
    ((SEALED, SENT, CAME, CORRECTION), []),
    ((SEALED, SENT, CAME, CORRECTION, replace(CORRECTION, seq=5, place="gate 3")), []),
    ((SEALED, replace(SENT, seq=3)), [("missing_handover", 2)]),
    ((SEALED, replace(SENT, at=moment(-1))), [("time_goes_back", 2)]),
    ((SEALED, replace(SENT, at=moment(6))), [("wrong_clock", 2)]),
    ((SEALED, replace(SENT, at=moment(1) + timedelta(minutes=5))), []),
    ((SEALED, replace(SENT, released_by="thief")), [("unknown_holder", 2)]),
    ((SEALED, replace(CAME, seq=2, released_by=STATION)), [("illegal_move", 2)]),
    ((SEALED, entry(2, E.INSPECTED, STATION, "thief", 1)), [("silent_passing", 2)]),
    ((SEALED, SENT, CAME, replace(CORRECTION, corrects=9)), [("wrong_correction", 4)]),
    ((SEALED, SENT, CAME, replace(CORRECTION, corrects=4)), [("wrong_correction", 4)]),
    ((SEALED, SENT, CAME, replace(CORRECTION, reason=None)), [("wrong_correction", 4)]),
    ((SEALED, SENT, CAME, replace(CORRECTION, seal_ok=True)), [("wrong_correction", 4)]),
    ((SEALED, SENT, CAME, replace(CORRECTION, received_by="thief")), [("unknown_holder", 3)]),
    # what was written down at one o'clock did not happen a quarter past
    ((SEALED, SENT, CAME, replace(CORRECTION, at=moment(1.25))), [("wrong_clock", 4)]),
    ((SEALED, SENT, CAME, replace(CORRECTION, at=moment(0.5))), []),
]


@pytest.mark.parametrize(("entries", "broken"), CHAINS)
def test_a_break_in_the_chain_is_named(entries: Sequence[Handover], broken: list[tuple[str, int]]) -> None:
    assert found(*entries) == broken


OTHER: dict[type, Callable[[Any], Any]] = {
    str: lambda text: text + "x",
    int: lambda number: number + 1,
    bool: lambda flag: not flag,
    type(moment()): lambda at: at - timedelta(microseconds=1),
    Decimal: lambda number: number + Decimal("0.1"),
    tuple: lambda digests: (*digests, "ef" * 32),
    UUID: lambda id_: UUID(int=id_.int + 1),
    UnitEvent: lambda event: E.LOST if event is not E.LOST else E.ARRIVED,
    BusinessStep: lambda step: BusinessStep.OTHER if step is not BusinessStep.OTHER else BusinessStep.STORING,
}

ODD = {"seal_no": "x", "old_seal_no": "y", "seal_ok": True, "temperature": Decimal(4), "corrects": 1, "reason": "x"}
"""What stands where nothing stood."""


@pytest.mark.parametrize("name", [field.name for field in fields(Handover)])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_no_field_of_an_entry_can_be_another(name: str, place: int) -> None:
    made = desk()
    corrected(made)
    whole = made.chains[made.units[0].id]
    value = getattr(whole[place], name)
    changed = list(whole)
    other = ODD[name] if value is None else OTHER[type(value)](value)
    change: dict[str, Any] = {name: other}
    changed[place] = replace(whole[place], **change)
    assert chain_faults("U", whole) == ()
    assert chain_faults("U", changed) != ()


def test_an_entry_from_before_the_hashes_is_told_as_such() -> None:
    assert [one.code for one in chain_faults("U", [SEALED])] == ["unbound"]


def test_an_entry_that_does_not_continue_from_the_one_before_is_unlinked() -> None:
    first, second = chain.bound(SEALED, ORIGIN), chain.bound(SENT, ORIGIN)
    assert [(one.code, one.seq) for one in chain_faults("U", [first, second])] == [("unlinked", 2)]


# what somebody tries to write after the sealing, and why it is refused
REFUSED = [
    (replace(SENT, released_by="somebody"), "unknown_holder", "somebody"),
    (replace(SENT, at=moment(6)), "wrong_clock", "clock"),
    (replace(SENT, at=moment(-5)), "time_goes_back", "before"),
    (replace(SENT, event=E.TESTED, received_by=STATION), "illegal_move", "not possible"),
    (replace(SENT, event=E.GIVEN_BACK, received_by=STATION), "given_to_nobody", "very party"),
]


@pytest.mark.parametrize(("tried", "code", "word"), REFUSED)
def test_what_would_break_a_chain_is_refused_with_a_sentence(tried: Handover, code: str, word: str) -> None:
    with pytest.raises(RefusedCustody, match=word) as refused:
        extend("S26-000001-A", bound(SEALED), tried)
    assert refused.value.code == code
    assert "S26-000001-A" in refused.value.sentence.zh


def test_an_old_fault_does_not_stop_the_work() -> None:
    old = [replace(SEALED, hash="", prev_hash="")]
    assert extend("U", old, SENT).prev_hash == ""


def test_the_newest_correction_counts_and_the_holder_follows_from_it() -> None:
    again = replace(CORRECTION, seq=5, place="gate 3", received_by="another carrier")
    entries = bound(SEALED, SENT, replace(CORRECTION, seq=3), replace(again, seq=4))
    assert [(one.seq, one.place) for one in effective(entries)] == [(1, "station"), (4, "gate 3")]
    assert holder(entries) == "another carrier"
    assert holder(()) is None


def test_the_entries_lead_to_the_state() -> None:
    assert chain.state((SEALED, SENT, CAME)) is UnitState.AT_LAB
    assert chain.state((CAME,)) is None
