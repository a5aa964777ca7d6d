"""The keys that seal: one signs manifests, the other the archives inside; both are named by their hash."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sampling.digest import Digest, sha256


@dataclass(frozen=True, slots=True)
class Keys:
    """The two keys in force; WACZ knows P-384 only, everything else is Ed25519."""

    manifest: Ed25519PrivateKey
    archive: EllipticCurvePrivateKey

    def __post_init__(self) -> None:
        if not isinstance(self.archive.curve, SECP384R1):
            raise ValueError("the archive's key must lie on P-384")


def spki(key: Ed25519PublicKey | EllipticCurvePublicKey) -> bytes:
    """Give the key as DER SubjectPublicKeyInfo, which its id is the hash of."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pem(key: Ed25519PublicKey | EllipticCurvePublicKey) -> bytes:
    """Give the key as openssl reads it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: Ed25519PublicKey | EllipticCurvePublicKey) -> Digest:
    """Give the SHA-256 of the key's SubjectPublicKeyInfo, by which manifests name it."""
    return sha256(spki(key))
