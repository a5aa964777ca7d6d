"""A budget on paper: what each entry does to an account and to the money of an order, and what is refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.budget import (
    Account,
    MoneyEntry,
    MoneyKind,
    MoneyStep,
    Reimbursement,
    ReservationState,
    opened,
    reimbursements,
    state_of,
    total,
)
from sampling.cashbook import entries_csv, reimbursements_csv
from sampling.errors import IllegalMove, MixedCurrencies, OverBudget, SamplingError, WrongEntry
from sampling.money import Money

CAMPAIGN, ORDER = UUID(int=1), UUID(int=2)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
S, K, R = MoneyStep, MoneyKind, ReservationState


def cny(amount: Decimal | str | int) -> Money:
    return Money(Decimal(amount), "CNY")


def entry(step: MoneyStep, amount: str, held: str = "0", kind: MoneyKind = K.PAYMENT) -> MoneyEntry:
    order = None if kind in (K.PREPAYMENT, K.RETURNED) else ORDER
    return MoneyEntry(CAMPAIGN, order, "shopper", kind, step, cny(amount), cny(held), "k", "", "", "u", AT)


HELD = entry(S.RESERVED, "60", "60")
PAID = entry(S.COMMITTED, "65", "-60")
FREIGHT, FEE = entry(S.ENTERED, "5", kind=K.FREIGHT), entry(S.ENTERED, "1", kind=K.FEE)
BACK, GIVEN = entry(S.ENTERED, "65", kind=K.REFUND), entry(S.ENTERED, "90", kind=K.PREPAYMENT)
GIVEN_BACK = entry(S.ENTERED, "40", kind=K.RETURNED)
FREED, SETTLED = entry(S.RELEASED, "60", "-60"), entry(S.SETTLED, "0")

CHARGED_MORE = (HELD, entry(S.RESERVED, "40", "40"), entry(S.COMMITTED, "80", "-60"))
CHARGED_LESS = entry(S.COMMITTED, "20", "-40")

# entries: (reserved, spent, refunded, advanced, excess, left)
ACCOUNTS: list[tuple[Sequence[MoneyEntry], tuple[int, ...]]] = [
    ((), (0, 0, 0, 0, 0, 100)),
    ((HELD,), (60, 0, 0, 0, 0, 40)),
    ((HELD, FREED), (0, 0, 0, 0, 0, 100)),
    ((HELD, PAID, FREIGHT, FEE), (0, 71, 0, 0, 0, 29)),
    ((HELD, PAID, BACK), (0, 65, 65, 0, 0, 100)),
    ((GIVEN, HELD), (60, 0, 0, 90, 0, 40)),
    ((GIVEN, GIVEN_BACK, HELD, GIVEN_BACK), (60, 0, 0, 10, 0, 40)),
    ((GIVEN, replace(GIVEN_BACK, amount=cny(90)), GIVEN), (0, 0, 0, 90, 0, 100)),
    ((HELD, replace(PAID, amount=cny(110))), (0, 110, 0, 0, 10, -10)),
    ((HELD, replace(PAID, amount=cny(110)), BACK), (0, 110, 65, 0, 0, 55)),
    (CHARGED_MORE, (40, 80, 0, 0, 20, -20)),
    ((*CHARGED_MORE, CHARGED_LESS), (0, 100, 0, 0, 0, 0)),
]


@pytest.mark.parametrize(("entries", "sums"), ACCOUNTS)
def test_an_account_is_the_sum_of_its_entries(entries: Sequence[MoneyEntry], sums: tuple[int, ...]) -> None:
    now = total(cny(100), entries)
    found = (now.reserved, now.spent, now.refunded, now.advanced, now.excess, now.left)
    assert found == tuple(map(cny, sums))
    assert now.used == cny(100) - now.left


REFUSED: list[tuple[Sequence[MoneyEntry], MoneyEntry, type[SamplingError], str]] = [
    ((HELD,), HELD, OverBudget, "60 CNY is more than the 40 CNY left of 100 CNY"),
    ((HELD, replace(PAID, amount=cny(110))), FEE, OverBudget, "left of 100 CNY"),
    ((*CHARGED_MORE, CHARGED_LESS), entry(S.RESERVED, "15", "15"), OverBudget, "15 CNY is more than the 0 CNY left"),
    ((GIVEN,), GIVEN, OverBudget, "180 CNY would be given to shoppers, the budget is 100 CNY"),
    ((GIVEN, GIVEN_BACK, GIVEN_BACK), GIVEN_BACK, WrongEntry, "returned than shoppers were given"),
    ((HELD,), BACK, WrongEntry, "than was reserved or paid"),
    ((), FREED, WrongEntry, "than was reserved or paid"),
    ((), replace(HELD, amount=Money(Decimal(1), "EUR")), MixedCurrencies, "enter what it came to in CNY"),
]


@pytest.mark.parametrize(("before", "added", "error", "said"), REFUSED)
def test_an_account_refuses(
    before: Sequence[MoneyEntry], added: MoneyEntry, error: type[SamplingError], said: str
) -> None:
    with pytest.raises(error, match=said):
        total(cny(100), before).add(added)


ORDERS: list[tuple[Sequence[MoneyEntry], tuple[ReservationState, int, int]]] = [
    ((HELD,), (R.RESERVED, 60, 0)),
    ((HELD, FREED), (R.RELEASED, 0, 0)),
    ((HELD, PAID, FREIGHT), (R.COMMITTED, 0, 70)),
    ((HELD, PAID, SETTLED, FEE), (R.SETTLED, 0, 66)),
    ((HELD, PAID, BACK, entry(S.RELEASED, "0")), (R.RELEASED, 0, 0)),
]


@pytest.mark.parametrize(("entries", "now"), ORDERS)
def test_the_money_of_an_order_follows_its_entries(
    entries: Sequence[MoneyEntry], now: tuple[ReservationState, int, int]
) -> None:
    found = state_of(entries)
    assert found is not None
    assert (found.state, found.held, found.net) == (now[0], cny(now[1]), cny(now[2]))


@pytest.mark.parametrize(
    ("entries", "error"),
    [
        ((FEE,), WrongEntry),
        ((HELD, HELD), IllegalMove),
        ((HELD, SETTLED), IllegalMove),
        ((HELD, FREED, PAID), IllegalMove),
        ((HELD, PAID, PAID), IllegalMove),
        ((HELD, PAID, SETTLED, FREED), IllegalMove),
        ((HELD, replace(PAID, held=cny(-61))), WrongEntry),
        ((HELD, PAID, BACK, BACK), WrongEntry),
    ],
)
def test_an_order_refuses_what_cannot_follow(entries: Sequence[MoneyEntry], error: type[SamplingError]) -> None:
    with pytest.raises(error):
        state_of(entries)
    assert state_of(()) is None


AMOUNTS = st.integers(1, 5_000).map(lambda cents: Decimal(cents) / 100)


@given(st.lists(st.tuples(st.sampled_from(["reserve", "charge", "free", "fee", "refund"]), AMOUNTS), max_size=40))
def test_whatever_is_asked_in_whatever_order_the_budget_holds(asked: list[tuple[str, Decimal]]) -> None:
    account = opened(cny(100))
    for what, amount in asked:
        text = str(amount)
        added = {
            "reserve": entry(S.RESERVED, text, text),
            "charge": entry(S.COMMITTED, str(amount * 3), f"-{text}"),
            "free": entry(S.RELEASED, text, f"-{text}"),
            "fee": entry(S.ENTERED, text, kind=K.FEE),
            "refund": entry(S.ENTERED, text, kind=K.REFUND),
        }[what]
        before = account
        try:
            account = account.add(added)
        except SamplingError:
            assert account is before
        assert account.left.amount <= 100
        assert what == "charge" or account.left.amount >= min(before.left.amount, Decimal(0))
        assert account.excess.amount == max(-account.left.amount, Decimal(0))


def test_each_shopper_is_owed_what_was_paid_and_not_given() -> None:
    other = replace(PAID, shopper="another", amount=cny(7))
    assert reimbursements([HELD, PAID, FREIGHT, GIVEN, other, replace(HELD, shopper="idle")]) == (
        Reimbursement("another", cny(7), cny(0), cny(0)),
        Reimbursement("shopper", cny(70), cny(0), cny(90)),
    )
    assert [one.owed for one in reimbursements([PAID, GIVEN, BACK])] == [cny(-90)]
    assert [one.owed for one in reimbursements([PAID, GIVEN, BACK, GIVEN_BACK])] == [cny(-50)]


def test_the_tables_open_in_a_spreadsheet_and_run_nothing() -> None:
    noted = replace(BACK, reference="+86", note="=1+1", shopper="@shopper")
    lines = entries_csv([HELD, noted, GIVEN], {ORDER: "S26-000001"}).decode("utf-8-sig").splitlines()
    assert lines[1:] == [
        "2026-03-02T01:00:00+00:00,reserved,payment,60,60,CNY,S26-000001,shopper,,,u",
        "2026-03-02T01:00:00+00:00,entered,refund,65,0,CNY,S26-000001,'@shopper,'+86,'=1+1,u",
        "2026-03-02T01:00:00+00:00,entered,prepayment,90,0,CNY,,shopper,,,u",
    ]
    owed = reimbursements_csv(reimbursements([PAID, GIVEN])).decode("utf-8-sig").splitlines()
    assert owed == ["shopper,paid,refunded,given,owed,currency", "shopper,65,0,90,-25,CNY"]


def test_an_account_needs_no_entries() -> None:
    assert opened(cny(5)) == Account(cny(5), *[cny(0)] * 5)
