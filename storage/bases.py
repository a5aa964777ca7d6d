"""Bases: the stored results, limits and verdicts that a verdict was given on, and the same verdict given again."""

from collections.abc import Sequence
from dataclasses import replace as with_changes
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.judgement import judge
from labs.limits import Limits
from labs.result import Interval, Result
from labs.retest import replace
from labs.verdict import Basis, Verdict
from storage import consignments, limits, verdicts
from storage.errors import NotFound
from storage.records import record_of
from storage.schema.lab import ReportRow, ResultRow, UploadRow, VerdictRow
from storage.schema.sample import SampleRow

WITHDRAWN = "withdrawn"
"""The kind of a report that takes the earlier versions back and puts nothing in their place."""
_ORDER = (ReportRow.number, ReportRow.version, ResultRow.row, ResultRow.id)


def results_of(
    unit: Session, sample_id: UUID, blind_code: str, *, before: datetime | None = None
) -> dict[UUID, Result]:
    """Give the results of a blind code by their ids, of the newest version of each report (received before then).

    A report whose newest version says no more of the code, or withdraws it, gives none.
    """
    wanted = (
        select(ResultRow, ReportRow)
        .join(ReportRow, ReportRow.id == ResultRow.report_id)
        .where(ResultRow.sample_id == sample_id, ResultRow.blind_code == blind_code)
        .order_by(*_ORDER)
    )
    found = unit.execute(wanted).all()
    numbers = {report.number for _, report in found}
    versions = (
        select(ReportRow)
        .join(UploadRow, UploadRow.id == ReportRow.upload_id)
        .where(ReportRow.lab.in_({report.lab for _, report in found}), ReportRow.number.in_(numbers))
        .order_by(ReportRow.version)
    )
    if before is not None:
        versions = versions.where(UploadRow.received_at <= before)
    newest = {(report.lab, report.number): report for report in unit.scalars(versions)} if found else {}
    standing = {report.id for report in newest.values() if report.kind != WITHDRAWN}
    return {row.id: result_of(row, report) for row, report in found if report.id in standing}


def is_outdated(unit: Session, verdict: Verdict) -> bool:
    """Tell whether the results are no longer those that a verdict, or one that it weighs, was given on.

    Of one whose basis was never kept, and cannot be told from the history, nobody knows: it is left as it is.
    """
    basis = _known_basis(unit, verdict)
    if basis.weighed:
        return any(is_outdated(unit, verdicts.get(unit, id_)) for id_ in basis.weighed)
    if basis == Basis():
        return False
    orders = consignments.of_sample(unit, verdict.sample_id)
    codes = [one.blind_code for one in orders if one.purpose == verdict.purpose]
    return {id_ for code in codes for id_ in results_of(unit, verdict.sample_id, code)} != set(basis.results)


def give_again(unit: Session, verdict: Verdict, shipped: Sequence[Limits] = ()) -> Verdict:
    """Give the verdict that the engine of today gives on the same basis; what is not there raises NotFound.

    `shipped` are limits to take for a verdict older than the keeping of limits, where their version is the same.
    """
    basis = verdict.basis or _basis_of(unit, verdict)
    if basis.policy is not None:
        assert basis.first is not None and basis.retest is not None  # a policy weighs two verdicts
        third = None if basis.third is None else verdicts.get(unit, basis.third)
        first, retest = verdicts.get(unit, basis.first), verdicts.get(unit, basis.retest)
        made = replace(first, retest, basis.policy, id=verdict.id, now=verdict.judged_at, third=third)
        return with_changes(made, purpose=verdict.purpose)
    return judge(
        id=verdict.id,
        sample_id=verdict.sample_id,
        category=basis.category,
        results=_results(unit, basis.results),
        ordered=basis.ordered,
        limits=_limits(unit, verdict.rule_version, shipped),
        now=verdict.judged_at,
        purpose=verdict.purpose,
        result_ids=basis.results,
        on=basis.on,
    )


def _results(unit: Session, ids: Sequence[UUID]) -> tuple[Result, ...]:
    wanted = select(ResultRow, ReportRow).join(ReportRow, ReportRow.id == ResultRow.report_id)
    found = unit.execute(wanted.where(ResultRow.id.in_(ids)).order_by(*_ORDER)).all()
    if len(found) != len(ids):
        raise NotFound(f"{len(ids) - len(found)} results are gone")
    return tuple(result_of(row, report) for row, report in found)


def _limits(unit: Session, rule_version: str, shipped: Sequence[Limits]) -> Limits:
    try:
        return limits.family(unit, rule_version)
    except NotFound:
        same = next((one for one in shipped if one.rule_version == rule_version), None)
        if same is None:
            raise
        return same


def _known_basis(unit: Session, verdict: Verdict) -> Basis:
    try:
        return verdict.basis or _basis_of(unit, verdict)
    except NotFound:
        return Basis()


def _basis_of(unit: Session, verdict: Verdict) -> Basis:
    """The basis of a verdict that was given before they were kept, as the history has it."""
    if verdict.purpose == "final":
        return _weighed(unit, verdict)
    orders = consignments.of_sample(unit, verdict.sample_id)
    order = next((one for one in orders if one.purpose == verdict.purpose), None)
    sample = unit.get(SampleRow, verdict.sample_id)
    if order is None or sample is None:
        raise NotFound("nothing was ordered of a laboratory")
    found = results_of(unit, verdict.sample_id, order.blind_code, before=verdict.judged_at)
    return Basis(category=sample.category, ordered=tuple(order.items), results=tuple(found))


def _weighed(unit: Session, verdict: Verdict) -> Basis:
    """The two verdicts that one after a retest weighed: the newest of each then; it names its policy itself."""
    wanted = select(VerdictRow.purpose, VerdictRow.id).where(
        VerdictRow.sample_id == verdict.sample_id, VerdictRow.id < verdict.id, VerdictRow.judged_at <= verdict.judged_at
    )
    newest = {purpose: id_ for purpose, id_ in unit.execute(wanted.order_by(VerdictRow.id))}
    policy = next((word.partition(":")[2] for word in verdict.reasons if word.startswith("retest_policy:")), "")
    if not policy or not {"first", "retest"} <= set(newest):
        raise NotFound("the verdicts that it weighed are not there")
    return Basis(first=newest["first"], retest=newest["retest"], policy=policy)


def result_of(row: ResultRow, report: ReportRow) -> Result:
    """Give a stored result as it was reported."""
    interval = record_of(Interval, row)
    return record_of(Result, row, interval=interval, report_no=report.number, report_version=report.version)
