"""Packs as sellers write them; what is not certain is not guessed."""

from decimal import Decimal

import pytest

from sampling.pack import Pack, read_pack
from sampling.weights import load


@pytest.mark.parametrize(
    ("text", "amount", "basis"),
    [
        ("500g", "500", "g"),
        (" 1.5 KG ", "1500", "g"),
        ("2斤", "1000", "g"),
        ("250mg", "0.25", "g"),
        ("100克×3袋", "300", "g"),
        ("250ml*12", "3000", "ml"),
        ("12 x 250 ml", "3000", "ml"),
        ("1.25升", "1250", "ml"),
        ("24片", "24", "piece"),
        ("130抽*24包", "3120", "piece"),
    ],
)
def test_a_pack_is_read(text: str, amount: str, basis: str) -> None:
    assert read_pack(text, load().packs) == Pack(Decimal(amount), basis)


@pytest.mark.parametrize(
    "text", ["", "大", "500", "g", "0g", "500g左右", "3 boxes", "1-2kg", "500g*", "100g×3x", "5oz"]
)
def test_what_is_not_certain_is_not_guessed(text: str) -> None:
    assert read_pack(text, load().packs) is None
