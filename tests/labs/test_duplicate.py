"""Blind duplicates: the lot that picks samples, and what stands against planning or sending one."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from labs import method
from labs.duplicate import draw_samples, plan_refusal, seed_of, send_refusal
from sampling.custody import Role, Unit, UnitState
from sampling.sample import SampleState

S, U = SampleState, UnitState
CODES = tuple(f"S26-{number:06d}" for number in range(1, 41))
NOBODY = UUID(int=0)


@pytest.mark.parametrize(("share", "number"), [("0.1", 4), ("0.01", 1), ("0.26", 11), ("1", 40)])
def test_a_share_is_drawn_and_at_least_one(share: str, number: int) -> None:
    seed = seed_of("1" * 64, "C2026-001/1")
    drawn = draw_samples(seed, CODES, Decimal(share))
    assert (len(drawn), list(drawn)) == (number, sorted(drawn))
    assert set(drawn) <= set(CODES)
    assert draw_samples(seed, CODES[::-1], Decimal(share)) == drawn


def test_each_lot_has_a_seed_of_its_own() -> None:
    lots = {draw_samples(seed_of("1" * 64, f"C2026-001/{number}"), CODES, Decimal("0.2")) for number in (1, 2, 3)}
    assert len(lots) == 3
    assert draw_samples("seed", (), Decimal("0.5")) == ()


@pytest.mark.parametrize(
    ("state", "planned", "units", "arbitration", "code"),
    [
        (S.TARGETED, False, 3, False, None),
        (S.UNBOXED, False, 4, True, None),
        (S.UNBOXED, False, 3, True, "too_few_units"),
        (S.CAPTURED, False, 2, False, "too_few_units"),
        (S.CAPTURED, True, 3, False, "duplicate_planned"),
        (S.SEALED, False, 3, False, "sealed_without_duplicate"),
        (S.VERDICT, False, 3, False, "sealed_without_duplicate"),
        (S.SKIPPED, False, 3, False, "case_ended"),
    ],
)
def test_what_stands_against_a_plan(
    state: SampleState, planned: bool, units: int, arbitration: bool, code: str | None
) -> None:
    assert plan_refusal(state, planned=planned, units=units, arbitration=arbitration) == code


@pytest.mark.parametrize(
    ("state", "stands", "damaged", "code"),
    [
        (S.NOTICE_SENT, U.RETAINED, False, None),
        (S.FINAL, U.SEALED, False, None),
        (S.NOTICE_SENT, None, False, "no_duplicate_unit"),
        (S.NOTICE_SENT, U.COMPROMISED, False, "duplicate_spoilt"),
        (S.NOTICE_SENT, U.RETAINED, True, "duplicate_spoilt"),
        (S.VOID, U.RETAINED, False, "case_ended"),
    ],
)
def test_what_stands_against_sending_one(
    state: SampleState, stands: UnitState | None, damaged: bool, code: str | None
) -> None:
    part = Unit(NOBODY, NOBODY, "S26-000001-D", Role.DUPLICATE, stands, "F1D") if stands else None
    assert send_refusal(state, part, damaged=damaged) == code


def test_every_state_of_a_sample_has_an_answer() -> None:
    told = {state: plan_refusal(state, planned=False, units=9, arbitration=False) for state in S}
    assert set(told.values()) == {None, "case_ended", "sealed_without_duplicate"}


@pytest.mark.parametrize(
    ("item", "category", "on", "named"),
    [
        ("migratable_lead", "toys", date(2026, 3, 2), ("GB 6675.4-2014",)),
        ("migratable_lead", "toys", date(2015, 12, 31), ()),
        ("migratable_lead", "cosmetics", date(2026, 3, 2), ()),
        ("odour", "toys", date(2026, 3, 2), ()),
    ],
)
def test_an_order_names_the_methods_that_hold_on_its_day(
    item: str, category: str, on: date, named: tuple[str, ...]
) -> None:
    assert method.ordered([item], category, on) == {item: named}


def test_the_goods_own_methods_come_before_those_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("lead", "*", "A", "1"), ("lead", "toys", "B", "1"), ("lead", "toys", "B", "2"), ("tin", "*", "C", "1")]
    known = tuple(
        method.Method(*row, date(2020, 1, 1), "unconfirmed", "test", valid_to=date(2027, 1, 1)) for row in rows
    )
    monkeypatch.setattr("labs.method.methods", lambda: known)
    on = date(2026, 3, 2)
    assert method.ordered(("lead", "tin"), "toys", on) == {"lead": ("B-1", "B-2"), "tin": ("C-1",)}
    assert method.ordered(("lead",), "water", on) == {"lead": ("A-1",)}
    assert method.ordered(("lead",), "water", date(2027, 1, 2)) == {"lead": ()}


@pytest.mark.parametrize(
    ("code", "edition", "name"),
    [
        ("GB 6675.4", "2014", "GB 6675.4-2014"),
        ("GB 6675.4-2014", "2014", "GB 6675.4-2014"),
        ("GB 6675.4-2014", "*", "GB 6675.4-2014"),
        ("GB 6675.4", "*", "GB 6675.4"),
        ("GB 6675.4", "", "GB 6675.4"),
    ],
)
def test_an_order_names_a_method_with_its_edition_once(code: str, edition: str, name: str) -> None:
    assert method.named(code, edition) == name
