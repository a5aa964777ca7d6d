"""A plan before its draw: what each stratum would get, what that costs and shows, and who would have the work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from labs import limits
from labs.limits import Limits
from sampling import beacons, rulebook
from sampling.campaign import Campaign, CampaignState
from sampling.levels import Level, levels
from sampling.network import Party
from sampling.preview import Choice, Preview, StratumPreview, preview
from sampling.text import Text
from sampling.workload import PICKED, Workload, expect, needed_of
from storage import campaigns, frames, parties
from storage.unit import Unit

ROWS, SHOWN = 50, 10
"""The rows of a page of the table, and of a picture or a list of people."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of the table of strata that one page shows."""

    rows: tuple[StratumPreview, ...]
    find: str
    """What the names shown contain."""
    found: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Worker:
    """What one laboratory or shopper may expect, in all and by skill."""

    name: str
    capacity: int
    samples: Decimal
    skills: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Work:
    """The work of one kind of party: the busiest first, how many more there are, and what nobody can take."""

    workers: tuple[Worker, ...]
    more: int
    unplaced: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan as its page shows it; nothing of the draw's seed is in it."""

    id: UUID
    number: str
    name: Text
    state: CampaignState
    gathered: bool
    may_approve: bool
    choice: Choice
    preview: Preview
    shown: Shown
    greatest: tuple[StratumPreview, ...]
    """The strata that get the most."""
    levels: tuple[Level, ...]
    testing: Work
    buying: Work
    picked: int
    """Samples that were picked: who has them depends on the listings."""
    samplers: tuple[str, ...]
    samplers_each: int
    chains: tuple[str, ...]
    """The beacons that can be chosen, in the order in which they apply."""


def load_preview(unit: Unit, campaign_id: UUID, choice: Choice) -> Preview:
    """Give the preview of a choice on a campaign's frame."""
    return preview(frames.strata(unit, campaign_id), choice)


def load_plan(unit: Unit, campaign_id: UUID, choice: Choice, *, find: str, page: int, at: datetime) -> PlanPage:
    """Give the page of a campaign's plan for a choice, with one part of its table."""
    campaign, facts = campaigns.get(unit, campaign_id), frames.strata(unit, campaign_id)
    worked = preview(facts, choice)
    given, rules = {row.name: row.n for row in worked.rows}, rulebook.load(campaign.rulebook)
    tests, buys = needed_of(given, 1), needed_of(given, 0)
    return PlanPage(
        id=campaign.id, number=campaign.number, name=campaign.name, state=campaign.state,
        gathered=campaign.frame is not None,
        may_approve=campaign.state is CampaignState.FRAMED and worked.possible, choice=choice, preview=worked,
        shown=part(worked.rows, find, page), levels=levels(facts, choice),
        greatest=tuple(sorted(worked.rows, key=lambda row: (-row.n, row.name))[:SHOWN]),
        testing=_work(tests, _labs(unit, campaign, tests, limits.load(limits.IN_FORCE), at)),
        buying=_work(buys, parties.shoppers(unit, rules, at)), picked=tests.get(PICKED, 0),
        samplers=parties.samplers(unit), samplers_each=rules.rule("samplers_per_case").number, chains=beacons.codes(),
    )  # fmt: skip


def part(rows: Sequence[StratumPreview], find: str, page: int) -> Shown:
    """Give one page of the rows whose name contains a text; a page that is not there is the last one."""
    found = [row for row in rows if find.casefold() in row.name.casefold()]
    pages = max(1, -(-len(found) // ROWS))
    page = min(max(page, 1), pages)
    return Shown(tuple(found[(page - 1) * ROWS : page * ROWS]), find, len(found), page, pages)


def _labs(unit: Unit, campaign: Campaign, needed: Mapping[str, int], known: Limits, at: datetime) -> tuple[Party, ...]:
    return parties.labs(unit, campaign, set(needed) - {PICKED}, known, at)


def _work(needed: Mapping[str, int], able: Sequence[Party]) -> Work:
    expected = expect({skill: count for skill, count in needed.items() if skill != PICKED}, able)
    totals = expected.totals
    busy = sorted((name for name in totals if totals[name]), key=lambda name: (-totals[name], name))
    return Work(
        workers=tuple(_worker(expected, name) for name in busy[:SHOWN]), more=len(busy[SHOWN:]),
        unplaced=tuple(expected.unplaced.items()),
    )  # fmt: skip


def _worker(expected: Workload, name: str) -> Worker:
    skills = tuple((share.skill, share.samples) for share in expected.shares if share.party == name)
    return Worker(name, expected.capacity[name], expected.totals[name], skills)
