"""The keeper: reckons from when kept units may be disposed of, lists them, and tells which laboratory is late."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from prefect import flow

from flows.report import Report
from flows.tick import each, joined, now
from flows.wiring import World, open_world, printed
from sampling.documents.kind import DocumentKind, document_number
from storage import campaigns, documents, owed, papers, retention
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:retain"
STANDS = "left: nothing changed"


@dataclass(frozen=True, slots=True)
class Subject:
    """A sample or a campaign, by its id."""

    id: UUID


class Act(Protocol):
    """What is done about one sample; it gives what of it was written."""

    def __call__(self, unit: Unit, sample_id: UUID, /, *, by: str, at: datetime) -> tuple[str, ...]:
        """Do it."""
        ...


@flow(name="retain")
def retain(limit: int = 500) -> str:
    """Reckon and list what is kept; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Start and watch the clocks of laboratories, date each kept unit, then print the lists that changed."""
    with world.database.unit() as unit:
        working, kept = _subjects(owed.waiting(unit)), _subjects(retention.to_redate(unit))
    watched = each("retain", world, "sample", working, _each(owed.watch), most=limit)
    dated = each("retain", world, "sample", kept, _each(retention.redate), most=limit)
    with world.database.unit() as unit:
        keeping = _subjects(retention.campaigns_of_kept(unit))
    listed = each("retain", world, "campaign", keeping, _list, most=limit)
    return joined("retain", [watched, dated, listed])


def _subjects(ids: Sequence[UUID]) -> list[Subject]:
    return [Subject(id_) for id_ in ids]


def _each(act: Act) -> Callable[[World, Subject], str]:
    def step(world: World, subject: Subject) -> str:
        at = now(world)
        with world.database.unit() as unit:
            return ", ".join(act(unit, subject.id, by=ACTOR, at=at)) or STANDS

    return step


def _list(world: World, subject: Subject) -> str:
    """Print the retention list of a campaign where it says something else than its last version."""
    at = now(world)
    with world.database.unit() as unit:
        number = campaigns.get(unit, subject.id).number
        before = documents.last(unit, document_number(DocumentKind.RETENTION_LIST, number))
        draft, issuer = papers.of_campaign(unit, number), papers.issuer(world.settings)
        after = documents.release(unit, world.objects, draft, issuer, printed, by=ACTOR, at=at)
    return STANDS if before == after else "listed"
