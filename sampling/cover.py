"""A cover: the identity under which a shopper orders; its values never reach a log."""

import re
from dataclasses import MISSING, asdict, dataclass, fields
from unicodedata import normalize

from sampling.errors import WrongCover

_DIGITS = re.compile(r"(?:\d[\W_]*){12}")
"""A card number however its digits are set apart; letters end one, as in the name of a device."""
_LAST = re.compile(r"[0-9]{0,4}")


@dataclass(frozen=True, slots=True, repr=False)
class Cover:
    """One buyer's account at a shop, where the parcel goes, how it is paid for, and from which device."""

    account: str
    password: str
    first_name: str
    last_name: str
    line1: str
    city: str
    postcode: str
    phone: str
    email: str
    country: str
    payment_method: str = ""
    """What the shop calls the way of paying, such as `wallet` or `debit card`."""
    payment_label: str = ""
    """By which name the shopper knows the card or wallet."""
    payment_digits: str = ""
    """Its last four digits at most; the number itself is on the card and nowhere else."""
    device: str = ""
    """The telephone or browser from which the account is used."""

    def __post_init__(self) -> None:
        if not _LAST.fullmatch(self.payment_digits):
            raise WrongCover("payment_digits holds the last four digits at most")
        if any(
            _DIGITS.search(normalize("NFKC", text)) for text in (self.payment_method, self.payment_label, self.device)
        ):
            raise WrongCover("a cover holds no card number: keep its last four digits alone")

    def __repr__(self) -> str:
        return "Cover(...)"

    def values(self) -> dict[str, str]:
        """Give the values by the names that the steps of a site use, `cover.first_name` and so on."""
        return {f"cover.{name}": value for name, value in asdict(self).items()}


NEEDED = frozenset(field.name for field in fields(Cover) if field.default is MISSING)
KNOWN = frozenset(field.name for field in fields(Cover))
"""The fields that a cover must have, and those that it may have."""
