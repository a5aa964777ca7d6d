"""What is kept: which units wait for whom, which may be disposed of and what forbids the others, and who is late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sampling.custody import Handover
from sampling.disposal import SENTENCES, DisposalState, obstacles
from sampling.documents.kind import DocumentKind, document_number
from sampling.retention import Release
from sampling.text import Text
from storage import campaigns, custody, documents, owed, retention
from storage.documents import Released
from storage.owed import OwedReport
from storage.retention import KeptUnit
from storage.unit import Unit

MOST = 100
"""The units of a group that the page shows; the printed list has all."""


@dataclass(frozen=True, slots=True)
class KeptCase:
    """One kept unit with what forbids to dispose of it, where it was put last, and the dates it had before."""

    kept: KeptUnit
    obstacles: tuple[Text, ...]
    lies: Handover
    earlier: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Units of which the same can be done; `more` counts those that are not shown."""

    cases: tuple[KeptCase, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Lists:
    """The retention list of one campaign, and its last printed version."""

    campaign_id: UUID
    number: str
    name: Text
    printed: Released | None


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """All that is kept, by what can be done with it."""

    proposed: Group
    approved: Group
    free: Group
    bound: Group
    overdue: tuple[OwedReport, ...]
    lists: tuple[Lists, ...]


def load_retention(unit: Unit, now: datetime) -> RetentionPage:
    """Give everything that is kept, the date that came first standing first."""
    live, free, bound = dict[DisposalState, list[KeptUnit]](), list[KeptUnit](), list[KeptUnit]()
    for one in retention.kept(unit, at=now):
        if one.disposal is not None:
            live.setdefault(one.disposal.state, []).append(one)
        else:
            (bound if obstacles(one.standing, now) else free).append(one)
    return RetentionPage(
        proposed=_group(unit, live.get(DisposalState.PROPOSED, ()), now),
        approved=_group(unit, live.get(DisposalState.APPROVED, ()), now),
        free=_group(unit, free, now),
        bound=_group(unit, bound, now),
        overdue=owed.overdue(unit, now),
        lists=tuple(_list(unit, id_) for id_ in retention.campaigns_of_kept(unit)),
    )


def _group(unit: Unit, found: Sequence[KeptUnit], now: datetime) -> Group:
    return Group(tuple(_case(unit, one, now) for one in found[:MOST]), max(0, len(found) - MOST))


def _case(unit: Unit, one: KeptUnit, now: datetime) -> KeptCase:
    sentences = tuple(SENTENCES[code] for code in obstacles(one.standing, now))
    return KeptCase(
        one, sentences, custody.handovers(unit, one.unit.id)[-1], retention.dates(unit, one.unit.id)[:-1]
    )  # fmt: skip


def _list(unit: Unit, campaign_id: UUID) -> Lists:
    campaign = campaigns.get(unit, campaign_id)
    number = document_number(DocumentKind.RETENTION_LIST, campaign.number)
    return Lists(campaign_id, campaign.number, campaign.name, documents.last(unit, number))
