"""A mapping: how the columns of one source become ours, as data, so that a further source needs no code."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sampling.columns import MARKS
from sampling.errors import WrongMapping

TEXTS = ("platform", "item_id", "url", "title", "category", "seller", "brand", "currency")
FIGURES = ("price", "pack", "sales", "crawled_at", *MARKS)
OURS = ("listing_id", *TEXTS, *FIGURES)
CONSTANTS = tuple(name for name in (*TEXTS, "pack") if name != "item_id")
KINDS = ("listings", "marks")
_KEYS = {"code", "note", "kind", "columns", "optional", "constants", "categories", "parents", "marks"}


@dataclass(frozen=True, slots=True)
class Mapped:
    """How the columns of one source become ours: names, constants, category words to codes, words to marks."""

    columns: Mapping[str, str]
    """Our name of a column to theirs."""
    constants: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    """The category tree of the source: a category to the one above it."""
    optional: Mapping[str, str] = field(default_factory=dict)
    """Columns that are read where the source has them."""
    marks: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """One of their columns and what each of its words marks a listing as; a word may say nothing."""
    kind: str = "listings"

    def settled(self, there: Collection[str]) -> "Mapped":
        """Give the mapping for a source that has these columns: what is optional is there now or is not."""
        more = {ours: theirs for ours, theirs in self.optional.items() if theirs in there and ours not in self.columns}
        return replace(self, columns={**self.columns, **more}, optional={})

    def fits(self, there: Collection[str]) -> bool:
        """Tell whether a source with these columns can be read with the mapping."""
        held = self.settled(there)
        said = held.kind == "listings" or not MARKS.keys().isdisjoint(held.columns) or bool(held.marks)
        return said and set(held.needed) <= set(there)

    def without(self, *ours: str) -> "Mapped":
        """Give the mapping that leaves these columns of ours unread: they are empty in every row."""

        def kept(named: Mapping[str, str]) -> dict[str, str]:
            return {name: theirs for name, theirs in named.items() if name not in ours}

        return replace(self, columns=kept(self.columns), optional=kept(self.optional), constants=kept(self.constants))

    @property
    def needed(self) -> tuple[str, ...]:
        """Their columns that must be there, each once."""
        return tuple(dict.fromkeys([*self.columns.values(), *self.marks]))

    @property
    def worded(self) -> tuple[str, ...]:
        """Their columns whose words repeat, which are best read as dictionaries."""
        named = [self.columns[ours] for ours in ("platform", "category", "seller", "currency", "pack")
                 if ours in self.columns]  # fmt: skip
        return tuple(dict.fromkeys([*named, *self.marks]))

    @property
    def read(self) -> tuple[str, ...]:
        """Their columns that a frame is made of: all but those that a listing is only shown with."""
        shown = {self.columns[ours] for ours in ("url", "title", "brand") if ours in self.columns}
        used = {theirs for ours, theirs in self.columns.items() if ours not in ("url", "title", "brand")}
        return tuple(name for name in self.needed if name not in shown or name in used or name in self.marks)


def read_mapping(text: str) -> Mapped:
    """Give the mapping that a TOML text describes; WrongMapping says what is wrong in it."""
    try:
        return mapped(tomllib.loads(text))
    except tomllib.TOMLDecodeError as wrong:
        raise WrongMapping(f"the mapping is no TOML: {wrong}") from wrong


def mapped(table: Mapping[str, Any]) -> Mapped:
    """Give the mapping that a table describes; a name or kind that is none raises WrongMapping."""
    _among(table, _KEYS, "of a mapping")
    found = Mapped(
        columns=_words(table, "columns"), constants=_words(table, "constants"), categories=_words(table, "categories"),
        parents=_words(table, "parents"), optional=_words(table, "optional"), marks=_marks(table.get("marks", {})),
        kind=table.get("kind", "listings"),
    )  # fmt: skip
    _among((*found.columns, *found.optional), OURS, "of ours for a column")
    _among(found.constants, CONSTANTS, "that may be constant")
    _among([found.kind], KINDS, "of a kind of source")
    given = {*found.columns, *found.constants}
    keys: list[set[str]] = [{"listing_id"}, {"platform", "item_id"}]
    if found.kind == "marks":
        keys.append({"platform", "seller"})
    if not any(key <= given for key in keys):
        raise WrongMapping("the mapping names no " + " nor ".join(" with ".join(sorted(key)) for key in keys))
    return found


def _marks(table: Any) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    if not isinstance(table, dict):
        raise WrongMapping("marks must be tables of words")
    found = {}
    for column in table:
        said = {word: tuple(names.split()) for word, names in _words(table, column).items()}
        flags = [name for name, kind in MARKS.items() if kind == "bool"]
        _among([name for names in said.values() for name in names], flags, "that a word can mark")
        found[column] = said
    return found


def _words(table: Mapping[str, Any], key: str) -> dict[str, str]:
    entry = table.get(key, {})
    if not isinstance(entry, dict) or not all(isinstance(value, str) for value in entry.values()):
        raise WrongMapping(f"{key} must be a table of texts")
    return dict(entry)


def _among(names: Iterable[str], known: Collection[str], what: str) -> None:
    strange = [str(name) for name in names if name not in known]
    if strange:
        raise WrongMapping(f"{', '.join(strange)} is no name {what}; these are: {', '.join(sorted(known))}")
