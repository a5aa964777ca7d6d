"""EPCIS of whole samples as they are stored: whatever can happen to a unit makes a document of the published form."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from sampling.custody import CARRIER, STATION, Role, UnitEvent
from sampling.disposal import DisposalMethod
from sampling.dossier import custody_faults
from sampling.epcis import DISPOSITIONS, document
from sampling.sample import SampleEvent, SampleState
from storage import campaigns, custody, disposals, dossiers, retention, samples
from storage.custody import Circumstances, Sealing
from storage.database import Database
from storage.disposals import Carried
from storage.objects import Objects
from storage.resealing import Resealing, reseal
from storage.unit import Unit
from tests.build import Case, case, moment
from tests.epcis import published

E, LAB = UnitEvent, "lab:L-01"
PHOTO = "ab" * 32
COLD = Circumstances(temperature=Decimal("-18.5"), photos=(PHOTO,))
WEST = Circumstances(happened_at=moment(6.5).astimezone(timezone(-timedelta(hours=3, minutes=30))))
VALID = published()


class Keeper:
    """Writes the custody of one sample with three units, an hour an entry."""

    def __init__(self, unit: Unit, made: Case) -> None:
        self.unit, self.made, self.hour = unit, made, 6.0
        self.campaign = campaigns.get(unit, made.sample.campaign_id)
        sealings = [
            Sealing(role, f"F{made.number}{role.value}", "Zhao Min", "A100", "room 2, shelf 7", PHOTO)
            for role in (Role.TEST, Role.BACKUP, Role.ARBITRATION)
        ]
        parts = custody.seal(unit, made.sample.id, sealings, by="user:shopper", at=moment(self.hour))
        self.test, self.backup, self.third = (part.id for part in parts)

    def act(self, do: Callable[..., Any], unit_id: UUID, *words: Any, **more: Any) -> None:
        self.hour += 1
        do(self.unit, unit_id, *words, by="user:shopper", at=moment(self.hour), **more)

    def give(self, unit_id: UUID, event: UnitEvent, to: str, *, whole: bool | None = True) -> None:
        held, _ = custody.standing(self.unit, unit_id)
        self.act(
            custody.hand_over, unit_id, event, released_by=held, received_by=to, place="gate 2", seal_ok=whole,
            found=COLD,
        )  # fmt: skip

    def end(self, unit_id: UUID, method: DisposalMethod, to: str | None) -> None:
        late = moment(24 * 200 + self.hour)
        one = disposals.propose(self.unit, unit_id, method, "done with", by="user:officer", at=late)
        disposals.approve(self.unit, one.id, by="user:second", at=late)
        carried = Carried("Zhao Min", "yard", to, PHOTO)
        disposals.carry_out(self.unit, one.id, carried, by="user:officer", at=late)

    def exported(self) -> dict[str, Any]:
        found = dossiers.gather(self.unit, self.made.sample.code)
        assert custody_faults(found) == ()
        return document(found, base="https://sampling.example", at=moment(24 * 300))


def worked_on_and_kept(desk: Keeper) -> None:
    """The test unit goes to a laboratory, is sent back, comes again, is tested, kept and moved."""
    for event, to in ((E.HANDED_OVER, CARRIER), (E.PASSED_ON, "carrier 2"), (E.ARRIVED, LAB), (E.RETURNED, STATION)):
        desk.give(desk.test, event, to)
    for event, to in ((E.HANDED_OVER, CARRIER), (E.ARRIVED, LAB)):
        desk.give(desk.test, event, to)
    desk.act(custody.open_unit, desk.test, reason="test")
    desk.act(custody.record, desk.test, E.TESTED)
    desk.act(custody.put, desk.test, "shelf 1", found=COLD)
    desk.act(custody.put, desk.test, "shelf 2")


def sealed_anew_and_corrected(desk: Keeper) -> None:
    """The backup unit is looked at, sealed anew, stated anew twice, and kept."""
    desk.act(custody.look_at_seal, desk.backup, True, found=WEST)
    desk.act(reseal, desk.backup, Resealing("F-new", "Zhao Min", "customs 7", "looked into", PHOTO))
    desk.act(custody.correct, desk.backup, 1, reason="wrong shelf", place="room 3")
    desk.act(
        custody.correct,
        desk.backup,
        1,
        reason="wrong shelf again",
        found=replace(COLD, condition="dented", happened_at=moment(6)),
    )
    desk.act(custody.put, desk.backup, "shelf 9")


def lost_on_its_way(desk: Keeper) -> None:
    """The third unit is lost."""
    desk.give(desk.third, E.HANDED_OVER, CARRIER)
    desk.act(custody.record, desk.third, E.LOST)


def disposed_of(desk: Keeper) -> None:
    """The case ends without a verdict, and what is kept ends in both ways."""
    at = moment(desk.hour)
    samples.record(desk.unit, desk.made.sample.id, SampleEvent.DIVERTED, by="user:officer", at=at)
    retention.redate(desk.unit, desk.made.sample.id, by="flow:retain", at=at)
    desk.end(desk.test, DisposalMethod.DESTROYED, None)
    desk.end(desk.backup, DisposalMethod.GIVEN_BACK, "seller")


def found_broken(desk: Keeper) -> None:
    """The seal of the backup unit is found broken."""
    desk.give(desk.backup, E.HANDED_OVER, CARRIER)
    desk.give(desk.backup, E.ARRIVED, LAB, whole=False)


@pytest.fixture
def documents(database: Database, objects: Objects) -> list[dict[str, Any]]:
    """Give the documents of two samples to which, together, all has happened that can."""
    with database.unit() as unit:
        first = Keeper(unit, case(unit, objects, SampleState.UNBOXED))
        worked_on_and_kept(first)
        sealed_anew_and_corrected(first)
        lost_on_its_way(first)
        disposed_of(first)
        second = Keeper(unit, case(unit, objects, SampleState.UNBOXED, number=2, of=first.campaign))
        found_broken(second)
        return [first.exported(), second.exported()]


FAULTS: dict[str, Callable[[dict[str, Any]], object]] = {
    "a step that is no word of the vocabulary": lambda event: event.update(bizStep="posting"),
    "a time without its zone": lambda event: event.update(eventTime="2026-03-02T09:00:00"),
    "no offset": lambda event: event.pop("eventTimeZoneOffset"),
    "a place that is no address": lambda event: event["readPoint"].update(id="gate 2"),
    "a word of nobody's": lambda event: event.update(shelf="7"),
    "a kind of event that there is not": lambda event: event.update(type="HandoverEvent"),
}


def test_whatever_happens_to_a_sample_is_told_in_the_published_form_and_a_fault_is_not(
    documents: list[dict[str, Any]],
) -> None:
    events = [event for made in documents for event in made["epcisBody"]["eventList"]]
    assert {event["type"] for event in events} == {"TransformationEvent", "AggregationEvent", "ObjectEvent"}
    assert {event["disposition"] for event in events[1:] if "disposition" in event} == set(DISPOSITIONS.values())
    assert [len(event["outputEPCList"]) for event in events if "outputEPCList" in event] == [3, 3]
    assert sum("errorDeclaration" in event for event in events) == 2
    for made in documents:
        VALID.validate(made)
    for what, spoil in FAULTS.items():
        for place, kind in ((0, "TransformationEvent"), (1, "AggregationEvent"), (-1, "ObjectEvent")):
            spoilt = deepcopy(documents[0])
            event = spoilt["epcisBody"]["eventList"][place]
            assert event["type"] == kind
            spoil(event)
            assert not VALID.is_valid(spoilt), (what, kind)
