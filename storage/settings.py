"""The settings: read once, checked at once; the only module that looks at the environment."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from storage import reading
from storage.reading import PREFIX, Authority, Bucket, Egress, Listening, SettingsError, Workers

FILE = "shopper.toml"
CLOCKS = ("real", "movable")
MOST_PARTS = 4096
CONNECTIONS, FEWEST, MOST_CONNECTIONS = 60, 10, 1000
"""How many one process has at once at most: PostgreSQL lets a hundred in, and other processes are there as well."""
MOST_BROWSERS, MOST_CONTEXTS = 64, 16


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between two installations."""

    home: Path
    database_url: str  # empty: the embedded PostgreSQL
    prefect_database_url: str  # empty: the database `prefect` beside ours
    connections: int  # how many to the database one process has at once at most
    bucket: Bucket | None  # None: a folder under home
    web_host: str
    web_port: int
    base_url: str
    prefect_host: str  # the address by which the workers on other machines reach it, too
    prefect_port: int
    chromium: Path | None  # None: the one Playwright downloaded
    browser: str | None  # a browser on another machine; None: our own
    browsers: int | None  # how many of our own; None: as the machine allows
    contexts: int | None  # how many pages at once in each; None: as the machine allows
    egress: Egress
    clock: Literal["real", "movable"]
    rulebook: str
    sites: Mapping[str, str]  # platform code to another address than the site's own
    timestamps: Mapping[str, str]  # code of a time-stamping authority to its address, empty for a shipped one
    relays: Mapping[str, str]  # beacon's chain to the one relay to ask instead of the chain's own
    private_hosts: frozenset[str]  # hosts that a notice may be posted to or visited although they are not public
    trusted_proxies: tuple[str, ...]  # addresses whose word on the visitor's own address is believed
    authority: Authority
    scanner: Listening | None  # a clamd that looks at what laboratories send; None: nobody does
    parts: int  # how many a frame is gathered and drawn in; 1: as a whole, in memory
    workers: Workers  # who works on them

    @property
    def objects(self) -> Path:
        """The folder of files under their SHA-256."""
        return self.home / "objects"

    @property
    def spool(self) -> Path:
        """The folder of files that wait for an object store which is away."""
        return self.home / "spool"

    @property
    def uploads(self) -> Path:
        """The folder of what has come of photos and films that are on their way in."""
        return self.home / "uploads"

    @property
    def authorities(self) -> Path:
        """The folder with the certificates of each time-stamping authority, `<code>.pem`."""
        return self.home / "authorities"

    @property
    def scratch(self) -> Path:
        """The folder of what a job makes on its way, by jobs."""
        return self.home / "scratch"

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
        return f"http://{self.prefect_host}:{self.prefect_port}/api"

    @property
    def secret_file(self) -> Path:
        """The file that holds the installation's secret key."""
        return self.home / "secret.key"


def load(environ: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Give the checked settings: the environment first, then `shopper.toml`, then the defaults."""
    values = _gather(os.environ if environ is None else environ, folder or Path.cwd())
    port = reading.number(values, "WEB_PORT", 8080, (1, 65535))
    host = values.get("WEB_HOST", "127.0.0.1")
    return Settings(
        home=reading.home(values, folder or Path.cwd()),
        database_url=reading.database(values, "DATABASE_URL", "psycopg"),
        prefect_database_url=reading.database(values, "PREFECT_DATABASE_URL", "asyncpg"),
        connections=reading.number(values, "CONNECTIONS", CONNECTIONS, (FEWEST, MOST_CONNECTIONS)),
        bucket=reading.bucket(values.get("OBJECTS_URL", "")),
        web_host=host,
        web_port=port,
        base_url=reading.address(values, "BASE_URL", f"http://{host}:{port}"),
        prefect_host=values.get("PREFECT_HOST", "127.0.0.1"),
        prefect_port=reading.number(values, "PREFECT_PORT", 4200, (1, 65535)),
        chromium=reading.chromium(values),
        browser=reading.browser(values),
        browsers=reading.many(values, "BROWSERS", MOST_BROWSERS),
        contexts=reading.many(values, "CONTEXTS", MOST_CONTEXTS),
        egress=reading.egress(values),
        clock=cast(Literal["real", "movable"], reading.choice(values, "CLOCK", "real", CLOCKS)),
        rulebook=values.get("RULEBOOK", "cn-product"),
        sites=reading.sites(values, "SITES"),
        timestamps=reading.timestamps(values),
        relays=reading.sites(values, "RELAYS"),
        private_hosts=frozenset(values.get("PRIVATE_HOSTS", "").replace(",", " ").split()),
        trusted_proxies=reading.proxies(values),
        authority=reading.authority(values),
        scanner=reading.scanner(values),
        parts=reading.number(values, "PARTS", 1, (1, MOST_PARTS)),
        workers=reading.workers(values),
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


KNOWN = frozenset(
    {
        "AUTHORITY_CONTACT",
        "AUTHORITY_EN",
        "AUTHORITY_ID",
        "AUTHORITY_ZH",
        "BASE_URL",
        "BROWSER",
        "BROWSERS",
        "CHROMIUM",
        "CLOCK",
        "CONNECTIONS",
        "CONTEXTS",
        "DATABASE_URL",
        "EGRESS",
        "HOME",
        "OBJECTS_URL",
        "PARTS",
        "PREFECT_DATABASE_URL",
        "PREFECT_HOST",
        "PREFECT_PORT",
        "PRIVATE_HOSTS",
        "RULEBOOK",
        "RELAYS",
        "SCANNER",
        "SITES",
        "TIMESTAMPS",
        "TRUSTED_PROXIES",
        "WEB_HOST",
        "WEB_PORT",
        "WORKERS",
    }
)

__all__ = [
    "KNOWN",
    "PREFIX",
    "Authority",
    "Bucket",
    "Egress",
    "Listening",
    "Settings",
    "SettingsError",
    "Workers",
    "ensure_home",
    "environment",
    "load",
    "secret_key",
]
