"""What a sample waits for: the day its laboratory owes the report, and none where the calendar lacks the year."""

from datetime import datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState

from sampling.custody import Role
from sampling.errors import UnknownYear
from sampling.sample import Sample, SampleState
from storage import custody, deadlines, owed, samples, waiting
from storage.acts import bench
from storage.database import Database
from storage.objects import Objects
from storage.unit import Unit
from tests.build import LAB, campaign, case, handed_over, moment

S = SampleState
LAB_PARTY = f"lab:{LAB}"


def due(unit: Unit, sample: Sample) -> datetime | None:
    return waiting.dues(unit, sample.campaign_id, [sample], samples.since(unit, sample.campaign_id))[sample.id]


def asked(unit: Unit, found: list[Sample]) -> int:
    """Give how many questions the dates of some samples cost."""
    since, told = dict.fromkeys((one.id for one in found), moment()), list[str]()

    def tell(state: ORMExecuteState) -> None:
        told.append(str(state.statement))

    event.listen(unit, "do_orm_execute", tell)
    waiting.dues(unit, found[0].campaign_id, found, since)
    event.remove(unit, "do_orm_execute", tell)
    return len(told)


def test_a_report_is_due_when_the_laboratory_owes_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        planned = campaign(unit)
        received, tested = (case(unit, objects, state, of=planned, number=number).sample
                            for number, state in enumerate((S.AT_LAB, S.TESTING), 1))  # fmt: skip
        before = [due(unit, one) for one in (received, tested)]
        for one in (received, tested):
            owed.watch(unit, one.id, by="flow:retain", at=moment(200))
        units = {one.id: custody.of_role(unit, one.id, Role.TEST).id for one in (received, tested)}
        clocks = [deadlines.find(unit, id_, LAB_PARTY, owed.TEST_REPORT, unit_id=part) for id_, part in units.items()]
        assert [one.due_at for one in clocks if one] == before == [due(unit, one) for one in (received, tested)]
        assert before[0] is not None
        late = owed.overdue(unit, before[0], planned.id)
        assert {one.sample: one.due_at for one in late} == {one.code: before[0] for one in (received, tested)}
        assert asked(unit, [received]) == asked(unit, [received, tested]), "as many questions for two as for one"
        # What began later, by the state alone, would be due later.
        began = dict.fromkeys((received.id, tested.id), moment(24 * 60))
        assert set(waiting.dues(unit, planned.id, [received, tested], began).values()) == set(before)


def test_a_year_that_no_calendar_holds_is_told_as_unknown(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        handed_over(made)
        assert made.consignment is not None
        far = moment().replace(year=2077)
        bench.receive(unit, made.consignment, {made.blind: True}, by="user:lab", at=far)
        assert due(unit, samples.get(unit, made.sample.id)) is None
        with pytest.raises(UnknownYear):
            owed.watch(unit, made.sample.id, by="flow:retain", at=far)


def test_a_rule_counts_from_when_the_sample_came_to_its_state(
    database: Database, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.unit() as unit:
        sent = case(unit, objects, S.SHIPPED).sample
        assert waiting.dues(unit, sent.campaign_id, [sent], {sent.id: moment()})[sent.id] is not None
        # Days of a calendar, which lacks the year; those of a parcel go through every night.
        monkeypatch.setattr(waiting, "RULES", {S.SHIPPED: owed.TEST_REPORT})
        far = {sent.id: moment().replace(year=2077)}
        assert waiting.dues(unit, sent.campaign_id, [sent], far) == {sent.id: None}
