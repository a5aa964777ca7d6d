"""Visits with defaults, so that a test names only what matters, and one of each kind that an archive must hold."""

import base64
import hashlib
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from sampling.evidence.bundle import seal
from sampling.evidence.exchange import Connection, Exchange, Message, Passage
from sampling.evidence.keys import Keys
from sampling.evidence.layout import Box
from sampling.evidence.visit import Visit, VisitKind

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
KEYS = Keys(KEY, ec.derive_private_key(7, ec.SECP384R1()))
OTHER_KEYS = Keys(OTHER_KEY, ec.derive_private_key(11, ec.SECP384R1()))

SHOP = "https://shop.test"
PRICE = "￥129.00"
HTML = f"<!doctype html><meta charset=utf-8><title>Lamp 台灯</title><h1>Lamp</h1><b id=p>{PRICE}</b><img src=/a.png>"


def a_picture(shade: int = 128) -> bytes:
    """A PNG of 8 by 8 grey points."""
    rows = zlib.compress(b"".join(b"\0" + bytes([shade] * 8) for _ in range(8)))
    parts = ((b"IHDR", struct.pack(">2I5B", 8, 8, 8, 0, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    chunks = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def a_certificate(host: str = "shop.test") -> bytes:
    """A certificate (DER) that is the same at every run."""
    key, name = ec.derive_private_key(5, ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, NOON, NOON + timedelta(days=90))
    return made.sign(key, SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.DER)


def a_connection(**changes: Any) -> Connection:
    made = Connection(
        origin=SHOP, protocol="TLS 1.3", cipher="AES_128_GCM", key_exchange="X25519", subject="shop.test",
        issuer="shop.test", names=("shop.test",), valid_from=NOON, valid_to=NOON + timedelta(days=90),
        transparency="unknown", chain=(a_certificate(),),
    )  # fmt: skip
    return replace(made, **changes)


def an_exchange(url: str = f"{SHOP}/item/1", *, body: bytes | None = HTML.encode(), **changes: Any) -> Exchange:
    made = Exchange(
        url=url, method="GET", resource="Document", sent_at=NOON + timedelta(milliseconds=40),
        request_headers=(("Host", "shop.test"), ("User-Agent", "Chromium 1"), ("Accept", "*/*")),
        status=200, status_text="OK", protocol="http/1.1",
        headers=(("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"), ("Content-Length", "77")),
        headers_source="wire", media_type="text/html", body=body, server_ip="192.0.2.1", server_port=443,
    )  # fmt: skip
    return replace(made, **changes)


def a_hop(url: str, to: str) -> Exchange:
    headers = (("Location", to), ("Content-Length", "0"))
    return an_exchange(url, body=b"", status=301, status_text="Moved", headers=headers, redirect_to=to, media_type="")


def a_png(url: str = f"{SHOP}/a.png", **changes: Any) -> Exchange:
    headers = (("Content-Type", "image/png"),)
    facts: dict[str, Any] = {"resource": "Image", "headers": headers, "media_type": "image/png", "body": a_picture()}
    return an_exchange(url, **{**facts, **changes})


EXCHANGES = (
    a_hop(f"{SHOP}/i/1", f"{SHOP}/item/1"),
    an_exchange(),
    a_png(),
    a_png(f"{SHOP}/cut.png", body=a_picture()[:20], truncated="disconnect", failure="net::ERR_CONTENT_LENGTH_MISMATCH"),
    an_exchange(f"{SHOP}/lost.png", resource="Image", status=None, protocol=None, headers=(), headers_source=None,
                media_type="", body=None, failure="net::ERR_CONNECTION_REFUSED", server_ip=None),
    an_exchange("https://ads.test/frame", status=None, protocol=None, headers=(), headers_source=None, body=None,
                request_headers=(), server_ip=None, gap="other_process", context="frame"),
)  # fmt: skip


def a_visit(**changes: Any) -> Visit:
    visit = Visit(
        kind=VisitKind.LISTING,
        reason=None,
        requested_url=f"{SHOP}/i/1",
        final_url=f"{SHOP}/item/1",
        status=200,
        started_at=NOON,
        ended_at=NOON + timedelta(milliseconds=1500),
        html=HTML,
        text=f"Lamp {PRICE}",
        files={
            "page.png": a_picture(),
            "before.png": a_picture(90),
            "dom.html": HTML.encode(),
            "page.mhtml": b"From: lamp\r\n",
        },
        tool={"browser": "Chromium 1", "viewport": "1280x800", "egress_country": "CN"},
        title="Lamp 台灯",
        interactions=("click #reject",),
        exchanges=EXCHANGES,
        connections=(a_connection(),),
        passages=(Passage(NOON, "shop.test", 443, ("192.0.2.1",), "192.0.2.1", None, 900, 5000, 0.0426),),
        boxes=(Box(PRICE, 10, 20, 80, 24, 20, 700, False, "#p"),),
    )
    return replace(visit, **changes)


def a_bundle(**changes: Any) -> dict[str, bytes]:
    """A sealed bundle; `visit` is one of the facts that can be named."""
    facts: dict[str, Any] = {"capture_id": "cap-1", "case": "S26-000001", "keys": KEYS, "extracted": {"title": "Lamp"}}
    return seal(changes.pop("visit", None) or a_visit(), **{**facts, **changes})


def _posting() -> tuple[Exchange, ...]:
    """A page whose price comes only as the answer to each kind of POST."""
    script = (
        "<script>const p=(u,b,t)=>fetch(u,{method:'POST',headers:t?{'Content-Type':t}:{},body:b}).then(r=>r.text());"
        "const d=new FormData();d.set('q','灯');"
        "Promise.all([p('/form','q=%E7%81%AF&n=1','application/x-www-form-urlencoded'),"
        'p(\'/json\',\'{"q":"灯","n":[1,2],"t":true}\',\'application/json\'),'
        "p('/text','plain words','text/plain'),p('/parts',d)])"
        ".then(all=>document.body.append(all.join('')))</script>"
    )
    page = f"<!doctype html><meta charset=utf-8><title>Posting</title><body>{script}".encode()
    parts = '--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n灯\r\n--x--\r\n'
    sent = (
        ("/form", "application/x-www-form-urlencoded", "q=%E7%81%AF&n=1", "￥1"),
        ("/json", "application/json", '{"q":"灯","n":[1,2],"t":true}', "29."),
        ("/text", "text/plain", "plain words", "0"),
        ("/parts", "multipart/form-data; boundary=x", parts, "0"),
    )
    asked = tuple(
        an_exchange(
            SHOP + path, method="POST", resource="Fetch", body=answer.encode(), media_type="text/plain",
            request_headers=(("Content-Type", kind),), request_body=body.encode(),
            headers=(("Content-Type", "text/plain; charset=utf-8"),),
        )
        for path, kind, body, answer in sent
    )  # fmt: skip
    return (an_exchange(body=page), *asked)


def _socket() -> Exchange:
    frames = (
        Message(True, 1, b"price?", NOON),
        Message(False, 1, PRICE.encode(), NOON),
        Message(False, 2, b"\xff", NOON),
    )
    headers = (("Upgrade", "websocket"), ("Connection", "Upgrade"))
    return an_exchange("wss://shop.test/feed", resource="WebSocket", status=101, status_text="Switching Protocols",
                       headers=headers, media_type="", body=None, messages=frames)  # fmt: skip


def every_visit() -> dict[str, Visit]:
    """One visit of each kind that the outside validators must accept, by name; those in REPLAYED show the price."""
    odd = "https://xn--bcher-kva.test/灯/a b?q=台灯|x&r=%E7#top"
    gbk = f"<!doctype html><meta charset=gbk><title>台灯</title><b>{PRICE}</b>".encode("gbk")
    files, plain = {"page.png": a_picture()}, (("Content-Type", "text/html"),)
    stream = an_exchange(f"{SHOP}/events", resource="EventSource", media_type="text/event-stream", body=None,
                         headers=(("Content-Type", "text/event-stream"),), truncated="time",
                         messages=(Message(False, 1, b"{}", NOON),))  # fmt: skip
    h2 = an_exchange(
        protocol="h2", headers_source="rebuilt", headers=((":status", "200"), ("content-type", "text/html"))
    )
    return {
        "listing": a_visit(),
        "posting": a_visit(exchanges=_posting()),
        "socket": a_visit(exchanges=(*EXCHANGES, _socket(), stream)),
        "non-ascii": a_visit(final_url=odd, exchanges=(an_exchange(odd),), connections=()),
        "gbk": a_visit(exchanges=(an_exchange(body=gbk, headers=plain),), html="", files=files),
        "rebuilt": a_visit(exchanges=(h2, a_png(status=404, status_text="Not Found", protocol="h2"))),
        "truncated": a_visit(exchanges=(an_exchange(body=HTML.encode()[:200], truncated="length"),)),
        "obstacle": a_visit(
            kind=VisitKind.OBSTACLE, reason="captcha", status=403, signals={"captcha_widget": "g-recaptcha"},
            exchanges=(an_exchange(status=403, status_text="Forbidden", body=b"<title>Are you human?</title>"),),
        ),
        "error": a_visit(
            kind=VisitKind.ERROR, reason="unreachable", status=None, files={}, title="", html="", text="", boxes=(),
            final_url=f"{SHOP}/i/1", connections=(), passages=(), exchanges=(replace(EXCHANGES[4], url=f"{SHOP}/i/1"),),
        ),
        "nothing": a_visit(
            kind=VisitKind.ERROR, reason="browser_lost", status=None, files={}, title="", html="", text="", boxes=(),
            final_url=f"{SHOP}/i/1", connections=(), passages=(), exchanges=(), tool={},
        ),
    }  # fmt: skip


REPLAYED = ("listing", "posting", "socket", "non-ascii", "gbk", "rebuilt", "truncated")


def a_heavy_visit() -> Visit:
    """33 exchanges of 2.6 MB, most of it noise in pictures, with the files of a full capture beside them."""
    noise = b"".join(hashlib.sha256(str(number).encode()).digest() for number in range(3_200))
    words = b" ".join(noise[start : start + 8].hex().encode() for start in range(0, 40_000, 9))
    texts = [an_exchange(f"{SHOP}/text/{n}.js", body=words, media_type="text/javascript") for n in range(8)]
    pictures = [a_png(f"{SHOP}/picture/{n}.png", body=noise[n:]) for n in range(24)]
    page = b"".join(hashlib.sha256(bytes([shade]) + noise[:32]).digest() * 400 for shade in range(120))
    coded = base64.encodebytes(noise * 24)
    files = {"page.png": page, "viewport.png": noise * 4, "before.png": noise * 4, "phone.png": noise * 4,
             "dom.html": words, "page.mhtml": coded, "page.pdf": noise * 6}  # fmt: skip
    return a_visit(exchanges=(an_exchange(), *texts, *pictures), files=files)
