"""Reading: how the text of each setting becomes its value; a wrong one gives one sentence that names it."""

import ipaddress
import os
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

PREFIX = "SHOPPER_"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HERE, PROCESSES, DASK = "here", "processes", "dask"
MOST_WORKERS = 512

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_COUNTRY = re.compile(r"[A-Z]{2}")

Values = Mapping[str, str]
"""The text of each setting that is not empty, by its name without the prefix."""


class SettingsError(Exception):
    """A setting is wrong or missing; the message is one sentence that names it."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where an S3 server keeps the objects."""

    endpoint: str  # host:port, as the MinIO client wants it
    bucket: str
    access_key: str
    secret_key: str
    secure: bool
    lock: bool = True  # objects are held in compliance mode for as long as the rulebook says, where the server can


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a program listens: a host and its port, or the path of a socket."""

    host: str
    port: int | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """Who issues notices and publishes results."""

    id: str
    zh: str
    en: str
    contact: str


@dataclass(frozen=True, slots=True)
class Egress:
    """From where captures go out, as the operator states it; nothing of it is measured."""

    country: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Workers:
    """Who works on the parts of a frame: this process, so many of this machine, or a Dask cluster at an address."""

    kind: str = HERE
    many: int = 1
    address: str = ""


def number(values: Values, name: str, default: int, limits: tuple[int, int]) -> int:
    """Give a whole number between two limits."""
    text = values.get(name, str(default))
    low, high = limits
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{PREFIX}{name} is {text!r}: it must be a whole number from {low} to {high}.")
    return int(text)


def choice(values: Values, name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Give one of the allowed words."""
    text = values.get(name, default)
    if text not in allowed:
        raise SettingsError(f"{PREFIX}{name} is {text!r}: it must be one of {', '.join(allowed)}.")
    return text


def sites(values: Values, name: str) -> dict[str, str]:
    """Read pairs of a platform's or beacon's code and its address, with a blank between the pairs."""
    pairs = [pair.partition("=") for pair in values.get(name, "").replace(",", " ").split()]
    return {code: address({name: text}, name, text) for code, _, text in pairs}


def proxies(values: Values) -> tuple[str, ...]:
    """Read the addresses or networks of proxies; a name or `*` is refused, because it would let anybody in."""
    found = tuple(values.get("TRUSTED_PROXIES", "").replace(",", " ").split())
    for text in found:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            message = f"{PREFIX}TRUSTED_PROXIES is {text!r}: it must be addresses such as 10.0.0.2 or 10.0.0.0/24."
            raise SettingsError(message) from error
    return found


def authority(values: Values) -> Authority:
    """Give who issues notices: an example where nobody is named."""
    return Authority(
        id=values.get("AUTHORITY_ID", "urn:msa:example"),
        zh=values.get("AUTHORITY_ZH", "示例市场监督管理局"),
        en=values.get("AUTHORITY_EN", "Example Market Surveillance Authority"),
        contact=values.get("AUTHORITY_CONTACT", "notices@example.org"),
    )


def timestamps(values: Values) -> dict[str, str]:
    """Read the authorities that stamp: `code` for a shipped one, `code=address` for another, whose address is given."""
    found = {}
    for text in values.get("TIMESTAMPS", "").replace(",", " ").split():
        code, equals, place = text.partition("=")
        if not _CODE.fullmatch(code):
            raise SettingsError(
                f"{PREFIX}TIMESTAMPS is {text!r}: it must be codes such as digicert or own=http://host/tsa."
            )
        found[code] = address({"TIMESTAMPS": place}, "TIMESTAMPS", place) if equals else ""
    return found


def browser(values: Values) -> str | None:
    """Give the address of a browser on another machine; None for our own."""
    text = values.get("BROWSER", "")
    parts = urlsplit(text)
    if text and (parts.scheme not in ("ws", "wss", "http", "https") or not parts.hostname):
        raise SettingsError(f"{PREFIX}BROWSER is {text!r}: it must be an address such as ws://host:3000/.")
    return text or None


def scanner(values: Values) -> Listening | None:
    """Read `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`; None where files are not scanned."""
    text = values.get("SCANNER", "")
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme == "tcp" and parts.hostname and port:
        return Listening(parts.hostname, port)
    if parts.scheme == "unix" and parts.path and not parts.netloc:
        return Listening(parts.path)
    if text:
        raise SettingsError(
            f"{PREFIX}SCANNER is {text!r}: it must look like tcp://host:3310 or unix:///path/of/socket."
        )
    return None


