"""A listing: one offer of one seller on one platform, as its page shows it."""

import unicodedata
from dataclasses import dataclass, field

from sampling.money import Money


@dataclass(frozen=True, slots=True)
class Listing:
    """What a catalogue or product page says of one offer; None where it says nothing."""

    platform: str
    item_id: str
    url: str
    title: str
    category: str | None = None
    price: Money | None = None
    seller: str | None = None
    shop_id: str | None = None
    brand: str | None = None
    model: str | None = None
    batch: str | None = None
    gtin: str | None = None
    sku: str | None = None
    available: bool | None = None
    pictures: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    sources: dict[str, str] = field(default_factory=dict)
    """Where each field was read: json-ld, microdata, page, site rule."""

    @property
    def id(self) -> str:
        """The canonical id, `platform:item_id`."""
        return canonical_id(self.platform, self.item_id)


def canonical_id(platform: str, item_id: str) -> str:
    """Give `platform:item_id` in NFC, trimmed; ids with control characters raise ValueError."""
    text = unicodedata.normalize("NFC", f"{platform.strip()}:{item_id.strip()}")
    if any(unicodedata.category(char) in {"Cc", "Cf"} for char in text):
        raise ValueError("the id holds a control character")
    if text.startswith(":") or text.endswith(":"):
        raise ValueError("the id is empty")
    return text


def gtin_is_valid(code: str) -> bool:
    """Tell whether a GTIN-8, -12, -13 or -14 carries the right check digit (GS1 General Specifications 7.9)."""
    if not (code.isascii() and code.isdigit() and len(code) in {8, 12, 13, 14}):
        return False
    body = [int(digit) for digit in reversed(code[:-1])]
    total = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return (10 - total % 10) % 10 == int(code[-1])
