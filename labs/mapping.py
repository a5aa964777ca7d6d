"""A mapping: how one laboratory writes its files, as versioned data; nothing that it does not declare is assumed."""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from labs.errors import UnknownMapping
from sampling.digest import Digest, canonical, sha256

_PLACE = re.compile(r"\{([^{}]+)\}")
_LAYOUTS = frozenset({"long", "wide"})
_DATES = frozenset({"iso", "mdy", "dmy"})


@dataclass(frozen=True, slots=True)
class FileMapping:
    """What a laboratory's own file means in the canonical columns."""

    code: str
    version: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header, as it stands in the file, to the canonical column."""
    ignored: frozenset[str] = frozenset()
    """Headers that are known and not read."""
    templates: Mapping[str, str] = field(default_factory=dict)
    """Canonical column to its text, with headers of the file in braces."""
    items: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    """What a text in the result column stands for, such as -1 for ND."""
    decimal: str = "."
    thousands: str = ""
    dates: str = "iso"
    """`iso`, `mdy` or `dmy`: the order of day and month where both are numbers."""
    layout: str = "long"
    """`wide` has a column an item; its second header row holds the units."""
    splits_units: bool = False
    """Whether `111.8 %` is a value and its unit."""
    outside: bool = False
    """Whether the samples are another programme's: they were never ordered here, so nothing can be submitted."""


PLAIN = FileMapping("canonical", "1")


@dataclass(frozen=True, slots=True)
class MappingVersion:
    """By which mapping a file was read: what it is called, and the SHA-256 of all that it says."""

    code: str
    version: str
    sha256: Digest


def stated(mapping: FileMapping) -> bytes:
    """Give everything that a mapping says, always in the same bytes."""
    record = asdict(mapping)
    return canonical({**record, "ignored": sorted(mapping.ignored)})


def restored(data: bytes) -> FileMapping:
    """Give the mapping of which `stated` gave these bytes."""
    record = json.loads(data)
    return FileMapping(**{**record, "ignored": frozenset(record["ignored"])})


def version_of(mapping: FileMapping) -> MappingVersion:
    """Give the mapping's code and version, and the hash under which what it says is kept."""
    return MappingVersion(mapping.code, mapping.version, sha256(stated(mapping)))


def read_mapping(text: str) -> FileMapping:
    """Give the mapping that a TOML text says, or raise UnknownMapping with what is wrong with it."""
    try:
        page = tomllib.loads(text)
        found = _mapping(page)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UnknownMapping(f"this is no mapping: {error}") from error
    marks = (found.decimal in {".", ","}, found.thousands in {"", ",", ".", " ", "'"}, found.decimal != found.thousands)
    if not all(marks) or found.layout not in _LAYOUTS or found.dates not in _DATES:
        raise UnknownMapping(f"{found.code}: its decimal mark, thousands, layout or dates are not known")
    return found


def of_lab(lab: str) -> FileMapping:
    """Give the mapping that is shipped under a laboratory's code, or the canonical one."""
    return shipped(lab.lower()) if lab.lower() in codes() else PLAIN


@cache
def codes() -> tuple[str, ...]:
    """Give the codes of the mappings that are shipped."""
    return tuple(sorted(one.name[:-5] for one in files("labs.mappings").iterdir() if one.name.endswith(".toml")))


@cache
def shipped(code: str) -> FileMapping:
    """Give a mapping that is shipped, or raise UnknownMapping."""
    if code not in codes():
        raise UnknownMapping(f"there is no mapping {code!r}; there are: {', '.join(codes())}")
    place = files("labs.mappings") / f"{code}.toml"
    return read_mapping(place.read_text(encoding="utf-8"))


def places(template: str) -> tuple[str, ...]:
    """Give the headers that a template names."""
    return tuple(_PLACE.findall(template))


def filled(template: str, cells: Mapping[str, str]) -> str:
    """Give the template with the cells under the headers that it names."""
    return _PLACE.sub(lambda match: cells.get(match[1], ""), template)


def _mapping(page: dict[str, Any]) -> FileMapping:
    """A name that is not known is a slip of the pen, so it is refused."""
    tables = ("headers", "templates", "items", "units", "results")
    texts = ("decimal", "thousands", "dates", "layout")
    flags = ("splits_units", "outside")
    if unknown := set(page) - {"code", "version", "ignored", *tables, *texts, *flags}:
        raise KeyError(", ".join(sorted(unknown)))
    taken: dict[str, Any] = {name: page[name] for name in (*texts, *flags) if name in page}
    taken |= {name: {str(key): str(text) for key, text in page.get(name, {}).items()} for name in tables}
    return FileMapping(str(page["code"]), str(page["version"]), ignored=frozenset(page.get("ignored", ())), **taken)
