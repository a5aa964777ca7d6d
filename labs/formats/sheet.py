"""A sheet: the rows of data on columns, each different text kept once, and the findings that rules tell of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from labs.columns import Flags, Ints, Words
from labs.result import Finding

Rule = Callable[..., Iterable[Finding]]
_DENSE = 8
"""Up to so many possible combinations a row, counting them is quicker than sorting."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The rows of data under the canonical columns, trimmed."""

    numbers: Ints
    """The number a spreadsheet shows for each row."""
    cells: Mapping[str, Words]
    raw: Words
    """The results as they were written, untrimmed."""
    marks: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    """Column to the place of a row to what its cell was besides text."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Column to what stands before the row in a cell's address, such as `Results!H`."""

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> Words:
        """Give a column; one that the file lacks is blank throughout."""
        return self.cells.get(name) or Words(np.zeros(len(self), np.int32), ("",))

    def kept(self, which: Flags) -> "Sheet":
        """Give the sheet with these rows alone."""
        if which.all():
            return self
        places = np.cumsum(which) - 1
        marks = {
            name: {int(places[at]): kind for at, kind in found.items() if which[at]}
            for name, found in self.marks.items()
        }
        cells = {name: Words(words.codes[which], words.words) for name, words in self.cells.items()}
        raw = Words(self.raw.codes[which], self.raw.words)
        return Sheet(self.numbers[which], cells, raw, marks, self.addresses)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """The different combinations that stand in some columns."""

    keys: Ints
    """Each row's combination."""
    first: Ints
    """The place of a row that shows each combination."""

    def places(self, wanted: Sequence[int]) -> Iterator[Ints]:
        """Give the places of the rows of each of these combinations."""
        order = np.argsort(self.keys, kind="stable")
        starts = np.searchsorted(self.keys[order], np.arange(len(self.first) + 1))
        return (order[starts[key] : starts[key + 1]] for key in wanted)


class Notes:
    """The findings of a sheet as rules tell them, and the rows that they hold."""

    def __init__(self, sheet: Sheet, released: frozenset[Finding] = frozenset()) -> None:
        self.sheet = sheet
        self.released = released
        self.findings: list[Finding] = []
        self.held = np.zeros(len(sheet), np.bool_)

    def tell(self, places: Ints, said: Finding) -> None:
        """Keep a finding for each of these rows, under its own number and cell."""
        prefix = self.sheet.addresses.get(said.column or "", "")
        rule, reaction, column, found, expected = said.rule, said.reaction, said.column, said.found, said.expected
        told = [
            Finding(rule, reaction, row, column, found, expected, f"{prefix}{row}" if prefix else "")
            for row in self.sheet.numbers[places].tolist()
        ]
        self.findings += told
        if said.reaction in {"hold", "reject"}:
            self.held[places] |= not self.released or np.array([one not in self.released for one in told], np.bool_)

    def tell_at(self, place: int, said: Finding) -> None:
        """Keep a finding for one row."""
        self.tell(np.array([place], np.int64), said)

    def each(self, names: Sequence[str | Words], rule: Rule) -> None:
        """Ask the rule once about each different combination of these columns, some of which may be given as such."""
        columns = [self.sheet.column(one) if isinstance(one, str) else one for one in names]
        found = groups(columns)
        said = [tuple(rule(*texts)) for texts in shown(columns, found.first)]
        odd = [key for key, findings in enumerate(said) if findings]
        for key, places in zip(odd, found.places(odd) if odd else (), strict=True):
            for finding in said[key]:
                self.tell(places, finding)


def groups(columns: Sequence[Words]) -> Groups:
    """Give the different combinations of these columns."""
    keys, size = columns[0].codes.astype(np.int64), len(columns[0].words)
    for column in columns[1:]:
        if size * len(column.words) > 2**62:
            keys, size = _dense(keys, size)
        keys, size = keys * len(column.words) + column.codes, size * len(column.words)
    keys, size = _dense(keys, size)
    first = np.zeros(size, np.int64)
    first[keys[::-1]] = np.arange(len(keys) - 1, -1, -1)
    return Groups(keys, first)


def shown(columns: Sequence[Words], places: Ints) -> Iterator[tuple[str, ...]]:
    """Give the texts that stand in these columns at each of the places."""
    texts = [[column.words[code] for code in column.codes[places].tolist()] for column in columns]
    return zip(*texts, strict=True)


def rewritten(column: Words, change: Callable[[str], str]) -> Words:
    """Give the column with each different text changed; texts that become the same share one place."""
    changed = [change(word) for word in column.words]
    if changed == list(column.words):
        return column
    known: dict[str, int] = {}
    codes = np.array([known.setdefault(word, len(known)) for word in changed], np.int32)
    return Words(codes[column.codes], tuple(known))


def _dense(keys: Ints, size: int) -> tuple[Ints, int]:
    """The same combinations numbered without gaps."""
    if size <= _DENSE * len(keys) + 1000:
        seen = np.zeros(size, np.bool_)
        seen[keys] = True
        return (np.cumsum(seen) - 1)[keys], int(seen.sum())
    different, inverse = np.unique(keys, return_inverse=True)
    return inverse.astype(np.int64), len(different)
