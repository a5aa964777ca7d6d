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
    mpn: str | None = None
    """The maker's own number of the part."""
    variants: tuple[str, ...] = ()
    """What can be chosen, as the page names it: sizes, colours, packs."""
    licence: str | None = None
    """The number of a production licence, registration or filing, as printed."""
    certificates: tuple[str, ...] = ()
    """The marks of conformity named in the text: 3C, CE, UKCA ..."""
    sales: int | None = None
    """How many the page says were sold."""
    reviews: int | None = None
    marked_price: Money | None = None
    """The price stated for machines, which need not be the one shown."""
    picture_hashes: dict[str, str] = field(default_factory=dict)
    """The SHA-256 of each picture that was recorded, by its address."""
    sources: dict[str, str] = field(default_factory=dict)
    """Where each field was read: json-ld, microdata, rdfa, open-graph, state, page, site rule ..."""
    sureness: dict[str, int] = field(default_factory=dict)
    """How sure each field is, 0 to 100: 90 and above was read in two places that agree or by a site's own rule,
    70 and above was read in one good place, below 50 is inferred."""

    @property
    def id(self) -> str:
        """The canonical id, `platform:item_id`."""
        return canonical_id(self.platform, self.item_id)


def canonical_id(platform: str, item_id: str) -> str:
    """Give `platform:item_id`, each part in NFC and trimmed; an empty one or control characters raise ValueError."""
    return f"{canonical_text(platform)}:{canonical_text(item_id)}"


def canonical_text(text: str) -> str:
    """Give a part of an id in NFC, trimmed; an empty one and control or format characters raise ValueError."""
    plain = composed(text.strip())
    if any(unicodedata.category(char) in {"Cc", "Cf"} for char in plain):
        raise ValueError("the id holds a control character")
    if not plain:
        raise ValueError("the id is empty")
    return plain


def composed(text: str) -> str:
    """Give the text in NFC, so that two ways to write a letter are one."""
    return unicodedata.normalize("NFC", text)


def gtin_is_valid(code: str) -> bool:
    """Tell whether a GTIN-8, -12, -13 or -14 carries the right check digit (GS1 General Specifications 7.9)."""
    if not (code.isascii() and code.isdigit() and len(code) in {8, 12, 13, 14}):
        return False
    body = [int(digit) for digit in reversed(code[:-1])]
    total = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(body))
    return (10 - total % 10) % 10 == int(code[-1])
