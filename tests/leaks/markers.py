"""A cover of which every field is found again wherever it occurs, in whatever form and however deep it is packed."""

import base64
import binascii
import gzip
import hashlib
import html
import io
import quopri
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from urllib.parse import quote, quote_plus

from sampling.cover import Cover

COVER = Cover(
    account="quillfennel.brandt@covers.example",
    password="Vexing+Harbour/9417&moth",
    first_name="Quillianne珂瑶",
    last_name="Brandtwurst欧阳烁",
    line1="4093 Thistledown Gasse, 幽篁里十三栋",
    city="Oberkrummstadt槐溪",
    postcode="QZX-88J4V",
    phone="+86 139 5551 2871",
    email="brandt.mailbox.kelp@covers.example",
    country="Wexelland",
    payment_method="Zwirnpay wallet",
    payment_label="turquoise otter card",
    payment_digits="7351",
    device="Lumophone K77 in oxblood",
)
OTHER = Cover(
    account="second.vorpal@covers.example", password="Snark~hunting_5521", first_name="Mirabellane",
    last_name="Ottertrout", line1="77 Galoshes Close", city="Nether Pinktoe", postcode="WKJ-31Y7Z",
    phone="+86 137 4442 9981", email="vorpal.inbox@covers.example", country="Yonderlund",
)  # fmt: skip
"""Another shopper's, who must not see the first one's either."""
DIGITS = "payment_digits"
"""Four digits are found only where they stand alone: anywhere else they would be part of another number."""

_B64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]{4,})*={0,2}")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_GZIP = b"\x1f\x8b\x08"
MOST_DEEP = 6


def found(data: bytes, covers: Iterable[Cover] = (COVER, OTHER)) -> set[str]:
    """Give the fields of the covers that occur in the data or in anything packed inside it."""
    layers = list(unpacked(data))
    return {name for cover in covers for layer in layers for name in _in(layer, cover)}


def unpacked(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Give the data and what is inside it: archives, compressed streams, coded parts; text also without its coding."""
    yield data
    if depth == MOST_DEEP:
        return
    for inner in (*_members(data), *_streams(data), *_decoded(data)):
        yield from unpacked(inner, depth + 1)


def forms(text: str) -> set[bytes]:
    """Give the forms in which a value may be written that do not depend on where a coding begins, in lower case."""
    plain = {text, text.replace(" ", ""), text.replace(" ", "-"), text.replace(" ", "\u00a0"), text[::-1]}
    if re.fullmatch(r"\+?[0-9 ]+", text):
        bare = text.removeprefix("+86").replace(" ", "")
        plain |= {bare, f"{bare[:3]}-{bare[3:7]}-{bare[7:]}", f"{bare[:3]} {bare[3:7]} {bare[7:]}"}
    coded: set[bytes] = set()
    for one in plain:
        for same in {one, one.lower(), one.upper()}:
            raw = same.encode()
            coded |= {raw, raw.hex().encode(), same.encode("utf-16-le"), same.encode("utf-16-be")}
            coded |= {hashlib.new(kind, raw).hexdigest().encode() for kind in ("sha256", "sha1", "md5")}
            coded |= {quote(same).encode(), quote(same, safe="").encode(), quote_plus(same).encode()}
            coded |= {"".join(f"%{byte:02x}" for byte in raw).encode()}
            coded |= {_escaped(same, every=False), _escaped(same, every=True), html.escape(same).encode()}
            coded |= {"".join(f"&#{ord(sign)};" for sign in same).encode(), quopri.encodestring(raw)}
            coded |= {"".join(f"&#{ord(sign)};" if ord(sign) > 127 else sign for sign in same).encode()}
            coded |= {same.encode("gb18030")}
    return {one.lower() for one in coded}


def in_base64(text: str) -> set[bytes]:
    """Give the value in both alphabets of base64 at each of the three places where it can begin, less its edges."""
    raw, made = text.encode(), set()
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw + bytes(-(before + len(raw)) % 3))
        core = whole[-(-before * 4 // 3) + (1 if before else 0) : len(whole) - 4]
        made |= {core, core.replace(b"+", b"-").replace(b"/", b"_")}
    return made


def values(cover: Cover) -> dict[str, str]:
    """Give every field that is filled in, and the names a person may be called by."""
    fields = {name: value for name, value in asdict(cover).items() if value}
    first, last = cover.first_name, cover.last_name
    return {**fields, "full_name": f"{first} {last}", "last_first": f"{last}, {first}", "run_together": last + first}


@cache
def _patterns(cover: Cover) -> tuple[tuple[str, tuple[bytes, ...], tuple[bytes, ...]], ...]:
    told = {name: value for name, value in values(cover).items() if name != DIGITS}
    return tuple((name, tuple(forms(value)), tuple(in_base64(value))) for name, value in told.items())


def _in(data: bytes, cover: Cover) -> Iterator[str]:
    small = data.lower()
    for name, any_case, exact in _patterns(cover):
        if any(form in small for form in any_case) or any(form in data for form in exact):
            yield name
    digits = cover.payment_digits.encode()
    if digits and re.search(rb"(?<![0-9A-Za-z.,+/=_:-])%b(?![0-9A-Za-z.,+/=_:-])" % digits, data) and _is_text(data):
        yield DIGITS


def _members(data: bytes) -> Iterator[bytes]:
    if data[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                yield entry.filename.encode() + b"\n" + entry.comment
                yield archive.read(entry)


def _streams(data: bytes) -> Iterator[bytes]:
    """Compressed streams: records of a WARC, each a gzip of its own, and the streams of a PDF."""
    if data[:3] == _GZIP:
        left = data
        while left[:3] == _GZIP:
            opened = zlib.decompressobj(wbits=31)
            yield opened.decompress(left)
            left = opened.unused_data
    if data[:5] == b"%PDF-":
        for stream in _STREAM.findall(data):
            try:
                yield zlib.decompressobj().decompress(stream)
            except zlib.error:
                yield stream


def _decoded(data: bytes) -> Iterator[bytes]:
    """Text without its coding: entities, percent signs, escapes of JSON, quoted lines, long runs of base64."""
    if not _is_text(data):
        return
    if b"=\r\n" in data or b"=\n" in data:
        yield quopri.decodestring(data)
    if b"\\u" in data:
        yield re.sub(rb"\\u([0-9a-fA-F]{4})", lambda code: _sign(code[1]), data)
    if b"\\\\" in data or b'\\"' in data:
        yield data.replace(b"\\\\", b"\\").replace(b'\\"', b'"')
    for run in _B64.findall(data):
        if len(run) >= 400:  # what is short is found by its forms
            with_ending = run.replace(b"\n", b"").replace(b"\r", b"").rstrip(b"=")
            try:
                yield base64.b64decode(
                    with_ending + b"=" * (-len(with_ending) % 4), altchars=b"-_" if b"_" in run else None
                )
            except (binascii.Error, ValueError):
                continue


def _is_text(data: bytes) -> bool:
    return b"\0" not in data[:2000] and data[:4] not in (b"PK\x03\x04", b"\x89PNG", b"%PDF") and data[:3] != _GZIP


def _sign(code: bytes) -> bytes:
    return chr(int(code, 16)).encode("utf-8", "replace")


def _escaped(text: str, *, every: bool) -> bytes:
    return "".join(f"\\u{ord(sign):04x}" if every or ord(sign) > 127 else sign for sign in text).encode()


def gzipped(data: bytes) -> bytes:
    """Give the data as one gzip member."""
    return gzip.compress(data, mtime=0)
