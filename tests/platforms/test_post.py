"""A message is posted to a checked address and nowhere else, and every trouble comes back as an answer."""

import socket
import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from platforms.channels.interface import Message
from platforms.edge.post import HEAD_BYTES, post
from tests.world.ports import free_port
from tests.world.receiver import Behaviour, babbles, drips, hangs_up, receiving, says

MESSAGE = Message({"webhook-id": "msg_1", "content-type": "application/json"}, '{"a":"玩具"}'.encode(), None)
LOOPBACK = frozenset({"127.0.0.1", "plat.example"})


def test_the_message_arrives_unchanged_under_its_own_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with receiving(says("200 OK", body="好".encode())) as receiver:
        url = f"http://plat.example:{receiver.port}/hook?a=1"
        answer = post(url, MESSAGE, allow_private=LOOPBACK, resolve=lambda host, port: ["127.0.0.1"])
    head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /hook?a=1 HTTP/1.1"
    assert f"Host: plat.example:{receiver.port}" in lines
    assert "webhook-id: msg_1" in lines
    assert body == MESSAGE.body
    assert (answer.status, answer.error, answer.body_head, answer.remote_ip) == (200, None, "好", "127.0.0.1")


@pytest.mark.parametrize(
    ("behaviour", "status", "error"),
    [
        (says("204 No Content"), 204, None),
        (says("410 Gone"), 410, None),
        (says("503 Busy"), 503, None),
        (hangs_up, None, "reset"),
        (babbles, None, "protocol"),
    ],
)
def test_what_the_receiver_did_is_told(behaviour: Behaviour, status: int | None, error: str | None) -> None:
    with receiving(behaviour) as receiver:
        answer = post(f"http://127.0.0.1:{receiver.port}/", MESSAGE, allow_private=LOOPBACK)
    assert (answer.status, answer.error) == (status, error)


def test_a_redirect_is_not_followed() -> None:
    with (
        receiving(says("200 OK")) as inside,
        receiving(says(f"302 F\r\nlocation: http://127.0.0.1:{inside.port}/")) as out,
    ):
        answer = post(f"http://127.0.0.1:{out.port}/", MESSAGE, allow_private=LOOPBACK)
    assert answer.status == 302
    assert inside.requests == []


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        (lambda _: "120", 120, 120),
        (lambda later: format_datetime(later, usegmt=True), 500, 600),
        (lambda later: format_datetime(later.replace(tzinfo=None)), 500, 600),
        (lambda _: "Mon, 01 Jan 2001 00:00:00 GMT", 0, 0),
    ],
    ids=["seconds", "date", "date without a zone", "date that is past"],
)
def test_the_receiver_may_ask_for_time(header: Callable[[datetime], str], low: int, high: int) -> None:
    later = datetime.now(UTC) + timedelta(minutes=10)
    with receiving(says(f"503 Busy\r\nretry-after: {header(later)}")) as receiver:
        answer = post(f"http://127.0.0.1:{receiver.port}/", MESSAGE, allow_private=LOOPBACK)
    assert answer.retry_after is not None
    assert low <= answer.retry_after <= high


@pytest.mark.parametrize("header", ["soon", "-5", "9" * 40, "1.5"])
def test_an_unreadable_wish_for_time_is_no_wish(header: str) -> None:
    with receiving(says(f"503 Busy\r\nretry-after: {header}")) as receiver:
        answer = post(f"http://127.0.0.1:{receiver.port}/", MESSAGE, allow_private=LOOPBACK)
    assert (answer.status, answer.retry_after) == (503, None)


def test_of_a_long_answer_only_the_head_is_kept() -> None:
    with receiving(says("200 OK", body=b"a\0" * 1_000_000)) as receiver:
        answer = post(f"http://127.0.0.1:{receiver.port}/", MESSAGE, allow_private=LOOPBACK)
    assert answer.status == 200
    assert answer.body_head == "a" * (HEAD_BYTES // 2)


def test_a_receiver_that_drips_is_cut_off() -> None:
    with receiving(drips) as receiver:
        answer = post(f"http://127.0.0.1:{receiver.port}/", MESSAGE, allow_private=LOOPBACK, total=0.4)
    assert answer.error == "timeout"


def test_a_closed_port_refuses() -> None:
    answer = post(f"http://127.0.0.1:{free_port()}/", MESSAGE, allow_private=LOOPBACK)
    assert (answer.status, answer.error) == (None, "refused")


def test_the_second_address_is_tried_when_the_first_is_dead() -> None:
    with receiving(says("200 OK")) as receiver:
        url = f"http://plat.example:{receiver.port}/"
        answer = post(url, MESSAGE, allow_private=LOOPBACK, resolve=lambda host, port: ["::1", "127.0.0.1"])
    assert answer.status == 200


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["8.8.8.8", "64:ff9b::7f00:1"], ["::1"]],
)
def test_one_bad_address_is_enough_to_refuse(addresses: list[str]) -> None:
    answer = post("https://rebind.example/hook", MESSAGE, resolve=lambda host, port: addresses)
    assert (answer.status, answer.error, answer.remote_ip) == (None, "blocked:special", None)


def test_a_refused_url_is_not_even_resolved() -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError("resolved")

    assert post("http://plat.example/", MESSAGE, resolve=never).error == "blocked:not_https"


def unknown(host: str, port: int) -> list[str]:
    raise socket.gaierror("unknown")


def nothing(host: str, port: int) -> list[str]:
    return []


def slow(host: str, port: int) -> list[str]:
    time.sleep(1)
    return ["8.8.8.8"]


@pytest.mark.parametrize("resolve", [unknown, nothing, slow])
def test_a_name_that_does_not_resolve_is_told_apart(resolve: object) -> None:
    answer = post("https://plat.example/", MESSAGE, resolve=resolve, total=0.2)  # type: ignore[arg-type]
    assert answer.error == "dns"


def authority(folder: Path, name: str) -> Path:
    """A certificate of its own for one name, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(IPv4Address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / f"{name}.pem"
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.mark.parametrize(
    ("name", "known", "error"),
    [("plat.example", True, None), ("plat.example", False, "bad_tls"), ("other.example", True, "bad_tls")],
)
def test_the_certificate_must_be_the_hosts(tmp_path: Path, name: str, known: bool, error: str | None) -> None:
    file = authority(tmp_path, name)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(file)
    trusting = ssl.create_default_context(cafile=str(file)) if known else None
    with receiving(says("200 OK"), tls=tls) as receiver:
        url = f"https://plat.example:{receiver.port}/"
        answer = post(url, MESSAGE, allow_private=LOOPBACK, resolve=lambda host, port: ["127.0.0.1"], context=trusting)
    assert answer.error == error
    assert (answer.status == 200) is (error is None)


def test_plain_text_where_tls_was_expected_is_hopeless() -> None:
    with receiving(babbles, listens=False) as receiver:
        answer = post(f"https://127.0.0.1:{receiver.port}/", MESSAGE, allow_private=LOOPBACK)
    assert answer.error == "bad_tls"
