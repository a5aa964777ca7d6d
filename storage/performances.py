"""Performances: what is stored of each laboratory's work, gathered for its figures."""

from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from itertools import combinations
from uuid import UUID

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session, aliased

from labs.consignment import LINE, ConsignmentState, LineEvent, LineState
from labs.errors import UnknownUnit
from labs.limits import IN_FORCE, load
from labs.performance import Job, Pair, Performance, agreement, spreads, turnaround, usual
from labs.report import TO_DECIDE, UploadState
from labs.units import convert
from storage import laboratories
from storage.bases import WITHDRAWN
from storage.owed import TEST_REPORT
from storage.schema.custody import ConsignmentLineRow, ConsignmentRow
from storage.schema.event import EventRow
from storage.schema.lab import DeadlineRow, ReportRow, ResultRow, UploadRow

Value = tuple[Decimal | None, Decimal | None]
"""A single value and its `usual` uncertainty in the unit of the item's limit; None for what is not one."""
TAKEN = (LineState.RECEIVED, LineState.DAMAGED)


def of_all(unit: Session, at: datetime) -> dict[str, Performance]:
    """Give the figures of every laboratory by its code, as of a moment."""
    jobs, lines, files, refused = _jobs(unit), _lines(unit), _files(unit), _refused(unit)
    tested = _tested(unit)
    pairs, found = _pairs(tested), _values(tested)
    return {
        lab.code: Performance(
            lab=lab.code,
            turnaround=turnaround(jobs[lab.code], at),
            taken=sum(lines[lab.code, state] for state in TAKEN),
            refused=refused[lab.code],
            committed=files[lab.code, UploadState.COMMITTED],
            held=sum(files[lab.code, state] for state in TO_DECIDE),
            rejected=files[lab.code, UploadState.REJECTED] + files[lab.code, UploadState.REFUSED],
            agreement=agreement(pairs[lab.code]),
            spreads=spreads(lab.code, found),
        )
        for lab in laboratories.listed(unit)
    }


def _jobs(unit: Session) -> dict[str, list[Job]]:
    """Each unit that a laboratory took in, with its first report and its clock."""
    first = (
        select(ResultRow.blind_code, ReportRow.lab, func.min(UploadRow.received_at).label("at"))
        .join(ReportRow, ReportRow.id == ResultRow.report_id)
        .join(UploadRow, UploadRow.id == ReportRow.upload_id)
        .group_by(ResultRow.blind_code, ReportRow.lab)
        .subquery()
    )
    line, sent = ConsignmentLineRow, ConsignmentRow
    clock = (DeadlineRow.unit_id == line.unit_id) & (DeadlineRow.party == literal("lab:") + sent.lab)
    wanted = (
        select(sent.lab, line.settled_at, first.c.at, DeadlineRow.due_at)
        .join(line, line.consignment_id == sent.id)
        .outerjoin(first, (first.c.blind_code == line.blind_code) & (first.c.lab == sent.lab))
        .outerjoin(DeadlineRow, clock & (DeadlineRow.rule == TEST_REPORT))
        .where(line.state == LineState.RECEIVED)
    )
    jobs: dict[str, list[Job]] = defaultdict(list)
    for lab, received_at, reported_at, due_at in unit.execute(wanted):
        jobs[lab].append(Job(received_at, reported_at, due_at))
    return jobs


def _lines(unit: Session) -> Counter[tuple[str, LineState]]:
    line = ConsignmentLineRow
    wanted = select(ConsignmentRow.lab, line.state, func.count()).join(line, line.consignment_id == ConsignmentRow.id)
    wanted = wanted.where(ConsignmentRow.state != ConsignmentState.CANCELLED)  # what we took back was no refusal
    rows = unit.execute(wanted.group_by(ConsignmentRow.lab, line.state)).tuples()
    return Counter({(lab, state): number for lab, state, number in rows})


def _refused(unit: Session) -> Counter[str]:
    """By laboratory the units that it turned down; what came to it damaged and went back is none of them."""
    line = ConsignmentLineRow
    said = (EventRow.case_id == line.sample_id) & (EventRow.subject_id == cast(line.id, String))
    wanted = (
        select(ConsignmentRow.lab, func.count(line.id.distinct()))
        .join(line, line.consignment_id == ConsignmentRow.id)
        .join(EventRow, said)
        .where(EventRow.noun == LINE.noun, EventRow.type == LineEvent.REFUSED)
    )
    return Counter(dict(unit.execute(wanted.group_by(ConsignmentRow.lab)).tuples().all()))


def _files(unit: Session) -> Counter[tuple[str, UploadState]]:
    wanted = select(UploadRow.lab, UploadRow.state, func.count()).group_by(UploadRow.lab, UploadRow.state)
    return Counter({(lab, state): number for lab, state, number in unit.execute(wanted).tuples()})


def _tested(unit: Session) -> dict[tuple[UUID, str], dict[str, Value]]:
    """By sample and item, what each laboratory found by its newest reports; of replicates the last one counts."""
    units = {limit.item: limit.unit for limit in load(IN_FORCE).limits}
    later = aliased(ReportRow)
    newer = select(later.id).where(
        later.lab == ReportRow.lab, later.number == ReportRow.number, later.version > ReportRow.version
    )
    wanted = (
        select(ResultRow.sample_id, ResultRow.item, ReportRow.lab, ResultRow)
        .join(ReportRow, ReportRow.id == ResultRow.report_id)
        .where(~newer.exists(), ReportRow.kind != WITHDRAWN)
        .order_by(ResultRow.id)
    )
    tested: dict[tuple[UUID, str], dict[str, Value]] = defaultdict(dict)
    for sample_id, item, lab, row in unit.execute(wanted):
        tested[sample_id, item][lab] = _value(row, units.get(item, row.unit))
    return tested


def _value(row: ResultRow, unit: str) -> Value:
    if row.low is None or row.low != row.high:
        return None, None
    try:
        value, spread = (
            None if one is None else convert(one, item=row.item, unit=row.unit, to=unit)
            for one in (row.low, row.u_expanded)
        )
    except UnknownUnit:
        return None, None
    return value, None if spread is None else usual(spread, row.coverage_k)


def _pairs(tested: dict[tuple[UUID, str], dict[str, Value]]) -> dict[str, list[Pair]]:
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for found in tested.values():
        for (lab, one), (other_lab, other) in combinations(found.items(), 2):
            pairs[lab].append(Pair(*one, *other))
            pairs[other_lab].append(Pair(*other, *one))
    return pairs


def _values(tested: dict[tuple[UUID, str], dict[str, Value]]) -> dict[str, dict[str, list[Decimal]]]:
    values: dict[str, dict[str, list[Decimal]]] = defaultdict(lambda: defaultdict(list))
    for (_, item), found in tested.items():
        for lab, (value, _) in found.items():
            if value is not None:
                values[item][lab].append(value)
    return values
