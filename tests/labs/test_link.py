"""Receipt links: a link opens what it says until it ends, and no other key or sign of it opens anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.errors import WrongLink
from labs.link import Link, read_token, token

KEY, OTHER = b"k" * 32, b"o" * 32
ENDS = datetime(2026, 12, 24, 12, 0, tzinfo=UTC)
LINK = Link(UUID(int=1), UUID(int=2), ENDS)
BEFORE = ENDS - timedelta(seconds=1)


def test_a_link_says_what_it_opens_until_it_ends() -> None:
    made = token(KEY, LINK)
    assert (read_token(KEY, made, BEFORE), made) == (LINK, token(KEY, LINK))
    with pytest.raises(WrongLink, match="expired"):
        read_token(KEY, made, ENDS)
    with pytest.raises(WrongLink, match="forged"):
        read_token(OTHER, made, BEFORE)


@given(place=st.integers(0, 95), sign=st.sampled_from("AB01-_"))
def test_no_sign_of_it_can_be_another(place: int, sign: str) -> None:
    made = token(KEY, LINK)
    changed = made[:place] + sign + made[place + 1 :]
    if changed != made:
        with pytest.raises(WrongLink, match="forged"):
            read_token(KEY, changed, BEFORE)


@pytest.mark.parametrize("typed", ["", "x", "链接", "A" * 96, "A" * 400])
def test_what_is_no_link_opens_nothing(typed: str) -> None:
    with pytest.raises(WrongLink, match="forged"):
        read_token(KEY, typed, BEFORE)


def test_two_links_to_one_consignment_differ() -> None:
    assert token(KEY, LINK) != token(KEY, replace(LINK, id=UUID(int=3)))
