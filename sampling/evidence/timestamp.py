"""Time-stamps (RFC 3161): what an authority is asked, and what its answer proves once it is checked.

The whole answer is kept, not only the token in it: common tools check `.tsr` files. Nothing in an answer is believed:
neither the certificates it brings along nor the hash it names.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from rfc3161_client import TimeStampResponse, VerificationError, VerifierBuilder, decode_timestamp_response
from rfc3161_client.verify import SHA256_OID, Verifier

from sampling.errors import WrongStamp

_VERSION = b"\x02\x01\x01"
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_CERTIFICATE_WANTED = b"\x01\x01\xff"

# What broken answers were seen to make the two libraries raise, by changing one of every byte in every way; x509's own
# errors have no common base.
_WRONG = (
    VerificationError,
    ValueError,
    TypeError,
    LookupError,
    OverflowError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a checked time-stamp proves: the data existed at this instant, by the word of this authority."""

    at: datetime
    """To the second: that is as fine as the answer is read."""
    serial: int
    authority: str
    """The subject of the authority's certificate (RFC 4514)."""
    policy: str
    """The dotted number of the authority's policy."""


def query(data: bytes, nonce: int) -> bytes:
    """Give the request for a time-stamp over the SHA-256 of the data, the authority's certificate included."""
    imprint = _der(0x30, _SHA256, _der(0x04, hashlib.sha256(data).digest()))
    number = nonce.to_bytes(nonce.bit_length() // 8 + 1, "big")
    return _der(0x30, _VERSION, imprint, _der(0x02, number), _CERTIFICATE_WANTED)


def check(response: bytes, data: bytes, *, chain: bytes, nonce: int | None = None, policy: str | None = None) -> Stamp:
    """Give what the answer proves about the data, or raise WrongStamp.

    `chain` is the authority's certificates as PEM, its own first and the root last; no other certificate counts.
    """
    own, *above = certificates(chain)
    if not above or not _is_for_stamps(own):
        raise WrongStamp("the chain of the authority has no root, or its certificate is not for time-stamps alone")
    try:
        answer = decode_timestamp_response(response)
        _verifier(own, above, nonce=nonce, policy=policy).verify_message(answer, data)
        if answer.tst_info.message_imprint.hash_algorithm.dotted_string != SHA256_OID:
            raise WrongStamp("the time-stamp is over another hash than SHA-256")
        return _stamp(answer, own)
    except _WRONG as error:
        raise WrongStamp(f"the time-stamp does not hold: {error}") from error


def certificates(chain: bytes) -> list[x509.Certificate]:
    """Give the certificates of a PEM file that holds nothing else; any other byte raises WrongStamp."""
    try:
        found = x509.load_pem_x509_certificates(chain)
    except ValueError as error:
        raise WrongStamp("the chain of the authority holds no certificates") from error
    if bundled(found) != chain:
        raise WrongStamp("the chain of the authority holds more than its certificates")
    return found


def bundled(found: Iterable[x509.Certificate]) -> bytes:
    """Give the certificates as one PEM file in their order."""
    return b"".join(one.public_bytes(Encoding.PEM) for one in found)


def _is_for_stamps(own: x509.Certificate) -> bool:
    try:
        purposes = own.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        return False
    return purposes.critical and list(purposes.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


def _verifier(
    own: x509.Certificate, above: Sequence[x509.Certificate], *, nonce: int | None, policy: str | None
) -> Verifier:
    """One for each answer: the library's builder shares its lists between the verifiers it builds."""
    return VerifierBuilder(
        policy_id=x509.ObjectIdentifier(policy) if policy else None,
        tsa_certificate=own,
        intermediates=list(above[:-1]),
        roots=[above[-1]],
        nonce=nonce,
    ).build()


def _stamp(answer: TimeStampResponse, own: x509.Certificate) -> Stamp:
    info = answer.tst_info
    return Stamp(
        at=info.gen_time.astimezone(UTC),
        serial=info.serial_number,
        authority=own.subject.rfc4514_string(),
        policy=info.policy.dotted_string,
    )


def _der(tag: int, *parts: bytes) -> bytes:
    """Give one DER value of fewer than 128 bytes: a request is never longer."""
    body = b"".join(parts)
    return bytes((tag, len(body))) + body
