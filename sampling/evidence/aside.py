"""A file set aside: what must not be public goes with the evidence, readable only to the holder of one private key."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sampling.errors import UnreadableBundle

KEY = 32
"""Bytes of the key that leads the file, and of the one inside."""

_USE = b"mystery-shopper/aside/1"
_NONCE = bytes(12)  # every file has a key of its own, so that no nonce is used twice with one


def seal_aside(data: bytes, public_key: X25519PublicKey, *, once: X25519PrivateKey) -> bytes:
    """Give the data sealed for the holder of the key; `once` is a key made for this file and then forgotten."""
    own = _raw(once.public_key())
    return own + _cipher(once, public_key, own, _raw(public_key)).encrypt(_NONCE, data, None)


def open_aside(sealed: bytes, private_key: X25519PrivateKey) -> bytes:
    """Give the data back; another key or a changed byte raises UnreadableBundle."""
    own = sealed[:KEY]
    try:
        sender = X25519PublicKey.from_public_bytes(own)
        return _cipher(private_key, sender, own, _raw(private_key.public_key())).decrypt(_NONCE, sealed[KEY:], None)
    except (InvalidTag, ValueError) as error:
        raise UnreadableBundle("The file set aside was sealed for another key, or was changed.") from error


def _cipher(private: X25519PrivateKey, public: X25519PublicKey, own: bytes, other: bytes) -> ChaCha20Poly1305:
    shared = private.exchange(public)
    return ChaCha20Poly1305(HKDF(SHA256(), KEY, salt=own + other, info=_USE).derive(shared))


def _raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
