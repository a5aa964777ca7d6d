"""The settings: read once, checked at once; the only module that looks at the environment."""

import ipaddress
import os
import secrets
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import parse_qs, unquote, urlsplit

PREFIX = "SHOPPER_"
FILE = "shopper.toml"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CLOCKS = ("real", "movable")


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


@dataclass(frozen=True, slots=True)
class Authority:
    """Who issues notices and publishes results."""

    id: str
    zh: str
    en: str
    contact: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations."""

    home: Path
    database_url: str  # empty: the embedded PostgreSQL
    prefect_database_url: str  # empty: the database `prefect` beside ours
    bucket: Bucket | None  # None: a folder under home
    web_host: str
    web_port: int
    base_url: str
    prefect_port: int
    chromium: Path | None  # None: the one Playwright downloaded
    clock: Literal["real", "movable"]
    rulebook: str
    sites: Mapping[str, str]  # platform code to another address than the site's own
    relays: Mapping[str, str]  # beacon's chain to the one relay to ask instead of the chain's own
    private_hosts: frozenset[str]  # hosts that a notice may be posted to although they are not public
    trusted_proxies: tuple[str, ...]  # addresses whose word on the visitor's own address is believed
    authority: Authority

    @property
    def objects(self) -> Path:
        """The folder of files under their SHA-256."""
        return self.home / "objects"

    @property
    def postgres(self) -> Path:
        """The data folder of the embedded PostgreSQL."""
        return self.home / "postgres"

    @property
    def prefect_home(self) -> Path:
        """The folder Prefect keeps its own files in."""
        return self.home / "prefect"

    @property
    def prefect_api_url(self) -> str:
        """The address of the Prefect server that `shopper up` starts."""
        return f"http://127.0.0.1:{self.prefect_port}/api"

    @property
    def secret_file(self) -> Path:
        """The file that holds the installation's secret key."""
        return self.home / "secret.key"


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Give the checked settings: the environment first, then `shopper.toml`, then the defaults."""
    values = _gather(os.environ if environ is None else environ, folder or Path.cwd())
    port = _number(values, "WEB_PORT", 8080, (1, 65535))
    host = values.get("WEB_HOST", "127.0.0.1")
    return Settings(
        home=_home(values, folder or Path.cwd()),
        database_url=_database(values, "DATABASE_URL", "psycopg"),
        prefect_database_url=_database(values, "PREFECT_DATABASE_URL", "asyncpg"),
        bucket=_bucket(values.get("OBJECTS_URL", "")),
        web_host=host,
        web_port=port,
        base_url=_address(values, "BASE_URL", f"http://{host}:{port}"),
        prefect_port=_number(values, "PREFECT_PORT", 4200, (1, 65535)),
        chromium=_chromium(values),
        clock=cast(Literal["real", "movable"], _choice(values, "CLOCK", "real", CLOCKS)),
        rulebook=values.get("RULEBOOK", "cn-product"),
        sites=_sites(values, "SITES"),
        relays=_sites(values, "RELAYS"),
        private_hosts=frozenset(values.get("PRIVATE_HOSTS", "").replace(",", " ").split()),
        trusted_proxies=_proxies(values),
        authority=_authority(values),
    )


def environment(settings: Settings) -> dict[str, str]:
    """Give the environment for a child process: ours, with the places it must agree on made explicit."""
    # A flow run works in another folder, so what `shopper.toml` says here goes along as well.
    said = {f"{PREFIX}{name}": text for name, text in _gather(os.environ, Path.cwd()).items()}
    return {
        **os.environ,
        **said,
        f"{PREFIX}HOME": str(settings.home),
        f"{PREFIX}BASE_URL": settings.base_url,
        f"{PREFIX}CLOCK": settings.clock,
        f"{PREFIX}SITES": " ".join(f"{code}={address}" for code, address in settings.sites.items()),
        f"{PREFIX}RELAYS": " ".join(f"{code}={address}" for code, address in settings.relays.items()),
        f"{PREFIX}PRIVATE_HOSTS": " ".join(sorted(settings.private_hosts)),
    }


def ensure_home(settings: Settings) -> Path:
    """Give the data folder, made if missing and proved to be writable."""
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        message = (
            f"The data folder {settings.home} is not writable ({error.strerror}): set {PREFIX}HOME to one that is."
        )
        raise SettingsError(message) from error
    return settings.home


def secret_key(settings: Settings) -> bytes:
    """Give the installation's 32 secret bytes; the first call makes them, readable by the owner alone."""
    path = settings.secret_file
    ensure_home(settings)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        # Written whole beside the final name and linked to it: two first starts agree on one key,
        # and a crash never leaves half of one.
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its key counts
        finally:
            draft.unlink()
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise SettingsError(f"The secret key {path} cannot be read: restore it from the backup.") from error
    if len(key) != 32:
        raise SettingsError(f"The secret key {path} is damaged: restore it from the backup.")
    return key


