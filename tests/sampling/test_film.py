"""Films: a whole one is told from one that was cut, by the lengths its container states."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import film
from tests.sampling.films import box, element, mp4, webm


def whole(data: bytes) -> bool:
    return film.whole(lambda place, length: data[place : place + length], len(data))


MOOV, FTYP = box(b"moov"), box(b"ftyp", b"isom")
LONG = (1).to_bytes(4) + b"mdat" + (16 + 5).to_bytes(8) + b"12345"
TO_THE_END = bytes(4) + b"mdat" + b"12345"
CLUSTER = element(b"\x1f\x43\xb6\x75", b"x")
EBML = element(b"\x1a\x45\xdf\xa3", b"")


@pytest.mark.parametrize(
    ("data", "is_whole"),
    [
        (mp4(4096), True),
        (FTYP + MOOV + LONG, True),
        (FTYP + MOOV + TO_THE_END, True),
        (FTYP + MOOV, False),  # no pictures
        (FTYP + box(b"mdat", b"12345"), False),  # no index: the recorder was stopped by force
        (FTYP + MOOV + box(b"mdat") + b"\0\0", False),
        (FTYP + MOOV + box(b"mdat") + b"\0\0\0\3free", False),
        (b"", False),
        (webm(), True),
        (webm(known=False), True),
        (webm(known=False) + b"\x00", False),
        (EBML + element(b"\x18\x53\x80\x67", b""), False),  # no cluster
        (EBML + CLUSTER, False),  # no segment
        (EBML + element(b"\x18\x53\x80\x67", CLUSTER) + b"\x1f", False),
        (EBML[:-1], False),
    ],
)
def test_a_film_is_whole_or_cut(data: bytes, is_whole: bool) -> None:
    assert whole(data) is is_whole


@pytest.mark.parametrize("made", [mp4(600), webm()])
def test_neither_half_of_a_film_cut_in_two_is_whole(made: bytes) -> None:
    # Without its brand alone, which is 16 bytes, a film is one of before the brands.
    assert [cut for cut in range(17, len(made)) if whole(made[:cut]) or whole(made[cut:])] == []


def test_a_film_of_endlessly_many_parts_is_not_walked_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "MOST_PARTS", 3)
    assert not whole(FTYP + MOOV + box(b"mdat") + box(b"free"))
    assert not whole(webm(known=False))


@given(st.binary(max_size=200))
def test_no_bytes_break_the_walk(data: bytes) -> None:
    assert whole(data) in (True, False)
    assert whole(EBML + data) in (True, False)
