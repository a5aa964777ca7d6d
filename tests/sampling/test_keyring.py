"""Whoever knows the first key knows them all: statements follow from one another, and nothing is taken back."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sampling.digest import canonical, sha256
from sampling.errors import WrongKeys
from sampling.evidence.keyring import Key, Statement, Use, follow, public_key, published, sign
from sampling.evidence.keys import key_id, pem
from sampling.evidence.trust import Trust

FIRST, SECOND, THIEF = (Ed25519PrivateKey.from_private_bytes(bytes([n] * 32)) for n in (1, 2, 3))
ARCHIVE = ec.derive_private_key(7, ec.SECP384R1())
JANUARY, MARCH, JUNE, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 3, 6, 7))
ANCHOR = key_id(FIRST.public_key())

OLD = Key(Use.MANIFEST, pem(FIRST.public_key()).decode(), JANUARY)
YOUNG = Key(Use.MANIFEST, pem(SECOND.public_key()).decode(), JUNE)
SEAL = Key(Use.ARCHIVE, pem(ARCHIVE.public_key()).decode(), JANUARY)
ENDED = replace(OLD, valid_to=JULY, revoked_at=JULY, reason="rotated")

ONE = sign(Statement(1, JANUARY, (OLD, SEAL)), [FIRST])
NEXT = Statement(2, JUNE, (ENDED, SEAL, YOUNG), sha256(ONE))
TWO = sign(NEXT, [FIRST, SECOND])


def test_a_chain_of_statements_gives_the_newest() -> None:
    assert follow([ONE], anchor=ANCHOR).keys == (OLD, SEAL)
    assert follow([ONE, TWO], anchor=ANCHOR) == NEXT
    ended = replace(
        NEXT, number=3, issued_at=JULY, keys=(ENDED, SEAL, replace(YOUNG, valid_to=JULY)), prev_sha256=sha256(TWO)
    )
    assert follow([ONE, TWO, sign(ended, [SECOND])], anchor=ANCHOR) == ended


def test_a_key_signs_in_its_time() -> None:
    assert [ENDED.covers(at) for at in (JANUARY, JUNE, JULY)] == [True, True, False]
    assert [ENDED.is_revoked(at) for at in (JUNE, JULY)] == [False, True]
    assert not OLD.is_revoked(JULY)
    assert not YOUNG.covers(MARCH)


def test_trust_knows_a_key_by_its_use_and_number() -> None:
    trust = Trust((OLD, SEAL))
    assert trust.key(Use.MANIFEST, OLD.id) == OLD
    assert trust.key(Use.ARCHIVE, OLD.id) is None


FOLLOWING: list[tuple[Callable[[], list[bytes]], str]] = [
    (lambda: [], "no key statement"),
    (lambda: [TWO], "does not begin with the anchored key"),
    (lambda: [sign(Statement(1, JANUARY, (OLD,)), [THIEF])], "1 is not signed by the anchored key"),
    (lambda: [sign(Statement(1, JANUARY, (YOUNG,)), [SECOND])], "does not begin with the anchored key"),
    (lambda: [ONE, sign(NEXT, [SECOND])], "2 is not signed by a key of the statement before it"),
    (lambda: [ONE, sign(NEXT, [FIRST, THIEF])], "2 is not signed by each of the keys it adds"),
    (lambda: [ONE, sign(replace(NEXT, number=3), [FIRST])], "does not continue"),
    (lambda: [ONE, sign(replace(NEXT, prev_sha256="0" * 64), [FIRST])], "does not continue"),
    (lambda: [ONE, sign(replace(NEXT, issued_at=datetime(2025, 1, 1, tzinfo=UTC)), [FIRST])], "older than the one"),
    (lambda: [ONE, sign(replace(NEXT, keys=(SEAL, YOUNG)), [FIRST, SECOND])], "drops or moves"),
    (lambda: [ONE, sign(replace(NEXT, keys=(replace(OLD, valid_from=MARCH), SEAL, YOUNG)), [FIRST])], "drops or moves"),
    (lambda: [ONE, TWO, after(keys=(replace(ENDED, revoked_at=None), SEAL, YOUNG))], "takes a withdrawal back"),
    (lambda: [ONE, TWO, after(keys=(replace(ENDED, revoked_at=datetime(2027, 1, 1, tzinfo=UTC)), SEAL, YOUNG))],
     "takes a withdrawal back"),
    (lambda: [ONE, TWO, sign(replace(NEXT, number=3, issued_at=JULY, prev_sha256=sha256(TWO)), [FIRST])],
     "3 is not signed by a key of the statement before it"),
]  # fmt: skip


def after(**changes: Any) -> bytes:
    return sign(replace(NEXT, number=3, issued_at=JULY, prev_sha256=sha256(TWO), **changes), [SECOND])


@pytest.mark.parametrize(("documents", "why"), FOLLOWING)
def test_a_statement_that_does_not_follow_is_refused(documents: Callable[[], list[bytes]], why: str) -> None:
    with pytest.raises(WrongKeys, match=why):
        follow(documents(), anchor=ANCHOR)


def changed(change: Callable[[Any], object]) -> bytes:
    record = json.loads(ONE)
    change(record)
    return canonical(record)


@pytest.mark.parametrize(
    "document",
    [
        b"", b"{}", b"[]", b"[" * 100_000, ONE[:-1],
        changed(lambda r: r["statement"].update(schema="other/1")),
        changed(lambda r: r["statement"]["keys"][0].update(use="cooking")),
        changed(lambda r: r["statement"]["keys"][0].update(key="0" * 64)),
        changed(lambda r: r["statement"]["keys"][0].update(pem="no key")),
        changed(lambda r: r["statement"]["keys"][0].update(pem=SEAL.pem)),
        changed(lambda r: r["statement"]["keys"][1].update(pem=OLD.pem)),
        changed(lambda r: r["statement"].update(issued_at="soon")),
        changed(lambda r: r["signatures"][0].update(signature="?")),
        sign(Statement(1, JANUARY, (OLD, SEAL, replace(OLD, revoked_at=JUNE))), [FIRST]),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_statement_is_refused(document: bytes) -> None:
    with pytest.raises(WrongKeys):
        follow([document], anchor=ANCHOR)


def test_every_changed_byte_of_a_statement_is_found() -> None:
    for place in range(len(ONE)):
        document = bytearray(ONE)
        document[place] ^= 1
        with pytest.raises(WrongKeys):
            follow([bytes(document)], anchor=ANCHOR)


def test_a_key_has_one_spelling() -> None:
    text = pem(FIRST.public_key())
    assert key_id(public_key(text, Use.LEDGER)) == ANCHOR
    assert published(FIRST.public_key()) == {"key_id": ANCHOR, "pem": text.decode()}
    for wrong in (
        text + b"\n",
        text.replace(b"\n", b"\r\n"),
        b"",
        pem(ec.derive_private_key(7, ec.SECP256R1()).public_key()),
    ):
        with pytest.raises(WrongKeys):
            public_key(wrong, Use.MANIFEST)
    with pytest.raises(WrongKeys):
        public_key(pem(ec.derive_private_key(7, ec.SECP256R1()).public_key()), Use.ARCHIVE)
