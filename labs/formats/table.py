"""A table as a file holds it: rows of text under their spreadsheet numbers, and what each odd cell was."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from labs.columns import Ints, Words
from labs.limits import Limits
from labs.mapping import PLAIN, FileMapping
from labs.result import Finding


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known of a file before it is read: who sends it and what was ordered."""

    lab: str
    orders: Mapping[str, tuple[str, ...]] | None
    """Blind code to the items ordered; None where another programme ordered, so that nothing can be compared."""
    today: date
    methods: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Blind code to item to the method codes ordered; an item that is absent may use any."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Item to the unit of its limit, so that another dimension is found on arrival."""
    unopened: frozenset[str] = frozenset()
    """The blind codes of units that nobody opened: what is said of them was measured on something else."""
    received: Mapping[str, date] = field(default_factory=dict)
    """Blind code to the day the laboratory took it in."""
    known: Mapping[tuple[str, int], str] = field(default_factory=dict)
    """Report number and version to the SHA-256 of the file that brought it."""
    forbidden: tuple[str, ...] = ()
    """Names of sellers and brands: one of them in the file means that the test was not blind."""
    scope: Mapping[tuple[str, str], tuple[tuple[date, date | None], ...]] | None = None
    """Item and method to the first and last days of accreditation; None where nobody has told them."""
    bounds: Mapping[str, tuple[Decimal | None, Decimal | None]] = field(default_factory=dict)
    """Item to the least and the most that its limit allows, in the unit of `units`."""
    limits: Limits | None = None
    """What a laboratory's own conclusions are compared with; None where its goods are another programme's."""
    categories: Mapping[str, str] = field(default_factory=dict)
    """Blind code to the category of the goods."""
    bought: Mapping[str, date] = field(default_factory=dict)
    """Blind code to the day the goods were bought: the limits of that day apply, as they are known today."""
    announced: str = ""
    """The SHA-256 that the sender names."""
    printed: str | None = None
    """The text of the signed report beside it; None where there is none to compare with."""
    released: frozenset[Finding] = frozenset()
    """What officers let pass when it was found before; anything else of its kind holds as ever."""
    mapping: FileMapping = PLAIN


@dataclass(frozen=True, slots=True)
class Row:
    """One row under the number a spreadsheet shows."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Rows of one width on columns: every row of a large file after its header."""

    numbers: Ints
    columns: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file as text, with what cannot be told from the text."""

    rows: tuple[Row, ...]
    grid: Grid | None = None
    """What follows the last of the rows, which is the header then."""
    marks: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Row number and column index to `formula`, `error`, `date`, `number`, `boolean`, `merged`, `hidden`,
    `dressed` (a number shown as another one), `noise` (one with more digits than were typed), `contradicted`."""
    filled: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """What a merged range would put into its other cells."""
    findings: tuple[Finding, ...] = ()
    ragged: bool = True
    """Whether a row that is too short is a fault; a spreadsheet's are filled up."""
    addressed: bool = True
    """Whether its cells have addresses; those of a tree have none."""
    sheet: str = ""


def rows_of(table: Table) -> tuple[Row, ...]:
    """Give every row of a table, those on columns one by one."""
    grid = table.grid
    if grid is None:
        return table.rows
    cells = (
        Row(number, tuple(column.at(place) or "" for column in grid.columns))
        for place, number in enumerate(grid.numbers.tolist())
    )
    return (*table.rows, *cells)


@dataclass(frozen=True, slots=True)
class Columns:
    """The canonical columns and their rules."""

    names: tuple[str, ...]
    aliases: Mapping[str, str]
    required: tuple[str, ...]
    identity: frozenset[str]
    measured: frozenset[str]
    schema_versions: tuple[str, ...]
    report_kinds: tuple[str, ...]
    plain: Mapping[str, frozenset[str]]
    """Column to the words that change nothing about a result."""
    conclusions: Mapping[str, str]
    """A laboratory's word to `pass`, `fail` or `none`."""


@cache
def columns() -> Columns:
    """Give the canonical columns that are shipped."""
    page = tomllib.loads((files("labs.formats") / "columns.toml").read_text(encoding="utf-8"))
    return Columns(
        names=tuple(page["aliases"]),
        aliases={alias: name for name, aliases in page["aliases"].items() for alias in aliases},
        required=tuple(page["required"]),
        identity=frozenset(page["identity"]),
        measured=frozenset(page["measured"]),
        schema_versions=tuple(page["schema_versions"]),
        report_kinds=tuple(page["report_kinds"]),
        plain={name: frozenset(words) for name, words in page["plain"].items()},
        conclusions={word: kind for kind, words in page["conclusions"].items() for word in words},
    )


def refusal(rule: str, *, found: str = "", expected: str = "", row: int | None = None) -> Finding:
    """Give the finding that refuses a file."""
    return Finding(rule, "reject", row, None, found, expected)


def refused(rule: str, *, found: str = "", expected: str = "", row: int | None = None) -> Table:
    """Give the empty table of a file that is refused."""
    return Table((), findings=(refusal(rule, found=found, expected=expected, row=row),))


def canonical_column(text: str) -> str | None:
    """Give the canonical name of a header cell, or None."""
    return columns().aliases.get(text.strip().lower()) or columns().aliases.get(text.strip())
