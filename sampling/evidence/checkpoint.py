"""A checkpoint: the size and root of the ledger at one moment, signed as a note that other tools read too (C2SP).

The text is that of a tlog-checkpoint: the ledger's name, its size, its root in base64, a line each, then an empty line
and a line `— name signature` for each key. A key's number is the beginning of SHA-256(name ‖ LF ‖ 0x01 ‖ key).
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sampling.errors import WrongCheckpoint
from sampling.evidence.keyring import signs
from sampling.evidence.ledger import Hash

_NOTE = re.compile(r"(?P<text>(?:[^\n]+\n){3})\n(?P<lines>(?:— [^\s+]+ [A-Za-z0-9+/=]+\n)+)")
_ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How many entries a ledger held, and the root of the tree over them."""

    origin: str
    """The ledger's name: an address without a scheme, never used for another ledger."""
    size: int
    root: Hash

    @property
    def text(self) -> bytes:
        """The lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n".encode()


def sign(checkpoint: Checkpoint, key: Ed25519PrivateKey, *, name: str | None = None) -> bytes:
    """Give the signed note; the key goes by the ledger's own name unless another is given."""
    signer = name or checkpoint.origin
    signature = key.sign(checkpoint.text)
    mark = base64.b64encode(number(signer, key.public_key()) + signature).decode()
    return checkpoint.text + f"\n— {signer} {mark}\n".encode()


def read(note: bytes) -> Checkpoint:
    """Give what a note says, believed or not, or raise WrongCheckpoint."""
    lines, _ = _parts(note)
    origin, size, root = lines.decode().split("\n")[:3]
    held = Checkpoint(origin, _whole(size), _octets(root))
    if held.text != lines or len(held.root) != hashlib.sha256().digest_size:
        raise WrongCheckpoint("the checkpoint is not in its one form")
    return held


def check(note: bytes, key: Ed25519PublicKey, *, name: str | None = None) -> Checkpoint:
    """Give what a note says once the key has proved it, or raise WrongCheckpoint; other signatures are passed over."""
    held = read(note)
    lines, marks = _parts(note)
    signer = name or held.origin
    wanted = number(signer, key)
    for mark in (_octets(mark) for who, mark in marks if who == signer):
        if mark.startswith(wanted) and signs(key, mark.removeprefix(wanted), lines):
            return held
    raise WrongCheckpoint(f"the checkpoint is not signed by the key of {signer}")


def number(name: str, key: Ed25519PublicKey) -> bytes:
    """Give the four bytes by which a note names its key."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + raw).digest()[:4]


def verifier(name: str, key: Ed25519PublicKey) -> str:
    """Give the line `name+number+key` by which other tools are told whose notes to believe."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"{name}+{number(name, key).hex()}+{base64.b64encode(_ED25519 + raw).decode()}"


def _parts(note: bytes) -> tuple[bytes, list[tuple[str, str]]]:
    try:
        found = _NOTE.fullmatch(note.decode())
    except UnicodeDecodeError:
        found = None
    if found is None:
        raise WrongCheckpoint("this is no signed checkpoint")
    marks = [line.split(" ")[1:] for line in found["lines"].split("\n")[:-1]]
    return found["text"].encode(), [(who, mark) for who, mark in marks]


def _whole(text: str) -> int:
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", text):
        raise WrongCheckpoint("the checkpoint states no size")
    return int(text)


def _octets(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise WrongCheckpoint("the checkpoint holds no base64 where it must") from error
    if base64.b64encode(data).decode() != text:
        raise WrongCheckpoint("the checkpoint's base64 is not in its one form")
    return data
