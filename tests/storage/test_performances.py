"""Performances: what is stored of each laboratory's work, gathered for its figures."""

from dataclasses import replace
from decimal import Decimal

from labs.columns import of_results
from labs.consignment import LineEvent
from labs.report import Reading
from sampling.calendar import Deadline
from sampling.custody import Role
from sampling.sample import SampleState
from storage import (
    custody,
    deadlines,
    performances,
    samples,
    uploads,
)
from storage.acts import bench, carriage
from storage.database import Database
from storage.objects import Objects
from storage.owed import TEST_REPORT
from tests.build import LAB, case, handed_over, laboratory, moment, report, result

S = SampleState


def test_the_figures_of_laboratories(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        for number in (1, 2):
            case(unit, objects, S.VERDICT, number=number)
        laboratory(unit, "L-02")
        found = performances.of_all(unit, moment(48))
        mine, other = found[LAB], found["L-02"]
        assert (mine.turnaround.reported, mine.taken, mine.committed, mine.agreement.compared) == (2, 2, 2, 0)
        assert (other.turnaround.reported, other.taken, other.spreads) == (0, 0, ())


def test_another_laboratory_that_tested_the_same_goods_is_compared(database: Database, objects: Objects) -> None:
    from labs.result import Interval

    with database.unit() as unit:
        made = case(unit, objects, S.VERDICT)
        laboratory(unit, "L-02")
        rows = [
            result("B7", "200", report_no="R-9"),
            result("B7", item="cadmium", report_no="R-9", interval=Interval(Decimal(0), Decimal(5))),
            result("B7", item="lead", unit="mg/cm2", report_no="R-9"),
            result("B7", "7", item="nickel", report_no="R-9", u_expanded=None),
        ]
        upload = uploads.receive(unit, objects, "L-02", "r.csv", b"x", by="user:other", at=moment(20))
        head = replace(report("R-9"), lab="L-02")
        uploads.commit(
            unit, upload.id, Reading((head,), (), of_results(rows)), {"B7": made.sample.id}, by="t", at=moment(20)
        )
        found = performances.of_all(unit, moment(48))
        for lab in (LAB, "L-02"):
            pairs = found[lab].agreement
            assert (pairs.compared, pairs.agreeing, str(pairs.worst), pairs.left_out) == (1, 1, "0.59", 0)
        assert samples.get(unit, made.sample.id).state is S.VERDICT
        again = uploads.receive(unit, objects, "L-02", "r.csv", b"y", by="user:other", at=moment(21))
        without = [replace(row, report_version=2) for row in rows[1:]]
        uploads.commit(
            unit, again.id, Reading((replace(head, version=2),), (), of_results(without)), {"B7": made.sample.id},
            by="t", at=moment(21),
        )  # fmt: skip
        assert performances.of_all(unit, moment(48))[LAB].agreement.compared == 0  # it says no more of lead


def test_a_laboratory_turned_down_what_it_refused_and_not_what_came_damaged(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        laboratory(unit)
        for number, event in enumerate((LineEvent.DAMAGED, LineEvent.REFUSED, LineEvent.REFUSED), start=1):
            made = case(unit, objects, S.NOTICE_SENT, number=number)
            handed_over(made)
            assert made.consignment is not None
            arrival = bench.Arrival(True, made=event, reason="crushed")
            bench.take_in(unit, made.consignment, made.blind, arrival, by="user:lab", at=moment(8))
            if number < 3:
                carriage.take_back(unit, made.consignment, made.blind, True, by="user:coordinator", at=moment(9))
        assert performances.of_all(unit, moment(48))[LAB].refused == 2


def test_the_clock_of_another_unit_makes_no_report_late(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.VERDICT)
        over = Deadline(TEST_REPORT, "cn-product@1", "none", moment(), moment(1))
        for role, late in ((Role.BACKUP, 0), (Role.TEST, 1)):
            part = custody.of_role(unit, made.sample.id, role)
            deadlines.start(unit, made.sample.id, f"lab:{LAB}", over, {}, unit_id=part.id)
            assert performances.of_all(unit, moment(48))[LAB].turnaround.late == late
