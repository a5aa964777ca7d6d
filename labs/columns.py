"""Results on columns: a file of a hundred thousand results as arrays, every number exact."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from labs.result import Interval, Result

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

MOST = 2**63 - 1
"""The most that a row's digits can be; a number with more of them is huge."""


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of texts, each different one kept once; the code -1 says nothing."""

    codes: Codes
    """A row's place in `words`."""
    words: tuple[str, ...]

    def at(self, row: int) -> str | None:
        """Give the text of the row, or None."""
        code = int(self.codes[row])
        return None if code < 0 else self.words[code]

    def __len__(self) -> int:
        return len(self.codes)

    @classmethod
    def of(cls, texts: Iterable[str | None]) -> "Words":
        """Give the column of these texts."""
        known: dict[str, int] = {}
        codes = [-1 if text is None else known.setdefault(text, len(known)) for text in texts]
        return cls(np.array(codes, np.int32), tuple(known))


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """A column of exact decimals: a row's value is its digits divided by ten to the power of its places."""

    digits: Ints
    """0 where the row says nothing or is huge."""
    places: NDArray[np.int8]
    """Places after the point, -60 to 60; negative ones stand for trailing zeros, so 12 and -4 are 1.2E5."""
    known: Flags
    """Whether the row says anything; an open end of an interval says nothing."""
    huge: Mapping[int, Decimal] = field(default_factory=dict)
    """The rows whose digits do not fit."""

    def at(self, row: int) -> Decimal | None:
        """Give the number of the row, or None."""
        if row in self.huge:
            return self.huge[row]
        return Decimal(int(self.digits[row])).scaleb(-int(self.places[row])) if self.known[row] else None

    def __len__(self) -> int:
        return len(self.digits)

    @classmethod
    def of(cls, values: Sequence[Decimal | None]) -> "Scaled":
        """Give the column of these numbers."""
        digits, places = np.zeros(len(values), np.int64), np.zeros(len(values), np.int8)
        huge: dict[int, Decimal] = {}
        for row, value in enumerate(values):
            if value is None:
                continue
            sign, figures, exponent = value.as_tuple()
            whole = int("".join(map(str, figures)))
            if whole > MOST or not -60 <= int(exponent) <= 60:
                huge[row] = value
            else:
                digits[row], places[row] = -whole if sign else whole, -int(exponent)
        return cls(digits, places, np.array([value is not None for value in values], np.bool_), huge)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Results of one or more reports, one a row, as they are read: an interval in the reported unit.

    A result that is held for its text has no interval and so no row here; its finding names it.
    """

    report: Words
    version: Codes
    sample: Words
    """The blind code."""
    item: Words
    method: Words
    method_edition: Words
    replicate: Codes
    qualifier: Words
    """`=`, `<`, `<=`, `>`, `>=`, `nd` or `trace`, as in `Result`."""
    low: Scaled
    """Unknown is an open end: anything below is possible."""
    high: Scaled
    low_open: Flags
    high_open: Flags
    lod: Scaled
    loq: Scaled
    u: Scaled
    """The expanded uncertainty, in the reported unit as all five."""
    k: Scaled
    unit: Words
    tested_on: Days
    """`datetime64[D]`; NaT where not reported."""
    row: Ints
    """The row of the file, as a spreadsheet counts it."""
    raw_text: Words

    def __len__(self) -> int:
        return len(self.row)

    def interval(self, row: int) -> Interval:
        """Give the interval of the row in its own unit."""
        return Interval(self.low.at(row), self.high.at(row), bool(self.low_open[row]), bool(self.high_open[row]))

    def result(self, row: int) -> Result:
        """Give the row as a record."""
        day = self.tested_on[row]
        return Result(
            report_no=self.report.at(row) or "",
            report_version=int(self.version[row]),
            blind_code=self.sample.at(row) or "",
            item=self.item.at(row) or "",
            method=self.method.at(row) or "",
            method_edition=self.method_edition.at(row) or "",
            replicate=int(self.replicate[row]),
            raw_text=self.raw_text.at(row) or "",
            unit=self.unit.at(row) or "",
            interval=self.interval(row),
            qualifier=self.qualifier.at(row) or "",
            lod=self.lod.at(row),
            loq=self.loq.at(row),
            u_expanded=self.u.at(row),
            coverage_k=self.k.at(row),
            tested_on=None if np.isnat(day) else day.astype(date),
            row=int(self.row[row]),
        )


def of_results(results: Sequence[Result]) -> Columns:
    """Give the records as columns, in their order."""
    return Columns(
        report=Words.of(one.report_no for one in results),
        version=np.array([one.report_version for one in results], np.int32),
        sample=Words.of(one.blind_code for one in results),
        item=Words.of(one.item for one in results),
        method=Words.of(one.method for one in results),
        method_edition=Words.of(one.method_edition for one in results),
        replicate=np.array([one.replicate for one in results], np.int32),
        qualifier=Words.of(one.qualifier for one in results),
        low=Scaled.of([one.interval.low for one in results]),
        high=Scaled.of([one.interval.high for one in results]),
        low_open=np.array([one.interval.low_open for one in results], np.bool_),
        high_open=np.array([one.interval.high_open for one in results], np.bool_),
        lod=Scaled.of([one.lod for one in results]),
        loq=Scaled.of([one.loq for one in results]),
        u=Scaled.of([one.u_expanded for one in results]),
        k=Scaled.of([one.coverage_k for one in results]),
        unit=Words.of(one.unit for one in results),
        tested_on=np.array([one.tested_on for one in results], "datetime64[D]"),
        row=np.array([one.row for one in results], np.int64),
        raw_text=Words.of(one.raw_text for one in results),
    )
