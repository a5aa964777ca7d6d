"""A checkpoint is a signed note as other tools read it; a place shows one capture without the others."""

import base64
import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sampling.digest import canonical
from sampling.errors import WrongCheckpoint
from sampling.evidence import checkpoint, place
from sampling.evidence.checkpoint import Checkpoint, check, sign, verifier
from sampling.evidence.ledger import Entry, inclusion, leaf, root
from sampling.evidence.place import Answer, Place

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ENTRIES = [
    Entry("capture", f"cap-{number}", f"{number:064x}", datetime(2026, 11, 3, tzinfo=UTC)) for number in range(5)
]
LEAVES = [entry.leaf() for entry in ENTRIES]
HEAD = Checkpoint("ledger.example/evidence", 5, root(LEAVES))
NOTE = sign(HEAD, KEY)
PLACE = Place(ENTRIES[3], 3, 5, inclusion(LEAVES, 3), NOTE, {"tsa": Answer(b"answer", b"chain")})


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    text, _, lines = NOTE.decode().partition("\n\n")
    assert text.split("\n") == ["ledger.example/evidence", "5", base64.b64encode(HEAD.root).decode()]
    assert lines.startswith("— ledger.example/evidence ")
    assert check(NOTE, KEY.public_key()) == HEAD


def test_a_published_note_of_another_maker_is_read() -> None:
    """The key, text and signature printed in the documentation of Go's package for signed notes."""
    known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    name, _, raw = known.split("+", 2)
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(raw)[1:])
    assert verifier(name, key) == known


def test_a_note_may_bear_signatures_of_others_too() -> None:
    witnessed = NOTE + sign(HEAD, OTHER, name="witness.example").split(b"\n\n")[1]
    assert check(witnessed, KEY.public_key()) == HEAD
    assert check(witnessed, OTHER.public_key(), name="witness.example") == HEAD
    with pytest.raises(WrongCheckpoint, match="not signed by the key of nobody"):
        check(witnessed, KEY.public_key(), name="nobody.example")


def bent(old: bytes, new: bytes) -> bytes:
    assert old in NOTE
    return NOTE.replace(old, new)


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (b"", "no signed checkpoint"),
        (b"\xff", "no signed checkpoint"),
        (NOTE[:-1], "no signed checkpoint"),
        (NOTE + b"\n", "no signed checkpoint"),
        (bent(b"\n5\n", b"\n6\n"), "not signed by the key"),
        (bent(b"\n5\n", b"\n05\n"), "states no size"),
        (bent(b"\n5\n", b"\nfive\n"), "states no size"),
        (bent(b"=\n\n", b"\n\n"), "no base64"),
        (bent(base64.b64encode(HEAD.root), b"AAA="), "one form"),
        (bent(base64.b64encode(HEAD.root), b"AAB="), "one form"),
        (sign(HEAD, OTHER), "not signed by the key"),
        (sign(HEAD, KEY, name="other.example"), "not signed by the key"),
        (NOTE[: NOTE.rindex(b" ") + 1] + base64.b64encode(checkpoint.number(HEAD.origin, KEY.public_key()) + bytes(64))
         + b"\n", "not signed by the key"),
    ],
)  # fmt: skip
def test_a_note_that_is_not_the_ledgers_is_refused(note: bytes, why: str) -> None:
    with pytest.raises(WrongCheckpoint, match=why):
        check(note, KEY.public_key())


def test_a_place_is_read_back_and_proves_one_entry() -> None:
    found = place.read(PLACE.written())
    assert found == PLACE
    assert found.holds(check(found.checkpoint, KEY.public_key()))


@pytest.mark.parametrize(
    "changes",
    [{"index": 2}, {"index": 5}, {"index": -1}, {"size": 6}, {"entry": ENTRIES[2].record()}, {"path": []},
     {"path": [leaf(b"x").hex()] * 3}],
)  # fmt: skip
def test_a_place_that_is_not_the_entrys_own_does_not_hold(changes: dict[str, object]) -> None:
    found = place.read(canonical({**PLACE.record(), **changes}))
    assert not found.holds(HEAD)


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b"[" * 100_000, PLACE.written()[:-1], json.dumps(PLACE.record()).encode(),
     canonical({**PLACE.record(), "index": "3"}), canonical({**PLACE.record(), "index": True}),
     canonical({**PLACE.record(), "schema": "other/1"}), canonical({**PLACE.record(), "path": ["xyz"]}),
     canonical({**PLACE.record(), "checkpoint": 1}), canonical({**PLACE.record(), "more": 1})],
    ids=range(12),
)  # fmt: skip
def test_what_is_no_place_is_refused(data: bytes) -> None:
    with pytest.raises(WrongCheckpoint, match=r"cannot be read|one form"):
        place.read(data)
