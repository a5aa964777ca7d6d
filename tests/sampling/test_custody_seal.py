"""Seal numbers: a slip of the finger shows, and a number of ours is never taken for somebody else's."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.errors import WrongSealNumber
from sampling.seal import ALPHABET, MOST, SealKind, check_character, is_ours, numbered, read_number

SERIALS = st.integers(1, MOST)
ISSUED = st.builds(numbered, st.sampled_from(SealKind), SERIALS).filter(bool)


# a text with its check character by ISO 7064 MOD 37-2: the donation number is the example of ISBT 128
@pytest.mark.parametrize(("text", "sign"), [("G123498654321", "H"), ("A12425GABC1234002", "5")])
def test_the_check_character_is_that_of_the_standard(text: str, sign: str) -> None:
    assert check_character(text) == sign


@given(ISSUED)
def test_an_issued_number_reads_as_itself_however_it_is_typed(number: str) -> None:
    assert is_ours(number)
    assert read_number(f" {number[:3].lower()} {number[3:]} ") == number


@settings(max_examples=40)
@given(ISSUED)
def test_every_swap_and_every_other_sign_is_seen(number: str) -> None:
    slips = {number[:i] + number[j] + number[i + 1 : j] + number[i] + number[j + 1 :]
             for gap in (1, 2) for i, j in zip(range(len(number)), range(gap, len(number)), strict=False)}  # fmt: skip
    slips |= {number[:place] + sign + number[place + 1 :] for place in range(len(number)) for sign in ALPHABET}
    for slip in slips - {number}:
        with pytest.raises(WrongSealNumber):
            read_number(slip)


@given(ISSUED, st.data())
def test_a_sign_too_few_or_too_many_is_seen(number: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(number) - 1))
    with pytest.raises(WrongSealNumber):
        read_number(number[:place] + number[place + 1 :])
    with pytest.raises(WrongSealNumber):
        read_number(number[:place] + number[place] + number[place:])


# what is typed, and what is kept: a seal that somebody else made keeps the number of its maker
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("klinger 0042-7", "KLINGER0042-7"), ("Ａ１２３", "A123"), ("MS1", "MS1"), ("HU/77.1", "HU/77.1")],
)
def test_a_foreign_number_is_taken_as_it_is(typed: str, kept: str) -> None:
    assert read_number(typed) == kept


@pytest.mark.parametrize("typed", ["", "-1", "A" * 41, "seal;drop", "封条1"])
def test_what_is_no_number_is_refused_in_both_languages(typed: str) -> None:
    with pytest.raises(WrongSealNumber, match="is no seal number") as refused:
        read_number(typed)
    assert "不是封签号" in refused.value.sentence.zh


@pytest.mark.parametrize("serial", [0, -1, MOST + 1])
def test_a_serial_has_seven_digits(serial: int) -> None:
    with pytest.raises(ValueError, match="from 1 to"):
        numbered(SealKind.BAG, serial)


def test_a_serial_whose_check_character_would_be_the_star_is_left_out() -> None:
    assert check_character("MSL0000008") == "*"
    assert numbered(SealKind.BOLT, 8) is None
