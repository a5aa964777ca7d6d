"""An amount of money is a decimal with its currency; two currencies never meet unnoticed."""

from dataclasses import dataclass
from decimal import Decimal

from sampling.errors import MixedCurrencies


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount in one ISO 4217 currency."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, times: int) -> "Money":
        return Money(self.amount * times, self.currency)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} cannot be put together")
        return other.amount
