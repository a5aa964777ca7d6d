"""What is kept: which units wait for whom, which may be disposed of and what forbids the others, and who is late."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from sampling.custody import Handover
from sampling.disposal import SENTENCES, DisposalState, obstacles
from sampling.documents.kind import DocumentKind, document_number
from sampling.retention import Release
from sampling.text import Text
from storage import accounts, campaigns, custody, disposals, documents, owed, retention
from storage.disposals import CarriedOut
from storage.documents import Released
from storage.owed import OwedReport
from storage.retention import KeptUnit
from storage.unit import Unit

MOST = 100
"""The units of a group on one page of it; the printed list has all."""
FIRST: Mapping[str, int] = {}
"""Every group from its first page on."""
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class KeptCase:
    """One kept unit with what forbids to dispose of it, where it was put last, and the dates it had before."""

    kept: KeptUnit
    obstacles: tuple[Text, ...]
    lies: Handover | None
    """None where nothing is written in its chain of custody yet."""
    earlier: tuple[Release, ...]


@dataclass(frozen=True, slots=True)
class Group(Generic[Row]):
    """One page of the units of which the same can be done, or was."""

    cases: tuple[Row, ...]
    page: int
    pages: int


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

    proposed: Group[KeptCase]
    approved: Group[KeptCase]
    free: Group[KeptCase]
    bound: Group[KeptCase]
    done: Group[CarriedOut]
    overdue: tuple[OwedReport, ...]
    lists: tuple[Lists, ...]
    colleagues: Mapping[str, str]
    """Who may be the witness of a disposal: log-in names with the shown ones."""


def load_retention(
    unit: Unit, now: datetime, pages: Mapping[str, int] = FIRST, about: UUID | None = None, *, who: str
) -> RetentionPage:
    """Give everything that is kept, the date that came first standing first, and what was disposed of last.

    Of each group the page that is asked for by its name; with `about` the one that has this unit, hold or disposal.
    """
    live, free, bound = dict[DisposalState, list[KeptUnit]](), list[KeptUnit](), list[KeptUnit]()
    for one in retention.kept(unit, at=now):
        if one.disposal is not None:
            live.setdefault(one.disposal.state, []).append(one)
        else:
            (bound if obstacles(one.standing, now) else free).append(one)

    def group(name: str, found: Sequence[KeptUnit]) -> Group[KeptCase]:
        place = next((at for at, one in enumerate(found) if about in _ids(one)), None) if about else None
        page = pages.get(name, 1) if place is None else place // MOST + 1
        return _group(len(found), page, lambda skip: [_case(unit, one, now) for one in found[skip : skip + MOST]])

    return RetentionPage(
        proposed=group("proposed", live.get(DisposalState.PROPOSED, ())),
        approved=group("approved", live.get(DisposalState.APPROVED, ())),
        free=group("free", free),
        bound=group("bound", bound),
        done=_group(
            disposals.count_carried_out(unit),
            pages.get("done", 1),
            lambda skip: disposals.carried_out(unit, skip=skip, most=MOST),
        ),
        overdue=owed.overdue(unit, now),
        lists=tuple(_list(unit, id_) for id_ in retention.campaigns_of_kept(unit)),
        colleagues=accounts.colleagues(unit, who),
    )


def _ids(one: KeptUnit) -> tuple[UUID | None, ...]:
    """What a form of the page names: the unit, the hold on it, or the disposal of it."""
    return one.unit.id, one.hold.id if one.hold else None, one.disposal.id if one.disposal else None


def _group(count: int, asked: int, read: Callable[[int], Sequence[Row]]) -> Group[Row]:
    """The page that is asked for, or the last one where there are fewer."""
    pages = max(1, -(-count // MOST))
    page = min(asked, pages)
    return Group(tuple(read((page - 1) * MOST)), page, pages)


def _case(unit: Unit, one: KeptUnit, now: datetime) -> KeptCase:
    sentences = tuple(SENTENCES[code] for code in obstacles(one.standing, now))
    lies = next(reversed(custody.handovers(unit, one.unit.id)), None)
    return KeptCase(one, sentences, lies, retention.dates(unit, one.unit.id)[:-1])


def _list(unit: Unit, campaign_id: UUID) -> Lists:
    campaign = campaigns.get(unit, campaign_id)
    number = document_number(DocumentKind.RETENTION_LIST, campaign.number)
    return Lists(campaign_id, campaign.number, campaign.name, documents.last(unit, number))
