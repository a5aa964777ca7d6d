"""The beacons: recorded values are proved, and a wrong round, chain, signature or form never is."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from sampling import beacons
from sampling.beacons import nist
from sampling.beacons.interface import Chain
from sampling.errors import UnknownBeacon, WrongBeacon
from tests.sampling.draws import QUICKNET, SIGNATURE, VALUE

RECORDED: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "examples/beacons/nist-1853305.json").read_text(encoding="utf-8")
)
NIST = beacons.chain("nist-2")
CEREMONY = beacons.chain("ceremony")
Change = Callable[[dict[str, Any]], object]


# drand


ROUNDS = [
    (42, SIGNATURE, VALUE),
    (
        657413,
        "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be41076862b98fad56e91a6b85b89cd97b",
        "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587",
    ),
]


@pytest.mark.parametrize(("round_", "signature", "value"), ROUNDS)
def test_recorded_rounds_of_quicknet_are_proved(round_: int, signature: str, value: str) -> None:
    pulse = beacons.read(QUICKNET, round_, {"round": round_, "signature": signature, "randomness": value})
    assert (pulse.value.hex(), pulse.unproved) == (value, ())
    assert "signature" in pulse.proved


def test_rounds_have_their_times() -> None:
    assert QUICKNET.due(1) == datetime(2023, 8, 23, 15, 9, 27, tzinfo=UTC)
    due = QUICKNET.due(657413)
    assert due == datetime.fromtimestamp(1692803367 + 3 * 657412, UTC)
    assert [QUICKNET.round_at(due + timedelta(seconds=late)) for late in (-3, -0.001, 0, 0.001, 3)] == [
        657412, 657413, 657413, 657414, 657414
    ]  # fmt: skip
    assert QUICKNET.round_at(datetime(2020, 1, 1, tzinfo=UTC)) == 1
    assert NIST.due(NIST.round_at(datetime(2026, 3, 2, 1, 0, 30, tzinfo=UTC))).minute == 1


BAD_DRAND: list[tuple[str, dict[str, Any]]] = [
    ("is round 43, not round 42", {"round": 43}),
    ("round is no whole number", {"round": "42"}),
    ("round is no whole number", {"round": True}),
    ("of the chain 00", {"chain_hash": "00"}),
    ("not by the key", {"signature": SIGNATURE[:-2] + "6b"}),
    ("not by the key", {"signature": SIGNATURE[2:]}),
    ("not by the key", {"signature": ""  "c0" + "00" * 47}),
    ("signature is not hexadecimal", {"signature": "xyz"}),
    ("signature is no text", {"signature": 7}),
    ("signature is no text", {"signature": ""}),
    ("is not the hash of its signature", {"randomness": "00"}),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "change"), BAD_DRAND)
def test_a_wrong_value_of_quicknet_is_refused(reason: str, change: dict[str, Any]) -> None:
    with pytest.raises(WrongBeacon, match=reason):
        beacons.read(QUICKNET, 42, {"round": 42, "signature": SIGNATURE, **change})


def test_a_true_signature_of_another_round_or_key_is_refused() -> None:
    with pytest.raises(WrongBeacon, match="not by the key"):
        beacons.read(QUICKNET, 43, {"round": 43, "signature": SIGNATURE})
    with pytest.raises(WrongBeacon, match="not by the key"):
        beacons.read(replace(QUICKNET, public_key="c0" + "00" * 95), 42, {"round": 42, "signature": SIGNATURE})


# NIST


def minute_of(pulse: dict[str, Any]) -> int:
    return NIST.round_at(datetime.fromisoformat(pulse["timeStamp"]))


def test_the_recorded_pulse_hashes_to_its_output() -> None:
    """Pulse 2/1853305 as NIST gave it; its certificate is not at hand, so the proof stops at the hash."""
    with pytest.raises(WrongBeacon, match="certificate cannot be read"):
        beacons.read(NIST, minute_of(RECORDED), {"pulse": RECORDED, "certificate": "none"})
    changed = {**RECORDED, "localRandomValue": "00" * 64}
    with pytest.raises(WrongBeacon, match="not the hash of its fields"):
        beacons.read(NIST, minute_of(RECORDED), {"pulse": changed, "certificate": "none"})


START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
RSA = rsa.generate_private_key(65537, 2048)


def certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = RSA) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "engine.beacon.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = made.serial_number(1).not_valid_before(START).not_valid_after(END)
    return dated.sign(key, hashes.SHA256())


def signed(change: Change = lambda pulse: None, cert: x509.Certificate | None = None, **after: Any) -> dict[str, Any]:
    """Give an answer whose pulse is signed by a key of ours."""
    used = cert or certificate()
    pulse = json.loads(json.dumps(RECORDED))
    pulse["certificateId"] = hashlib.sha512(used.public_bytes(Encoding.DER)).hexdigest()
    change(pulse)
    text = nist._signed_part(pulse)
    mark = RSA.sign(text, padding.PKCS1v15(), hashes.SHA512())
    pulse["signatureValue"] = mark.hex().upper()
    pulse.update(after)
    pulse["outputValue"] = hashlib.sha512(text + bytes.fromhex(pulse["signatureValue"])).hexdigest().upper()
    return {"pulse": pulse, "certificate": used.public_bytes(Encoding.PEM).decode()}


def pinned(answer: dict[str, Any]) -> Chain:
    return replace(NIST, certificates=(answer["pulse"]["certificateId"],))


def test_a_signed_pulse_is_proved() -> None:
    answer = signed()
    pulse = beacons.read(pinned(answer), minute_of(RECORDED), answer)
    assert pulse.value.hex().upper() == answer["pulse"]["outputValue"]
    assert "signature" in pulse.proved
    assert pulse.unproved == nist.UNPROVED


def later(pulse: dict[str, Any]) -> None:
    pulse["timeStamp"] = "2026-07-10T10:57:00.000Z"


BAD_PULSES: list[tuple[str, Change]] = [
    ("is of chain 1", lambda pulse: pulse.update(chainIndex=1)),
    ("is of chain 2, version 1.0", lambda pulse: pulse.update(version="1.0")),
    ("another cipher suite", lambda pulse: pulse.update(cipherSuite=1)),
    ("another cipher suite", lambda pulse: pulse.update(period=30_000)),
    ("bears the status 2", lambda pulse: pulse.update(statusCode=2)),
    ("is of 2026-07-10T10:57", later),
]


@pytest.mark.parametrize(("reason", "change"), BAD_PULSES, ids=[reason for reason, _ in BAD_PULSES])
def test_a_pulse_of_another_kind_or_minute_is_refused(reason: str, change: Change) -> None:
    answer = signed(change)
    with pytest.raises(WrongBeacon, match=reason):
        beacons.read(pinned(answer), minute_of(RECORDED), answer)


BAD_FORMS: list[tuple[str, Change]] = [
    ("lacks its lists", lambda pulse: pulse.update(external=1)),
    ("lacks its lists", lambda pulse: pulse.update(listValues=None)),
    ("lacks its lists", lambda pulse: pulse.update(listValues=[1])),
    ("pulseIndex is too large", lambda pulse: pulse.update(pulseIndex=1 << 64)),
    ("pulseIndex is no whole number", lambda pulse: pulse.update(pulseIndex=-1)),
    ("uri is no text", lambda pulse: pulse.pop("uri")),
]


@pytest.mark.parametrize(("reason", "change"), BAD_FORMS)
def test_a_pulse_out_of_form_is_refused(reason: str, change: Change) -> None:
    answer = signed()
    change(answer["pulse"])
    with pytest.raises(WrongBeacon, match=reason):
        beacons.read(NIST, minute_of(RECORDED), answer)


def test_a_signature_that_nobody_pinned_or_made_is_refused() -> None:
    answer, minute = signed(), minute_of(RECORDED)
    with pytest.raises(WrongBeacon, match="is not pinned for nist-2"):
        beacons.read(NIST, minute, answer)
    forged = signed(signatureValue="00" * 256)
    with pytest.raises(WrongBeacon, match="not by its certificate"):
        beacons.read(pinned(forged), minute, forged)
    curve = signed(cert=certificate(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(WrongBeacon, match="holds no RSA key"):
        beacons.read(pinned(curve), minute, curve)
    past = signed(lambda pulse: pulse.update(timeStamp="2025-07-10T10:56:00.000Z"))
    with pytest.raises(WrongBeacon, match="was not valid at its time"):
        beacons.read(pinned(past), minute_of(past["pulse"]), past)
    with pytest.raises(WrongBeacon, match="holds no pulse"):
        beacons.read(NIST, minute, {})


# The public ceremony

HELD = 1_772_413_200
DICE: dict[str, Any] = {
    "round": HELD, "method": "dice", "place": "市场监管局大厅", "lowest": 1, "highest": 6,
    "numbers": [6, 1, 3, 3, 2, 5, 4, 1, 6, 2], "witnesses": ["Zhao Min", "Li Wei"], "film_sha256": "ab" * 32,
}  # fmt: skip


def test_a_ceremony_is_the_hash_of_its_canonical_text() -> None:
    text = (
        '{"chain":"ceremony","film_sha256":"' + "ab" * 32 + '","highest":6,"lowest":1,"method":"dice",'
        '"numbers":[6,1,3,3,2,5,4,1,6,2],"place":"市场监管局大厅","round":1772413200,"scheme":"msw/ceremony/v1",'
        '"witnesses":["Zhao Min","Li Wei"]}\n'
    )
    pulse = beacons.read(CEREMONY, HELD, {**DICE, "place": " 市场监管局大厅 "})
    assert pulse.value == hashlib.sha256(text.encode()).digest()
    assert pulse.unproved == ("numbers", "witnesses", "film")


def test_balls_are_a_ceremony_too() -> None:
    balls = {**DICE, "method": "lottery", "highest": 49, "numbers": [3, 8, 14, 22, 40, 49]}
    assert beacons.read(CEREMONY, HELD, balls).value != beacons.read(CEREMONY, HELD, DICE).value


BAD_CEREMONIES: list[tuple[str, dict[str, Any]]] = [
    ("must hold exactly", {"remark": "x"}),
    ("was held for 5", {"round": 5}),
    ("method is none of dice, lottery", {"method": "thought"}),
    ("film's hash is no SHA-256", {"film_sha256": "none"}),
    ("place is no text", {"place": ""}),
    ("not whole numbers from 1 to 6", {"numbers": [7] * 10}),
    ("not whole numbers from 1 to 6", {"numbers": "1234"}),
    ("not whole numbers from 1 to 6", {"numbers": [True] * 10}),
    ("fewer than 10000000 outcomes", {"numbers": [1] * 8}),
    ("in rising order, each once", {"method": "lottery", "highest": 49, "numbers": [8, 3, 14, 22, 40, 49]}),
    ("in rising order, each once", {"method": "lottery", "highest": 49, "numbers": [3, 3, 14, 22, 40, 49]}),
    ("needs 2 named witnesses", {"witnesses": ["Zhao Min", "Zhao Min "]}),
    ("needs 2 named witnesses", {"witnesses": [1, 2]}),
]


@pytest.mark.parametrize(("reason", "change"), BAD_CEREMONIES)
def test_a_ceremony_that_binds_nobody_is_refused(reason: str, change: dict[str, Any]) -> None:
    with pytest.raises(WrongBeacon, match=reason):
        beacons.read(CEREMONY, HELD, {**DICE, **change})


def test_only_pinned_chains_are_known() -> None:
    assert all(beacons.chain(code).code == code for code in beacons.codes())
    with pytest.raises(UnknownBeacon, match="the beacons are drand-quicknet, nist-2, ceremony"):
        beacons.chain("bitcoin")
