"""A time-stamp counts only when the pinned authority signed it over these very bytes; openssl agrees in every case."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sampling.errors import WrongStamp
from sampling.evidence.timestamp import Stamp, certificates, check, query
from tests.world.authority import POLICY, Office, open_office

DATA = b"signature of a manifest"
NONCE = 2**64 - 1


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield open_office(tmp_path_factory.mktemp("tsa") / "ours")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An authority of the same name whose certificate even has the same number."""
    yield open_office(tmp_path_factory.mktemp("tsa") / "stranger")


@pytest.fixture(scope="module")
def answer(office: Office) -> bytes:
    return office.stamp(query(DATA, NONCE))


def test_a_request_is_the_one_of_the_standard() -> None:
    """RFC 3161, 2.4.1: version 1, SHA-256 with its parameters, the hash, the nonce as a positive number, certReq."""
    assert query(b"", 128).hex() == (
        "303d020101" "3031300d060960864801650304020105000420"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" "02020080" "0101ff"
    )  # fmt: skip


@pytest.mark.parametrize("nonce", [0, 1, 127, 128, 255, 2**63, NONCE])
def test_an_answer_to_any_nonce_holds(office: Office, nonce: int) -> None:
    found = check(office.stamp(query(DATA, nonce)), DATA, chain=office.chain, nonce=nonce, policy=POLICY)
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert found == Stamp(found.at, found.serial, "CN=Test TSA", POLICY)
    assert found.serial > 0


def test_openssl_agrees(office: Office, stranger: Office, answer: bytes, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "answer").write_bytes(answer)
    for one, code in ((office, 0), (stranger, 1)):
        (tmp_path / "chain").write_bytes(one.chain)
        words = ["openssl", "ts", "-verify", "-in", "answer", "-data", "data", "-CAfile", "chain"]
        assert subprocess.run(words, cwd=tmp_path, capture_output=True, check=False).returncode == code


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"data": b"another"}, "Mismatch between messages"),
        ({"nonce": 1}, "Nonce mismatch"),
        ({"policy": "1.2.3"}, "Policy ID mismatch"),
        ({"policy": "no number"}, "does not hold"),
        ({"nonce": -1}, "Nonce mismatch"),
        ({"response": b""}, "does not hold"),
        ({"response": b"\x30\x03\x02\x01"}, "does not hold"),
        ({"chain": b""}, "holds no certificates"),
        ({"chain": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}, "holds no certificates"),
    ],
)
def test_an_answer_to_something_else_is_refused(
    office: Office, answer: bytes, changes: dict[str, object], why: str
) -> None:
    facts: dict[str, object] = {"response": answer, "data": DATA, "chain": office.chain, **changes}
    response, data = facts.pop("response"), facts.pop("data")
    with pytest.raises(WrongStamp, match=why):
        check(response, data, **facts)  # type: ignore[arg-type]


def test_a_chain_is_exactly_its_certificates(office: Office, answer: bytes) -> None:
    own, root = certificates(office.chain)
    assert own.issuer == root.subject
    for chain in (office.chain + b"# trust me\n", b"\n" + office.chain, office.chain[:-1]):
        with pytest.raises(WrongStamp, match="more than its certificates"):
            check(answer, DATA, chain=chain)
    with pytest.raises(WrongStamp, match="no root"):
        check(answer, DATA, chain=office.chain[: office.chain.index(b"-----BEGIN", 1)])


def test_a_strangers_answer_is_refused_though_it_brings_its_own_root(office: Office, stranger: Office) -> None:
    for options in ((), ("-chain", "root.pem")):
        answer = stranger.stamp(query(DATA, NONCE), *options)
        with pytest.raises(WrongStamp, match="does not hold"):
            check(answer, DATA, chain=office.chain)


def test_a_strangers_certificate_under_the_authoritys_root_is_not_the_pinned_one(
    office: Office, tmp_path: Path
) -> None:
    """Another office of the same firm: its root is the one we know, its certificate is not."""
    branch = open_office(tmp_path / "branch", name="Branch")
    split = b"-----BEGIN"
    for own in (office.chain, branch.chain):
        chain = own[: own.index(split, 1)] + office.chain[office.chain.index(split, 1) :]
        with pytest.raises(WrongStamp, match="does not hold"):
            check(branch.stamp(query(DATA, NONCE)), DATA, chain=chain)


def test_an_answer_without_the_certificate_is_checked_by_the_pinned_one(office: Office, stranger: Office) -> None:
    asked = query(DATA, NONCE)
    bare = bytes((asked[0], asked[1] - 3)) + asked[2:-3]
    assert check(office.stamp(bare), DATA, chain=office.chain).policy == POLICY
    with pytest.raises(WrongStamp):
        check(stranger.stamp(bare), DATA, chain=office.chain)


def test_only_sha_256_counts(office: Office, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(DATA)
    words = ["openssl", "ts", "-query", "-data", "data", "-sha512", "-cert", "-out", "query"]
    subprocess.run(words, cwd=tmp_path, check=True, capture_output=True)
    answer = office.stamp((tmp_path / "query").read_bytes())
    with pytest.raises(WrongStamp, match="another hash than SHA-256"):
        check(answer, DATA, chain=office.chain)


@pytest.mark.parametrize("purposes", ["critical,serverAuth", "timeStamping", "critical,timeStamping,serverAuth", ""])
def test_a_certificate_for_something_else_cannot_stamp(office: Office, tmp_path: Path, purposes: str) -> None:
    """Openssl refuses to stamp with it, so another's answer is looked at through it."""
    other = open_office(tmp_path / "other", purposes=purposes)
    with pytest.raises(WrongStamp, match="not for time-stamps alone"):
        check(office.stamp(query(DATA, NONCE)), DATA, chain=other.chain)


def test_a_refusal_of_the_authority_is_no_stamp(office: Office) -> None:
    refused = office.stamp(b"\x30\x03\x02\x01\x01")
    with pytest.raises(WrongStamp):
        check(refused, DATA, chain=office.chain)


def test_no_changed_byte_of_an_answer_changes_what_it_proves(office: Office, answer: bytes) -> None:
    """A few bytes, such as a version number outside what is signed, mean nothing; all others break it."""
    held, passed = check(answer, DATA, chain=office.chain), 0
    for place in range(len(answer)):
        changed = bytearray(answer)
        changed[place] ^= 1
        try:
            assert check(bytes(changed), DATA, chain=office.chain) == held
            passed += 1
        except WrongStamp:
            continue
    assert passed < 20
    for longer in (answer + b"\0", answer[:-1]):
        with pytest.raises(WrongStamp):
            check(longer, DATA, chain=office.chain)
