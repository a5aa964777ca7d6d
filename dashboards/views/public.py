"""What everybody may see: published results, and the scores of sellers, brands and platforms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labs.limits import IN_FORCE, Limit
from reputation.publication import Publication, PublicationState
from storage import limits, publications, scores, verdicts
from storage.scores import Kept
from storage.unit import Unit

PAGE = 20
KINDS = ("seller", "brand", "platform")
TAKEN_BACK = (PublicationState.WITHDRAWN, PublicationState.EXPIRED)
FILTERS = ("outcome", "platform", "category", "q")


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results with the filters that chose it; `after` leads to the next page."""

    entries: tuple[Publication, ...]
    chosen: Mapping[str, str]
    platforms: tuple[str, ...]
    categories: tuple[str, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One published result; of one taken back only its number, dates and reason."""

    publication: Publication
    taken_back: bool
    limits: Mapping[str, Limit]
    """Those its verdict was given by, by their ids."""


@dataclass(frozen=True, slots=True)
class ScoreList:
    """The scores of one kind; those that may be ranked first, by their lower bound."""

    kind: str
    rated: tuple[Kept, ...]
    unrated: tuple[Kept, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """One slice of the results for a program; `cursor` asks for the next one, None ends the list."""

    entries: tuple[Publication, ...]
    cursor: str | None


def load_results(unit: Unit, chosen: Mapping[str, str], page: int) -> Results:
    """Give one page of the results, newest first."""
    everything = [one for one in publications.shown(unit, limit=100_000) if one.state not in TAKEN_BACK]
    found = [one for one in reversed(everything) if _fits(one.entry, chosen)]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), pages)
    return Results(
        entries=tuple(found[(page - 1) * PAGE : page * PAGE]),
        chosen=chosen,
        platforms=tuple(sorted({str(one.entry.get("platform")) for one in everything})),
        categories=tuple(sorted({str(one.entry.get("category")) for one in everything})),
        total=len(found),
        page=page,
        pages=pages,
    )


def load_result(unit: Unit, number: str) -> ResultPage | None:
    """Give one result, or None when the public knows nothing of it."""
    found = publications.by_number(unit, number)
    if found is None:
        return None
    verdict = verdicts.effective(unit, found.sample_id)
    rules = verdict.rule_version if verdict else IN_FORCE  # a verdict that fell took its publication back
    return ResultPage(found, found.state in TAKEN_BACK, limits.of_rules(unit, rules))


def load_changes(unit: Unit) -> tuple[Publication, ...]:
    """Give every result that was corrected or taken back, newest first."""
    changed = (PublicationState.CORRECTED, *TAKEN_BACK)
    return tuple(one for one in reversed(publications.shown(unit, limit=100_000)) if one.state in changed)


def load_slice(unit: Unit, after: str, limit: int) -> Slice:
    """Give the results after a number, and the cursor of the next slice."""
    found = publications.shown(unit, after=after, limit=limit + 1)
    return Slice(found[:limit], found[limit - 1].number if len(found) > limit else None)


def load_scores(unit: Unit, kind: str) -> ScoreList:
    """Give the newest scores of one kind."""
    found = scores.listed(unit, kind)
    rated = [one for one in found if one.score.get("rated")]
    return ScoreList(
        kind=kind,
        rated=tuple(sorted(rated, key=lambda one: -float(one.score["lower"]))),
        unrated=tuple(one for one in found if not one.score.get("rated")),
    )


def _fits(entry: Mapping[str, Any], chosen: Mapping[str, str]) -> bool:
    for name in ("outcome", "platform", "category"):
        if chosen.get(name) and entry.get(name) != chosen[name]:
            return False
    wanted = chosen.get("q", "").casefold()
    texts = (entry.get(name) for name in ("title", "brand", "model", "gtin", "batch", "seller", "number"))
    return not wanted or any(wanted in str(text).casefold() for text in texts if text)