def _gather(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Join file and environment; a name nobody reads is refused, because it is a typing error."""
    values = {name.upper(): text for name, text in _read_file(folder / FILE).items()}
    values |= {name.removeprefix(PREFIX): text for name, text in environ.items() if name.startswith(PREFIX)}
    for name in sorted(values.keys() - KNOWN):
        raise SettingsError(f"{PREFIX}{name} is not a setting; the settings are {', '.join(sorted(KNOWN))}.")
    return {name: text.strip() for name, text in values.items() if text.strip()}


def _read_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}.") from error
    return {name: ",".join(value) if isinstance(value, list) else str(value) for name, value in table.items()}


def _number(values: Mapping[str, str], name: str, default: int, limits: tuple[int, int]) -> int:
    text = values.get(name, str(default))
    low, high = limits
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{PREFIX}{name} is {text!r}: it must be a whole number from {low} to {high}.")
    return int(text)


def _choice(values: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    text = values.get(name, default)
    if text not in allowed:
        raise SettingsError(f"{PREFIX}{name} is {text!r}: it must be one of {', '.join(allowed)}.")
    return text


def _sites(values: Mapping[str, str], name: str) -> dict[str, str]:
    """Read pairs of a platform's or beacon's code and its address, with a blank between the pairs."""
    pairs = [pair.partition("=") for pair in values.get(name, "").replace(",", " ").split()]
    return {code: _address({name: address}, name, address) for code, _, address in pairs}


def _proxies(values: Mapping[str, str]) -> tuple[str, ...]:
    """Read the addresses or networks of proxies; a name or `*` is refused, because it would let anybody in."""
    found = tuple(values.get("TRUSTED_PROXIES", "").replace(",", " ").split())
    for text in found:
        try:
            ipaddress.ip_network(text)
        except ValueError as error:
            message = f"{PREFIX}TRUSTED_PROXIES is {text!r}: it must be addresses such as 10.0.0.2 or 10.0.0.0/24."
            raise SettingsError(message) from error
    return found


def _authority(values: Mapping[str, str]) -> Authority:
    return Authority(
        id=values.get("AUTHORITY_ID", "urn:msa:example"),
        zh=values.get("AUTHORITY_ZH", "示例市场监督管理局"),
        en=values.get("AUTHORITY_EN", "Example Market Surveillance Authority"),
        contact=values.get("AUTHORITY_CONTACT", "notices@example.org"),
    )


def _home(values: Mapping[str, str], folder: Path) -> Path:
    return (folder / Path(values.get("HOME", "var")).expanduser()).resolve()


def _address(values: Mapping[str, str], name: str, default: str) -> str:
    text = values.get(name, default).rstrip("/")
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(f"{PREFIX}{name} is {text!r}: it must be an address such as https://example.org.")
    return text


def _database(values: Mapping[str, str], name: str, driver: str) -> str:
    """Give the address with our driver in it, whichever spelling of PostgreSQL came in."""
    text = values.get(name, "")
    if not text:
        return ""
    scheme, found, rest = text.partition("://")
    if not found or scheme not in ("postgres", "postgresql", f"postgresql+{driver}"):
        raise SettingsError(f"{PREFIX}{name} must look like postgresql://user:password@host:5432/shopper.")
    return f"postgresql+{driver}://{rest}"


def _bucket(text: str) -> Bucket | None:
    """Read `s3://key:secret@host:port/bucket?secure=0`; empty means the folder."""
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
        secure=parse_qs(parts.query).get("secure", ["1"])[-1] not in ("0", "false", "no"),
    )


def _chromium(values: Mapping[str, str]) -> Path | None:
    text = values.get("CHROMIUM", "")
    if not text:
        found = next(filter(None, map(cast(Callable[[str], str | None], shutil.which), BROWSERS)), None)
        return Path(found) if found else None
    path = Path(text).expanduser()
    if not os.access(path, os.X_OK) or path.is_dir():
        raise SettingsError(f"{PREFIX}CHROMIUM is {text!r}: there is no program of that name.")
    return path


KNOWN = frozenset(
    {
        "AUTHORITY_CONTACT",
        "AUTHORITY_EN",
        "AUTHORITY_ID",
        "AUTHORITY_ZH",
        "BASE_URL",
        "CHROMIUM",
        "CLOCK",
        "DATABASE_URL",
        "HOME",
        "OBJECTS_URL",
        "PREFECT_DATABASE_URL",
        "PREFECT_PORT",
        "PRIVATE_HOSTS",
        "RULEBOOK",
        "RELAYS",
        "SITES",
        "TRUSTED_PROXIES",
        "WEB_HOST",
        "WEB_PORT",
    }
)
