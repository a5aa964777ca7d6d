"""A campaign's budget: money is reserved before an order, committed when paid, and every movement is one entry."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sampling.errors import IllegalMove, MixedCurrencies, OverBudget, WrongEntry
from sampling.lifecycle import Lifecycle
from sampling.money import Money


class MoneyKind(StrEnum):
    """What an amount was for; a prepayment is what a shopper was given, before an order or after it.

    What a shopper gave back of it is returned: refunded is what a shop gave back.
    """

    PREPAYMENT = "prepayment"
    RETURNED = "returned"
    PAYMENT = "payment"
    FREIGHT = "freight"
    REFUND = "refund"
    FEE = "fee"


class MoneyStep(StrEnum):
    """What an entry does: the four steps of a reservation, or an amount entered beside them."""

    RESERVED = "reserved"
    COMMITTED = "committed"
    SETTLED = "settled"
    RELEASED = "released"
    ENTERED = "entered"


class ReservationEvent(StrEnum):
    """What happened to the money held for one order; the entry that says so has the step of this name."""

    COMMITTED = "committed"
    SETTLED = "settled"
    RELEASED = "released"


class ReservationState(StrEnum):
    """Where the money for one order stands; `committed` waits for the goods, or for a refund."""

    RESERVED = "reserved"
    COMMITTED = "committed"
    SETTLED = "settled"
    RELEASED = "released"


_S, _E, _K, _M = ReservationState, ReservationEvent, MoneyKind, MoneyStep

RESERVATION: Lifecycle[ReservationState, ReservationEvent] = Lifecycle(
    noun="reservation",
    initial=_S.RESERVED,
    moves={
        (_S.RESERVED, _E.COMMITTED): _S.COMMITTED,
        (_S.RESERVED, _E.RELEASED): _S.RELEASED,
        (_S.COMMITTED, _E.SETTLED): _S.SETTLED,
        (_S.COMMITTED, _E.RELEASED): _S.RELEASED,
    },
)


@dataclass(frozen=True, slots=True)
class MoneyEntry:
    """One movement of a campaign's money; it is never changed, and its key is used once."""

    campaign_id: UUID
    purchase_id: UUID | None
    """None for a prepayment and its return: they are for no one order."""
    shopper: str
    kind: MoneyKind
    step: MoneyStep
    amount: Money
    held: Money
    """By how much it changes what is reserved; below zero where a hold ends."""
    key: str
    reference: str
    """The number of the receipt; empty where no person entered one."""
    note: str
    by: str
    at: datetime

    @property
    def paid(self) -> Decimal:
        """What left the budget with it."""
        is_paid = self.step is _M.COMMITTED or self.kind in (_K.FREIGHT, _K.FEE)
        return self.amount.amount if is_paid else Decimal(0)

    @property
    def refunded(self) -> Decimal:
        """What came back with it."""
        return self.amount.amount if self.kind is _K.REFUND else Decimal(0)

    @property
    def advanced(self) -> Decimal:
        """What a shopper was given with it; below zero where it was given back."""
        match self.kind:
            case _K.PREPAYMENT:
                return self.amount.amount
            case _K.RETURNED:
                return -self.amount.amount
            case _:
                return Decimal(0)


@dataclass(frozen=True, slots=True)
class Account:
    """The sums of a campaign's entries in its currency; `excess` is what shops charged beyond the budget."""

    budget: Money
    reserved: Money
    spent: Money
    refunded: Money
    advanced: Money
    excess: Money

    @property
    def used(self) -> Money:
        """What is not free any more: reserved or paid, and not come back."""
        return self.reserved + self.spent - self.refunded

    @property
    def left(self) -> Money:
        """What may still be reserved; below zero where shops charged more than was reserved."""
        return self.budget - self.used

    def add(self, entry: MoneyEntry) -> "Account":
        """Give the account after an entry.

        OverBudget is raised for what the budget does not hold, but for what a shop has charged already: that is
        true, and counts as excess. MixedCurrencies is raised for any other currency, WrongEntry for a negative sum.
        """
        if entry.amount.currency != self.budget.currency:
            raise MixedCurrencies(
                f"the budget is in {self.budget.currency}, so {entry.amount} is refused: enter what it came to in "
                f"{self.budget.currency}"
            )
        after = replace(
            self,
            reserved=self.reserved + entry.held,
            spent=self._more(self.spent, entry.paid),
            refunded=self._more(self.refunded, entry.refunded),
            advanced=self._more(self.advanced, entry.advanced),
        )
        over = max(-after.left.amount, Decimal(0))
        excess = over if entry.step is _M.COMMITTED else min(self.excess.amount, over)
        if over > excess:
            raise OverBudget(f"{entry.amount} is more than the {self.left} left of {self.budget}")
        after = replace(after, excess=Money(excess, self.budget.currency))
        return after.checked(given=entry.kind is _K.PREPAYMENT)

    def checked(self, *, given: bool) -> "Account":
        """Give the account itself, or raise: no sum falls below zero, no more comes back than was paid or given."""
        if min(self.reserved.amount, self.spent.amount - self.refunded.amount) < 0:
            raise WrongEntry("more would be released or refunded than was reserved or paid")
        if self.advanced.amount < 0:
            raise WrongEntry("more would be returned than shoppers were given")
        if given and not self.advanced <= self.budget + self.excess:
            raise OverBudget(f"{self.advanced} would be given to shoppers, the budget is {self.budget}")
        return self

    def _more(self, sum_: Money, amount: Decimal) -> Money:
        return sum_ + Money(amount, self.budget.currency)


