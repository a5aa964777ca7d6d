"""A paper: the parts that stand on its pages, and the canonical data that its printed hash is taken over."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlencode

from sampling.digest import Digest, canonical, sha256
from sampling.documents.kind import TITLES, DocumentKind
from sampling.text import Text

Value: TypeAlias = str | Text
"""What stands in a field: a fact that is the same in every language, or a text in both."""
NOTHING = "—"
UNPRINTABLE = "〓"
"""Stands where a sign cannot be printed, as printers have always set it."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues documents, and the page where anybody may verify one."""

    name: Text
    contact: str
    verify: str


@dataclass(frozen=True, slots=True)
class Stamped:
    """What every document bears beside its content: number, version, the instant of issue, the issuer."""

    number: str
    version: int
    at: datetime
    issuer: Issuer

    def record(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        who = self.issuer
        return {
            "number": self.number,
            "version": self.version,
            "issued_at": instant(self.at),
            "issuer": {"name": who.name.record(), "contact": who.contact, "verify": who.verify},
        }


@dataclass(frozen=True, slots=True)
class Facts:
    """A headed list of fields, each a name and a value."""

    title: Text
    facts: tuple[tuple[Text, Value], ...]

    def record(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return {
            "part": "facts",
            "title": self.title.record(),
            "rows": [[name.record(), plain(value)] for name, value in self.facts],
        }


@dataclass(frozen=True, slots=True)
class Grid:
    """A headed table, a line a thing; it runs over as many pages as it needs."""

    title: Text
    heads: tuple[Text, ...]
    rows: tuple[tuple[Value, ...], ...]
    wide: int | None = None
    """The column that takes the room which the others leave; the last one where none is named."""

    def record(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return {
            **({} if self.wide is None else {"wide": self.wide}),
            "part": "grid",
            "title": self.title.record(),
            "heads": [head.record() for head in self.heads],
            "rows": [[plain(value) for value in row] for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Clauses:
    """Headed sentences, numbered from 1."""

    title: Text
    clauses: tuple[Text, ...]

    def record(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return {
            "part": "clauses",
            "title": self.title.record(),
            "rows": [clause.record() for clause in self.clauses],
        }


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign and date by hand, one a person."""

    parties: tuple[Text, ...]

    def record(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return {"part": "signatures", "rows": [party.record() for party in self.parties]}


Part: TypeAlias = Facts | Grid | Clauses | Signatures


@dataclass(frozen=True, slots=True)
class Paper:
    """One document on A4 pages."""

    kind: DocumentKind
    stamped: Stamped
    parts: tuple[Part, ...]

    def record(self) -> dict[str, Any]:
        """Give all that the pages say as plain JSON."""
        return {
            "kind": self.kind.value,
            "title": TITLES[self.kind].record(),
            **self.stamped.record(),
            "parts": [part.record() for part in self.parts],
        }

    @property
    def data(self) -> bytes:
        """The canonical bytes of what the pages say."""
        return canonical(self.record())

    @property
    def content_sha256(self) -> Digest:
        """The hash printed on every page: the file cannot hold its own."""
        return sha256(self.data)

    @property
    def codes(self) -> tuple[str, ...]:
        """What the code on each page says, read back before release."""
        return (address(self.stamped, self.content_sha256),)


def address(stamped: Stamped, content: Digest) -> str:
    """Give where a document is verified: the issuer's page with number, version and the hash of the content."""
    asked = {"number": stamped.number, "version": stamped.version, "hash": content}
    return f"{stamped.issuer.verify}?{urlencode(asked)}"


def joined(values: Sequence[Value]) -> Value:
    """Give several values as one, set apart as each language does it."""
    both = [value if isinstance(value, Text) else Text(value, value) for value in values]
    return Text("、".join(one.zh for one in both), ", ".join(one.en for one in both)) if both else ""


def plain(value: Value) -> str | Mapping[str, str]:
    """Give a value as plain JSON, without signs that steer the line or cannot be seen; nothing becomes a dash.

    A seller's own words come from outside: a bidirectional mark in them could turn what is read on the page round.
    """
    match value:
        case Text():
            return {"zh": seen(value.zh), "en": seen(value.en)}
        case _:
            return seen(value) or NOTHING


def seen(text: str) -> str:
    """Give the text on one line, each control, format or unassigned sign replaced by 〓."""
    line = " ".join(text.split())
    return "".join(UNPRINTABLE if unicodedata.category(sign)[0] == "C" else sign for sign in line)


def instant(at: datetime) -> str:
    """Give an instant to the second with its offset, as it is printed."""
    return at.isoformat(timespec="seconds")
