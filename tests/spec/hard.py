"""What the hard cases share: samples whose doings are taken back, a shop of one page, and what is told of a case."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, TypeAlias

from dashboards.views.sample import SamplePage, load_sample
from flows import publish
from flows.wiring import World
from labs.objection import Objection, ObjectionKind
from reputation.publication import Publication, PublicationEvent
from sampling.evidence.visit import Visit, VisitKind
from sampling.sample import Sample, SampleState
from storage import events, publications
from storage.acts import disputes, press
from tests.build import Case, campaign, case, moment
from tests.sampling.visits import a_visit

Made: TypeAlias = Callable[[SampleState], Case]
"""Brings a fresh sample to a state; what is done to it is taken back when the case is over."""
OFFICE, OFFICER, CHIEF = "user:coordinator", "user:officer", "user:chief"
LATE = 24 * 40
"""Hours after the start: every window is over."""


@dataclass
class Shop:
    """A browser that shows one page, whatever is asked for."""

    shows: Visit

    def capture(self, *_: Any, **__: Any) -> Visit:
        """Give the page."""
        return self.shows


def live(sample: Sample) -> Visit:
    """Give the page of an offer that can be bought."""
    return replace(a_visit(), requested_url=sample.url, final_url=sample.url, text=sample.title, title=sample.title)


def gone(sample: Sample) -> Visit:
    """Give the page of an offer that is no more."""
    return replace(live(sample), kind=VisitKind.NOT_FOUND, reason="not_found", status=404)


class Undone(Exception):
    """Ends a unit of work without a trace."""


@contextmanager
def making(world: World) -> Iterator[Made]:
    """Give what makes samples for one case, and take all of it back."""
    numbers, within = count(1), list[Any]()

    def made(state: SampleState) -> Case:
        within[:] = within or [campaign(unit)]
        return case(unit, world.objects, state, number=next(numbers), of=within[0])

    try:
        with world.database.unit() as unit:
            yield made
            raise Undone
    except Undone:
        pass


def published(one: Case) -> Publication:
    """Have a result proposed by one, approved by another, and shown."""
    proposal = press.propose_publication(one.unit, one.sample.id, by=OFFICER, at=moment(LATE))
    press.approve_publication(one.unit, proposal.id, by=CHIEF, at=moment(LATE))
    publications.record(one.unit, proposal.id, PublicationEvent.PUBLISHED, by="flow:publish", at=moment(LATE))
    return publications.get(one.unit, proposal.id)


def objects_to(one: Case, kind: ObjectionKind, *, at: datetime, party: str = "") -> Objection:
    """Have a party object, the seller where none is named."""
    return disputes.lodge_objection(
        one.unit, one.sample.id, party or one.seller, kind, f"wrong {kind}", by=OFFICE, at=at
    )


def page_of(one: Case) -> SamplePage:
    """Give what the office sees of a sample."""
    return load_sample(one.unit, one.sample.id)


def released(world: World, number: str) -> dict[str, Any]:
    """Give what the newest file for the public says of one entry."""
    with world.database.unit() as unit:
        kept = events.last(unit, publish.RELEASES)
    assert kept is not None
    entries: list[dict[str, Any]] = json.loads(world.objects.get(kept.data["results.json"]))["entries"]
    return next(one for one in entries if one["number"] == number)