@dataclass(frozen=True, slots=True)
class Reservation:
    """The money of one order: what is still held for it, what was paid and what came back."""

    state: ReservationState
    held: Money
    paid: Money
    """What the shop charged."""
    beside: Money
    """Freight and fees that were entered beside it."""
    refunded: Money

    @property
    def net(self) -> Money:
        """What the order costs as far as is known."""
        return self.paid + self.beside - self.refunded

    def follow(self, entry: MoneyEntry) -> "Reservation":
        """Give where it stands after an entry; IllegalMove or WrongEntry is raised for one that cannot follow."""
        state = self.state if entry.step is _M.ENTERED else _moved(self.state, entry.step)
        moved, back = Money(entry.paid, entry.amount.currency), Money(entry.refunded, entry.amount.currency)
        after = replace(self, state=state, held=self.held + entry.held, refunded=self.refunded + back)
        if entry.step is _M.ENTERED:
            after = replace(after, beside=self.beside + moved)
        else:
            after = replace(after, paid=self.paid + moved)
        if min(after.held.amount, after.net.amount) < 0:
            raise WrongEntry("more would be released or refunded than was reserved or paid for this order")
        return after


@dataclass(frozen=True, slots=True)
class Reimbursement:
    """What one shopper paid, had back and holds of what was given; owed is below zero where too much was given."""

    shopper: str
    paid: Money
    refunded: Money
    advanced: Money

    @property
    def owed(self) -> Money:
        """What the shopper is still to be given."""
        return self.paid - self.refunded - self.advanced


def opened(budget: Money) -> Account:
    """Give the account of a campaign that nothing was entered for."""
    none = Money(Decimal(0), budget.currency)
    return Account(budget, none, none, none, none, none)


def total(budget: Money, entries: Iterable[MoneyEntry]) -> Account:
    """Give the account that the entries lead to, in their order.

    One budget holds for all of them: it is fixed when the plan is approved, and nothing is bought before that.
    """
    account = opened(budget)
    for entry in entries:
        account = account.add(entry)
    return account


def state_of(entries: Iterable[MoneyEntry]) -> Reservation | None:
    """Give where the money of an order stands after its entries; None where nothing was reserved."""
    now: Reservation | None = None
    for entry in entries:
        now = _begun(entry) if now is None else now.follow(entry)
    return now


def reimbursements(entries: Iterable[MoneyEntry]) -> tuple[Reimbursement, ...]:
    """Give what each shopper is owed, in the order of names; who only has money reserved is left out."""
    found: dict[str, Reimbursement] = {}
    for entry in entries:
        if entry.paid or entry.refunded or entry.advanced:
            currency = entry.amount.currency
            none = Money(Decimal(0), currency)
            one = found.get(entry.shopper, Reimbursement(entry.shopper, none, none, none))
            found[entry.shopper] = replace(
                one,
                paid=one.paid + Money(entry.paid, currency),
                refunded=one.refunded + Money(entry.refunded, currency),
                advanced=one.advanced + Money(entry.advanced, currency),
            )
    return tuple(found[name] for name in sorted(found))


def _moved(state: ReservationState, step: MoneyStep) -> ReservationState:
    if step is _M.RESERVED:
        raise IllegalMove(f"{RESERVATION.noun}: {step} is not possible in state {state}")
    return RESERVATION.move(state, ReservationEvent(step.value))


def _begun(entry: MoneyEntry) -> Reservation:
    if entry.step is not _M.RESERVED:
        raise WrongEntry(f"nothing is reserved that could be {entry.step}")
    none = Money(Decimal(0), entry.amount.currency)
    return Reservation(RESERVATION.initial, entry.held, none, none, none)
