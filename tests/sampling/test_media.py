"""Photos and films: their types by their first bytes, their limits, and which pictures are alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.media import (
    ALLOWED,
    FLAT,
    HEAD,
    MB,
    NEAR,
    Alarm,
    Likeness,
    Medium,
    Refusal,
    alike,
    contradicted,
    fingerprint,
    refused,
    sniff,
)
from tests.sampling.films import box, mp4, webm

JPEG, PNG = b"\xff\xd8\xff\xe0rest", b"\x89PNG\r\n\x1a\nrest"
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
        (mp4(200)[:HEAD], "video/mp4"),
        (mp4(200, brand=b"qt  ")[:HEAD], "video/quicktime"),
        (mp4(200, brand=b"heic")[:HEAD], "image/heic"),
        (mp4(200, brand=b"avif")[:HEAD], "image/avif"),
        (box(b"moov"), "video/quicktime"),
        (webm()[:HEAD], "video/webm"),
        (b"\x1a\x45\xdf\xa3matroska", "video/x-matroska"),
        (b"MZ\x90\x00", None),
        (b"%PDF-1.7", None),
        (b"<!doctype html>", None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_type(head: bytes, found: str | None) -> None:
    assert sniff(head) == found


@pytest.mark.parametrize(
    ("medium", "declared", "size", "refusal"),
    [
        (Medium.FILM, "video/mp4", 500 * MB, None),
        (Medium.FILM, "video/mp4", 500 * MB + 1, Refusal.TOO_LARGE),
        (Medium.FILM, "video/mp4", 600 * 1000 * 1000, Refusal.TOO_LARGE),
        (Medium.FILM, "", 1, None),
        (Medium.FILM, "image/jpeg", 1, Refusal.NOT_TAKEN),
        (Medium.PHOTO, "image/jpeg", 0, Refusal.EMPTY),
        (Medium.PHOTO, "image/jpeg", 25 * MB + 1, Refusal.TOO_LARGE),
        (Medium.PHOTO, "image/heic", 1, None),
        (Medium.PHOTO, "image/avif", 1, Refusal.NOT_TAKEN),
    ],
)
def test_a_file_is_refused_by_what_is_said_of_it(
    medium: Medium, declared: str, size: int, refusal: Refusal | None
) -> None:
    assert refused(medium, declared, size) is refusal


@pytest.mark.parametrize(
    ("medium", "declared", "head", "refusal"),
    [
        (Medium.PHOTO, "image/jpeg", JPEG, None),
        (Medium.PHOTO, "image/jpeg", PNG, Refusal.OTHER_TYPE),
        (Medium.PHOTO, "image/jpeg", b"MZ\x90\x00", Refusal.OTHER_TYPE),
        (Medium.PHOTO, "", mp4(200), Refusal.NOT_TAKEN),
        (Medium.PHOTO, "", WEBP, None),
        (Medium.PHOTO, "image/heif", mp4(200, brand=b"heic"), None),
        (Medium.PHOTO, "image/jpeg", mp4(200, brand=b"heic"), Refusal.OTHER_TYPE),
        (Medium.FILM, "video/mp4", mp4(200, brand=b"qt  "), None),
        (Medium.FILM, "video/quicktime", mp4(200), None),
        (Medium.FILM, "video/mp4", webm(), Refusal.OTHER_TYPE),
        (Medium.FILM, "", b"PK\x03\x04", Refusal.NOT_TAKEN),
    ],
)
def test_a_type_that_lies_is_refused(medium: Medium, declared: str, head: bytes, refusal: Refusal | None) -> None:
    assert contradicted(medium, declared, head[:HEAD]) is refusal


def test_every_medium_has_an_allowance() -> None:
    assert set(ALLOWED) == set(Medium)


GREY = bytes((37 * place) % 251 for place in range(72))


def test_a_fingerprint_tells_whether_each_point_is_darker_than_the_next() -> None:
    assert fingerprint(bytes(range(0, 216, 3))) == 2**64 - 1
    assert fingerprint(bytes(range(215, -1, -3))) == 0
    assert fingerprint(bytes([100] * 71 + [100 + FLAT - 1])) is None
    with pytest.raises(ValueError, match="72 grey points, not of 3"):
        fingerprint(b"abc")


@given(st.integers(0, 255 - 250))
def test_a_lighter_copy_has_the_same_fingerprint(more: int) -> None:
    assert fingerprint(bytes(point + more for point in GREY)) == fingerprint(GREY)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (Likeness("a"), Likeness("a"), Alarm.SAME_FILE),
        (Likeness("a", 5), Likeness("a", 5), Alarm.SAME_FILE),
        (Likeness("a", 0), Likeness("b", 2**NEAR - 1), Alarm.SAME_PICTURE),
        (Likeness("a", 0), Likeness("b", 2 ** (NEAR + 1) - 1), None),
        (Likeness("a", 2**64 - 1), Likeness("b", 2**63 - 1), Alarm.SAME_PICTURE),
        (Likeness("a", None), Likeness("b", 3), None),
        (Likeness("a", 3), Likeness("b", None), None),
    ],
)
def test_two_files_are_alike_by_hash_or_by_fingerprint(one: Likeness, other: Likeness, found: Alarm | None) -> None:
    assert alike(one, other) is found