def many(values: Values, name: str, most: int) -> int | None:
    """Give a whole number from 1; None where it is left to the machine."""
    return number(values, name, 1, (1, most)) if name in values else None


def egress(values: Values) -> Egress:
    """Read a country and, where it is known, the address: `CN` or `CN 203.0.113.7`."""
    country, _, rest = values.get("EGRESS", "").partition(" ")
    try:
        place = str(ipaddress.ip_address(rest.strip())) if rest.strip() else ""
    except ValueError:
        country = "?"
    if country and not _COUNTRY.fullmatch(country):
        raise SettingsError(f"{PREFIX}EGRESS is {values['EGRESS']!r}: it must look like CN or CN 203.0.113.7.")
    return Egress(country, place)


def home(values: Values, folder: Path) -> Path:
    """Give the data folder, beside the working folder where it is not named in full."""
    return (folder / Path(values.get("HOME", "var")).expanduser()).resolve()


def address(values: Values, name: str, default: str) -> str:
    """Give a web address without a slash at its end."""
    text = values.get(name, default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{PREFIX}{name} is {text!r}: it must be an address such as https://example.org.")
    return text


def database(values: Values, name: str, driver: str) -> str:
    """Give the address with our driver in it, whichever spelling of PostgreSQL came in."""
    text = values.get(name, "")
    if not text:
        return ""
    scheme, found, rest = text.partition("://")
    if not found or scheme not in ("postgres", "postgresql", f"postgresql+{driver}"):
        raise SettingsError(f"{PREFIX}{name} must look like postgresql://user:password@host:5432/shopper.")
    return f"postgresql+{driver}://{rest}"


def bucket(text: str) -> Bucket | None:
    """Read `s3://key:secret@host:port/bucket?secure=0&lock=0`; empty means the folder."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    bucket = parts.path.strip("/")
    complete = parts.scheme == "s3" and parts.hostname and parts.username and parts.password and bucket
    if not complete or "/" in bucket:
        # The value holds a password, so the sentence does not repeat it.
        raise SettingsError(f"{PREFIX}OBJECTS_URL must look like s3://key:secret@host:9000/bucket?secure=0.")
    return Bucket(
        endpoint=f"{parts.hostname}{port}",
        bucket=bucket,
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
        secure=_flag(parts.query, "secure"),
        lock=_flag(parts.query, "lock"),
    )


def _flag(query: str, name: str) -> bool:
    return parse_qs(query).get(name, ["1"])[-1] not in ("0", "false", "no")


def chromium(values: Values) -> Path | None:
    """Give the browser that is named or that the system has; None for the one Playwright downloaded."""
    text = values.get("CHROMIUM", "")
    if not text:
        found = next(filter(None, map(cast(Callable[[str], str | None], shutil.which), BROWSERS)), None)
        return Path(found) if found else None
    path = Path(text).expanduser()
    if not os.access(path, os.X_OK) or path.is_dir():
        raise SettingsError(f"{PREFIX}CHROMIUM is {text!r}: there is no program of that name.")
    return path


def workers(values: Values) -> Workers:
    """Read `here`, `processes:4`, `dask:4` or `dask:tcp://host:8786`."""
    text = values.get("WORKERS", HERE)
    kind, _, rest = text.partition(":")
    parts = urlsplit(rest)
    if text == HERE:
        return Workers()
    if kind == DASK and find_spec("prefect_dask") is None:
        raise SettingsError(
            f"{PREFIX}WORKERS is {text!r}: Dask comes with the extra `cluster`, which is not installed."
        )
    if kind == DASK and parts.scheme in ("tcp", "tls") and parts.hostname:
        return Workers(DASK, MOST_WORKERS, rest)
    if kind in (PROCESSES, DASK) and rest.isascii() and rest.isdigit() and 1 <= int(rest) <= MOST_WORKERS:
        return Workers(kind, int(rest))
    raise SettingsError(f"{PREFIX}WORKERS is {text!r}: it must be here, processes:4, dask:4 or dask:tcp://host:8786.")
