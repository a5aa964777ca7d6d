"""The index of an archive: a line for each record that can be asked for, as replaying and validating tools read it."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC
from email.parser import BytesParser
from typing import Any
from urllib.parse import quote_plus, urlsplit

from sampling.evidence.blocks import plain
from sampling.evidence.warc import Entry

MOST_QUERY = 4_096
"""Characters of a request's body that tell it from another to the same address."""

_WWW = re.compile(r"www\d*\.")
_PORTS = {"http": 80, "https": 443}


def lines(entries: Iterable[Entry], *, filename: str) -> bytes:
    """Give the sorted index of one archive file; sockets and other schemes cannot be asked for and are left out."""
    asked = (entry for entry in entries if entry.url.startswith(("http://", "https://", "urn:")))
    return "".join(sorted(_line(entry, filename) for entry in asked if entry.status != 101)).encode()


def key(url: str) -> str:
    """Give the address in the sort form of web archives: host parts from the right, without www, port and case."""
    if not url.startswith(("http://", "https://")):
        return url.removesuffix("/").lower()
    parts = urlsplit(plain(url).lower())
    host = _WWW.sub("", parts.hostname or "", count=1) if (parts.hostname or "").startswith("www") else parts.hostname
    port = "" if parts.port in {None, _PORTS[parts.scheme]} else f":{parts.port}"
    query = "?" + "&".join(sorted(parts.query.split("&"), key=lambda pair: pair.partition("="))) if parts.query else ""
    return f"{','.join(reversed((host or '').split('.')))}{port}){parts.path.rstrip('/') or '/'}{query}"


def query(entry: Entry) -> str:
    """Give the request's body as the query text by which players find the answer to a POST or PUT.

    Players are scripts in a browser, so a value is written as such scripts write it.
    """
    body, kind = entry.request_body, entry.request_type.partition(";")[0].strip().lower()
    try:
        match kind:
            case "application/x-www-form-urlencoded":
                text = body.decode()
            case "application/json":
                text = _from_json(body)
            case "text/plain":
                text = _from_json(body) or _opaque(body)
            case "multipart/form-data":
                text = _from_form(body, entry.request_type)
            case _:
                text = _opaque(body)
    except UnicodeDecodeError:
        text = _opaque(body)
    return text[:MOST_QUERY]


def _line(entry: Entry, filename: str) -> str:
    known = {
        "url": entry.url,
        "mime": entry.media_type,
        "status": str(entry.status),
        "digest": f"sha256:{entry.digest}",
        "length": str(entry.length),
        "offset": str(entry.offset),
        "filename": filename,
    }
    url = entry.url
    if entry.method != "GET":
        asked = query(entry) if entry.method in {"POST", "PUT"} else ""
        known |= {"requestBody": asked, "method": entry.method}
        url += f"{'&' if '?' in url else '?'}__wb_method={entry.method}{'&' + asked if asked else ''}"
    instant = entry.at.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    told = json.dumps({name: value for name, value in known.items() if value or name == "requestBody"})
    return f"{key(url)} {instant} {told}\n"


def _opaque(body: bytes) -> str:
    return "__wb_post_data=" + base64.b64encode(body).decode() if body else ""


def _from_json(body: bytes) -> str:
    """Give the innermost values by their names, a repeated name numbered; "" for what is no JSON."""
    pairs: dict[str, str] = {}
    try:
        for name, value in _values(json.loads(body), ""):
            pairs[_free(name, pairs)] = value
    except (ValueError, RecursionError):
        return ""
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in pairs.items())


def _free(name: str, taken: dict[str, str]) -> str:
    if name not in taken:
        return name
    number = 2
    while f"{name}.{number}_" in taken:
        number += 1
    return f"{name}.{number}_"


def _values(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """Empty texts say nothing."""
    match value:
        case dict():
            for inner, item in value.items():
                yield from _values(item, inner)
        case list():
            for item in value:
                yield from _values(item, name)
        case str():
            yield from [(name, value)] if value else []
        case bool() | None:
            yield name, {True: "true", False: "false", None: "null"}[value]
        case float() if value.is_integer():
            yield name, f"{value:.0f}"
        case _:
            yield name, str(value)


def _from_form(body: bytes, content_type: str) -> str:
    """Give the first line of each field of a form in parts; files and empty fields are passed over."""
    whole = BytesParser().parsebytes(b"Content-Type: " + content_type.encode("ascii", "replace") + b"\r\n\r\n" + body)
    fields = {}
    for part in whole.walk():
        name, data = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        lines = data.decode("utf-8", "replace").splitlines() if isinstance(data, bytes) else []
        if name and part.get_filename() is None and lines and lines[0]:
            fields[str(name)] = lines[0]
    return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in fields.items())


def _escaped(text: str) -> str:
    return quote_plus(text, safe="*", errors="replace").replace("~", "%7E")
