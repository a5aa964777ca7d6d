"""A cover: it shows nothing of itself, and a card's number is refused wherever it was typed."""

from dataclasses import asdict, replace

import pytest

from sampling.cover import KNOWN, NEEDED, Cover
from sampling.errors import WrongCover

COVER = Cover("lin", "secret", "Yue", "Lin", "18 Xinhua Rd", "Hangzhou", "310012", "+8613800000000", "l@x.test", "CN")


def test_no_value_is_shown_and_each_is_named_for_the_steps() -> None:
    assert repr(COVER) == "Cover(...)"
    assert COVER.values() == {f"cover.{name}": value for name, value in asdict(COVER).items()}
    assert {"payment_method", "payment_label", "payment_digits", "device"} == KNOWN - NEEDED


@pytest.mark.parametrize("digits", ["", "4", "4242"])
def test_the_last_digits_of_a_card_are_taken(digits: str) -> None:
    assert replace(COVER, payment_digits=digits, payment_label="blue card 12/2027").payment_digits == digits


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("payment_digits", "42424"),
        ("payment_digits", "x1"),
        ("payment_label", "4242 4242 4242 4242"),
        ("payment_method", "card 6222021234567890123"),
        ("device", "phone with 4000-0566-5566-5556 on it"),
        ("payment_label", "4242  4242  4242  4242"),
        ("payment_label", "4242.4242.4242.4242"),
        ("payment_label", "4242 - 4242 / 4242_4242"),
        ("payment_label", "４２４２４２４２４２４２４２４２"),
        ("payment_method", "①②③④ 5678 9012"),
    ],
)
def test_a_card_number_is_refused_and_not_repeated(field: str, value: str) -> None:
    with pytest.raises(WrongCover) as refused:
        replace(COVER, **{field: value})
    assert value not in str(refused.value)
