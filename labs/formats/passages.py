"""The text of a signed report: what stands in it, and which of its lines speak of a sample, or of an item of it."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import accumulate
from unicodedata import normalize

from labs.result import ABSENT

_AFTER_SIGN = re.compile(r"([<>≤≥]) ")
_NUMBER = re.compile(r"(?<![0-9A-Za-z.,<>≤≥])-?[0-9]+(?:\.[0-9]+)?(?![0-9A-Za-z]|[.,][0-9])")
_VERSION = re.compile(r"(?:version|revision|ver\.|rev\.|版本号?|版次|第)\s?:?\s?([0-9]{1,4})(?![0-9])", re.IGNORECASE)
_CODE = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z._/-]*[0-9A-Za-z])?")
_ASIDE = re.compile(
    r"^\(?[0-9]{1,3}[.、)]?(?= )"  # a place in a list
    r"|[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}"  # a day
    r"|(?<![A-Za-z])[A-Z]{2,4}(?:/[A-Z]{1,2})? ?[0-9][0-9.]*(?:[-:][0-9]+)*"  # a standard
    r"|[A-Za-z][0-9A-Za-z]*[0-9][0-9A-Za-z-]*"  # a code
)
"""Numbers that are no results."""
_MEASURED = re.compile(r"[<>≤≥][0-9]|(?<![0-9.,])[0-9]+\.[0-9]+(?![0-9]|[.,][0-9])")
_NONE = re.compile("|".join(rf"(?<![0-9a-z]){re.escape(word)}(?![0-9a-z])" for word in sorted(ABSENT)))
_MOST_ITEMS = 200
"""Beyond so many they are not looked for: a table of them takes too long."""
_LIST = 20
"""A line that names more samples or items than these is a list of them: what stands beneath it is nobody's own."""


class Print:
    """The text of a report, or of some of its lines, asked whether a word of the table stands in it."""

    def __init__(self, text: str) -> None:
        self._text = plain(text)

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self._text.split(" "))

    @cached_property
    def _numbers(self) -> frozenset[Decimal]:
        return frozenset(Decimal(one) for one in _NUMBER.findall(self._text))

    @cached_property
    def _versions(self) -> frozenset[int]:
        return frozenset(int(one) for one in _VERSION.findall(self._text))

    def holds(self, text: str) -> bool:
        """Tell whether the text stands there, as itself and not as a part of a longer word or number."""
        word = plain(text)
        if word in self._words:
            return True
        alone = rf"(?<![0-9A-Za-z.,<>≤≥]){re.escape(word)}(?![0-9A-Za-z]|[.,][0-9])"
        if word in self._text and re.search(alone, self._text):
            return True
        # A spreadsheet drops the zeros at the end of a number that is not kept as text.
        return _NUMBER.fullmatch(word) is not None and Decimal(word) in self._numbers

    def names_version(self, version: int) -> bool:
        """Tell whether the report calls itself this version; a first one need not say so."""
        return version in self._versions or (version == 1 and not self._versions)


class Passages:
    """The text of a report, cut at each line that names another sample or another item of the table."""

    def __init__(self, text: str, samples: Collection[str], items: Mapping[str, Collection[str]]) -> None:
        self._lines = [plain(line) for line in text.splitlines()]
        self._items = _items_in(self._lines, items)
        known = frozenset(samples)
        named = [known.intersection(_CODE.findall(line)) for line in self._lines]
        self._own: dict[str, Sequence[int]] = dict(_spoken_of(enumerate(named)))
        if len(self._own) == 1:
            self._own = dict.fromkeys(self._own, range(len(self._lines)))
        self._cut: dict[str, tuple[Print | None, Mapping[str, Print]]] = {}

    def of(self, sample: str, item: str) -> Print | None:
        """Give the lines about an item of a sample, or about the sample where they do not tell its items apart.

        None where no lines are the sample's own, or where they hold no result.
        """
        if sample not in self._cut:
            self._cut[sample] = self._parted(self._own.get(sample, ()))
        whole, parts = self._cut[sample]
        return parts.get(item, whole)

    def _parted(self, own: Sequence[int]) -> tuple[Print | None, Mapping[str, Print]]:
        """The lines of one sample, and those of each of its items where a result is told there."""
        lines = _spoken_of((at, self._items[at]) for at in own)
        parts = {item: self._print(at) for item, at in lines.items() if self._tells(at, _NUMBER)}
        return (self._print(own) if parts or self._tells(own, _MEASURED) else None), parts

    def _print(self, lines: Iterable[int]) -> Print:
        return Print(" ".join(self._lines[at] for at in lines))

    def _tells(self, lines: Iterable[int], number: re.Pattern[str]) -> bool:
        """Whether a result stands there: a number, or a word that nothing was detected."""
        left = " ".join(_ASIDE.sub(" ", self._lines[at]) for at in lines)
        return bool(number.search(left) or _MEASURED.search(left) or _NONE.search(left.lower()))


def plain(text: str) -> str:
    """Give the text with signs of any width as one, and one blank where there are several."""
    return _AFTER_SIGN.sub(r"\1", " ".join(normalize("NFKC", text).split()))


def _spoken_of(named: Iterable[tuple[int, frozenset[str]]]) -> dict[str, list[int]]:
    """The lines that name each word, and those beneath them up to the next that names another."""
    found: dict[str, list[int]] = {}
    now: frozenset[str] = frozenset()
    for at, words in named:
        now = words or now
        for word in now if len(now) <= _LIST else ():
            found.setdefault(word, []).append(at)
    return found


def _items_in(lines: Sequence[str], items: Mapping[str, Collection[str]]) -> list[frozenset[str]]:
    """The items that each line names; a longer name covers those within it."""
    low, found = [line.lower() for line in lines], [set[str]() for _ in lines]
    starts = [0, *accumulate(len(line) + 1 for line in low)]
    reached = (0, 0)
    for start, end, item in _spans("\n".join(low), items) if len(items) <= _MOST_ITEMS else ():
        if end > reached[1] or (start, end) == reached:
            reached = (start, end)
            found[bisect_right(starts, start) - 1].add(item)
    return [frozenset(one) for one in found]


def _spans(text: str, items: Mapping[str, Collection[str]]) -> list[tuple[int, int, str]]:
    """Where each item is named, the longest name first where several begin."""
    names = [(plain(name).lower(), item) for item, named in items.items() for name in named]
    spans = [(at, at + len(name), item) for name, item in names for at in _places(text, name)]
    return sorted(spans, key=lambda span: (span[0], -span[1], span[2]))


def _places(text: str, name: str) -> Iterator[int]:
    """Where a name stands as itself; a letter alone is nobody's."""
    at = text.find(name) if len(name) > 1 or not name.isascii() else -1
    while at >= 0:
        end = at + len(name)
        if not (_runs_on(text[at - 1 : at], name[0]) or _runs_on(name[-1], text[end : end + 1])):
            yield at
        at = text.find(name, end)


def _runs_on(left: str, right: str) -> bool:
    """Whether two characters belong to one word of letters or figures."""
    return (left + right).isascii() and left.isalnum() and right.isalnum()
