"""The NIST randomness beacon 2.0: 512 bits every minute, signed with RSA by the one body that makes them."""

import hashlib
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from sampling.beacons.interface import Answer, Chain, Pulse, octets, whole, word
from sampling.errors import WrongBeacon

MINUTE = 60_000
# That a value was not known to its maker beforehand follows from no signature: the pulse rests on NIST's word for it.
UNPROVED = ("maker_did_not_know", "certificate_not_revoked")


def read(chain: Chain, round_: int, answer: Answer) -> Pulse:
    """Give the output value of the pulse of a minute, once its hash and its signature are proved.

    The answer holds `pulse` as the service gives it and `certificate`, the PEM that the pulse names. The certificate
    must be pinned; a stranger who has only the pulse can prove the hash alone.
    """
    pulse = answer.get("pulse")
    if not isinstance(pulse, dict):
        raise WrongBeacon("the answer holds no pulse")
    _place(chain, round_, pulse)
    text, signature, value = _signed_part(pulse), octets(pulse, "signatureValue"), octets(pulse, "outputValue")
    if hashlib.sha512(text + signature).digest() != value:
        raise WrongBeacon("the pulse's output is not the hash of its fields")
    certificate = word(answer, "certificate")
    _signature(chain, pulse, certificate.encode(), text, signature)
    kept = {"pulse": dict(pulse), "certificate": certificate}
    return Pulse(chain.code, round_, value, ("chain", "time", "hash", "signature", "certificate"), UNPROVED, kept)


def _place(chain: Chain, round_: int, pulse: Answer) -> None:
    if whole(pulse, "chainIndex") != chain.chain_index or not word(pulse, "version").startswith("2."):
        raise WrongBeacon(f"the pulse is of chain {pulse['chainIndex']}, version {pulse.get('version')}")
    if whole(pulse, "cipherSuite") != 0 or whole(pulse, "period") != MINUTE:
        raise WrongBeacon("the pulse has another cipher suite or period than minutes of SHA-512 with RSA")
    if whole(pulse, "statusCode") != 0:
        raise WrongBeacon(f"the pulse bears the status {pulse['statusCode']}")
    due = chain.due(round_).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if word(pulse, "timeStamp") != due:
        raise WrongBeacon(f"the pulse is of {pulse['timeStamp']}, not of {due}")


def _signed_part(pulse: Answer) -> bytes:
    outside, others = pulse.get("external"), pulse.get("listValues")
    if not isinstance(outside, dict) or not isinstance(others, list) or not all(isinstance(v, dict) for v in others):
        raise WrongBeacon("the pulse lacks its lists of values")
    parts = [_text(pulse, "uri"), _text(pulse, "version"), _number(pulse, "cipherSuite", 4)]
    parts += [_number(pulse, "period", 4), _bytes(pulse, "certificateId"), _number(pulse, "chainIndex", 8)]
    parts += [_number(pulse, "pulseIndex", 8), _text(pulse, "timeStamp"), _bytes(pulse, "localRandomValue")]
    parts += [_bytes(outside, "sourceId"), _number(outside, "statusCode", 4), _bytes(outside, "value")]
    parts += [_bytes(other, "value") for other in others]
    parts += [_bytes(pulse, "precommitmentValue"), _number(pulse, "statusCode", 4)]
    return b"".join(parts)


def _signature(chain: Chain, pulse: Answer, pem: bytes, text: bytes, signature: bytes) -> None:
    try:
        certificate = x509.load_pem_x509_certificate(pem)
    except ValueError:
        raise WrongBeacon("the pulse's certificate cannot be read") from None
    name = hashlib.sha512(certificate.public_bytes(Encoding.DER)).hexdigest()
    if name != word(pulse, "certificateId").lower() or name not in chain.certificates:
        raise WrongBeacon(
            f"the certificate {name[:16]}… is not pinned for {chain.code}, or not the one the pulse names"
        )
    at = datetime.strptime(pulse["timeStamp"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise WrongBeacon("the pulse's certificate was not valid at its time")
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise WrongBeacon("the pulse's certificate holds no RSA key")
    try:
        key.verify(signature, text, padding.PKCS1v15(), hashes.SHA512())
    except InvalidSignature:
        raise WrongBeacon("the pulse's signature is not by its certificate") from None


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _text(fields: Answer, name: str) -> bytes:
    return _framed(word(fields, name).encode())


def _bytes(fields: Answer, name: str) -> bytes:
    return _framed(octets(fields, name))


def _number(fields: Answer, name: str, width: int) -> bytes:
    value = whole(fields, name)
    if value >= 1 << (8 * width):
        raise WrongBeacon(f"the pulse's {name} is too large")
    return value.to_bytes(width, "big")
