"""A cover: the identity under which a shopper orders; its values never reach a log."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Cover:
    """One buyer's account at a shop, and where the parcel goes."""

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

    def __repr__(self) -> str:
        return "Cover(...)"

    def values(self) -> dict[str, str]:
        """Give the values by the names that the steps of a site use, `cover.first_name` and so on."""
        return {f"cover.{name}": value for name, value in asdict(self).items()}
