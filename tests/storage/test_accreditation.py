"""Accreditation as it is kept: files of scopes, what was known when, and what falls when it is taken away."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from labs.accreditation import Assay, ScopeEntry, covering
from labs.columns import of_results
from labs.objection import Objection, ObjectionKind, ObjectionState
from labs.report import Reading
from labs.verdict import Basis, Outcome, VerdictEvent, VerdictState
from labs.withdrawal import Reach, Withdrawal, WithdrawalEvent, WithdrawalKind, WithdrawalState
from platforms.notice import NoticeKind, NoticeState
from reputation.publication import PublicationEvent, PublicationState
from sampling.errors import IllegalMove
from sampling.sample import SampleEvent, SampleState
from storage import (
    bases,
    coverage,
    deliveries,
    expectations,
    grounds,
    laboratories,
    notices,
    objections,
    publications,
    uploads,
    verdicts,
    withdrawals,
)
from storage.acts import accreditation, disputes
from storage.database import Database
from storage.errors import Conflict, NotAllowed, NotFound
from storage.objects import Objects
from storage.unit import Unit
from tests.build import ITEM, LAB, Case, case, laboratory, moment, notice, report, result, verdict

S = SampleState
FIRST_DAY = date(2026, 3, 1)
EVERYTHING = Reach(LAB, FIRST_DAY)
REASON = "CNAS withdrew it"
LATER = datetime(2026, 6, 1, tzinfo=UTC)


def line(**changes: Any) -> ScopeEntry:
    return replace(ScopeEntry(LAB, "CNAS", ITEM, "GB 6675.4", date(2024, 1, 1), None, "certificate 7"), **changes)


def test_a_file_is_kept_once_and_says_only_what_was_not_known(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        laboratory(unit)
        lines = [line(), line(item="cadmium", matrix="toys", low=Decimal(1), unit="mg/kg")]
        first = laboratories.import_scope(unit, objects, "a.csv", b"first", lines, by="t", at=moment())
        again = laboratories.import_scope(unit, objects, "b.csv", b"first", lines, by="u", at=moment(9))
        assert (first.fresh, again.fresh, again.name, again.imported_by) == (2, 0, "a.csv", "t")
        assert objects.get(first.sha256) == b"first"
        shorter = [lines[1], line(valid_to=date(2026, 2, 1))]
        second = laboratories.import_scope(unit, objects, "c.csv", b"second", shorter, by="t", at=LATER)
        assert second.fresh == 1
        back = laboratories.import_scope(unit, objects, "a.csv", b"first", lines, by="t", at=LATER + timedelta(days=1))
        assert (back.fresh, back.sha256) == (1, first.sha256)  # what the second file said is taken back with the first
        third = laboratories.import_scope(unit, objects, "d.csv", b"3", shorter, by="t", at=LATER + timedelta(days=2))
        asked = Assay(LAB, ITEM, "GB 6675.4", date(2026, 3, 3))
        scopes = [one for one in laboratories.scopes(unit) if one.scheme == "CNAS"]
        assert covering(scopes, asked, moment(1)) is not None
        assert covering(scopes, asked) is covering(scopes, asked, LATER) is None
        assert covering(scopes, asked, LATER + timedelta(days=1)) is not None
        assert [one.sha256 for one in laboratories.files(unit)] == [third.sha256, second.sha256, first.sha256]
    for order in ("DELETE FROM scope_entry", "UPDATE scope_file SET name = ''", "UPDATE scope_entry SET item = ''"):
        with pytest.raises(Conflict, match="append-only"), database.unit() as unit:
            unit.execute(text(order))


def test_a_file_of_results_is_held_against_the_lines_of_the_goods_that_were_sent(
    database: Database, objects: Objects
) -> None:
    from labs.limits import IN_FORCE, load

    with database.unit() as unit:
        case(unit, objects, S.AT_LAB)
        laboratory(unit)
        for number, change in enumerate(
            ({"edition": "2014"}, {"matrix": "cosmetics"}, {"matrix": "toys", "item": "x"})
        ):
            laboratories.import_scope(unit, objects, "f", bytes([number]), [line(**change)], by="t", at=moment())
        expected = expectations.expected(unit, LAB, moment(), load(IN_FORCE))
        assert expected.scope is not None
        assert set(expected.scope) == {(ITEM, "GB 6675.4"), (ITEM, "GB 6675.4-2014"), ("x", "GB 6675.4")}
        assert expectations.expected(unit, "L-77", moment(), load(IN_FORCE)).scope is None


def test_a_result_falls_under_the_line_of_its_day(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.VERDICT)
        scopes = laboratories.scopes(unit)
        found = coverage.line_of(scopes, LAB, "toys", result())
        assert found is not None and found.source == "test"
        assert coverage.line_of(scopes, LAB, "toys", result(tested_on=None)) is None
        assert coverage.uncovered(unit, made.sample) == ()
        assert coverage.out_of_scope(scopes, LAB, "toys", {ITEM: (), "cadmium": ()}, moment()) == ("cadmium",)


def propose(unit: Unit, reach: Reach = EVERYTHING) -> Withdrawal:
    return withdrawals.propose(unit, WithdrawalKind.WITHDRAWN, reach, REASON, by="user:officer", at=moment(30))


def carry_out(unit: Unit, reach: Reach = EVERYTHING) -> tuple[withdrawals.Fallen, ...]:
    return accreditation.carry_out(unit, propose(unit, reach).id, by="user:second", at=moment(31))


def public(made: Case, *events: PublicationEvent) -> UUID:
    number = publications.next_number(made.unit, moment(25))
    one = publications.propose(made.unit, made.sample.id, {}, number=number, disputed=False, by="u", at=moment(25))
    for event in events:
        if event is PublicationEvent.APPROVED:
            publications.approve(made.unit, one.id, by="v", at=moment(26))
        else:
            publications.record(made.unit, one.id, event, by="v", at=moment(27))
    return one.id


def test_what_was_published_on_a_lost_accreditation_is_taken_back_by_a_second_person(
    database: Database, objects: Objects
) -> None:
    E = PublicationEvent
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        shown = public(made, E.APPROVED, E.PUBLISHED)
        demand = notice(unit, made.sample, NoticeKind.DELISTING, issued=False)
        deliveries.set_endpoint(unit, "platform:glow-mall", "webhook", "http://127.0.0.1/x")
        [gap] = accreditation.look(unit, EVERYTHING, at=moment(30))
        assert (gap.items, gap.publication and gap.publication.id, len(gap.notices)) == ((ITEM,), shown, 3)
        proposal = propose(unit)
        with pytest.raises(NotAllowed, match="second person"):
            accreditation.carry_out(unit, proposal.id, by="user:officer", at=moment(31))
        assert made.state is S.FINAL and coverage.uncovered(unit, made.sample) == ()
        [fell] = accreditation.carry_out(unit, proposal.id, by="user:second", at=moment(31))
        assert fell == withdrawals.fallen(unit, proposal.id)[0]
        assert [(one.verdict_id, why.reason) for one, why in withdrawals.fallen_of(unit, made.sample.id)] == [
            (gap.verdict.id, REASON)
        ]
        assert (len(fell.undone), fell.left, made.state) == (4, (), S.VOID)
        kept = publications.get(unit, shown)
        assert (kept.state, kept.reason) == (PublicationState.WITHDRAWN, REASON)
        assert {
            one.state for one in notices.of_sample(unit, made.sample.id) if one.kind is not NoticeKind.SAMPLING
        } == {NoticeState.WITHDRAWN}
        assert notices.get(unit, demand.id).issued_at is None
        told = unit.execute(text("SELECT channel FROM delivery WHERE event_type = 'notice.withdrawn' ORDER BY channel"))
        assert list(told.scalars()) == ["portal", "webhook"]  # the demand was never sent, so nobody is told
        assert verdicts.why_void(unit, verdicts.get(unit, gap.verdict.id)) == REASON
        assert coverage.uncovered(unit, made.sample) == (ITEM,)
        assert accreditation.look(unit, EVERYTHING, at=moment(32)) == ()


@pytest.mark.parametrize(
    ("state", "events", "after"),
    [
        (S.FINAL, (), PublicationState.REFUSED),
        (S.FINAL, (PublicationEvent.APPROVED,), PublicationState.REFUSED),
        (S.FINAL, (PublicationEvent.APPROVED, PublicationEvent.PUBLISHED, PublicationEvent.EXPIRED), None),
    ],
)
def test_what_is_not_public_yet_is_refused(
    state: SampleState, events: tuple[PublicationEvent, ...], after: PublicationState | None,
    database: Database, objects: Objects,
) -> None:  # fmt: skip
    with database.unit() as unit:
        shown = public(case(unit, objects, state), *events)
        [fell] = carry_out(unit)
        stands = publications.get(unit, shown)
        assert stands.state is (after or PublicationState.EXPIRED)
        assert (stands.number in fell.undone) is (after is not None) and stands.number not in fell.left


def test_what_no_life_cycle_lets_anybody_take_back_is_named(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.FINAL)
        for event in (SampleEvent.DISPOSAL_ORDERED, SampleEvent.FOLLOW_UP_ORDERED):
            made.move(event, 800)
        unit.execute(text("UPDATE notice SET state = 'closed' WHERE kind = 'result' AND recipient LIKE 'seller:%'"))
        [fell] = carry_out(unit)
        assert (fell.left, made.state) == ((made.sample.code,), S.FOLLOW_UP)
        closed = case(unit, objects, S.FINAL, number=2)
        closed.move(SampleEvent.CLOSED, 800)
        [other] = carry_out(unit)
        assert (other.sample_id, other.left, closed.state) == (closed.sample.id, (), S.CLOSED)


def test_a_notice_that_cannot_be_withdrawn_is_named(
    database: Database, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        shown = public(made)
        for name in ("NOTICE", "PUBLICATION"):
            cycle = getattr(accreditation, name)
            monkeypatch.setattr(accreditation, name, replace(cycle, moves={
                pair: to for pair, to in cycle.moves.items() if pair[1].value not in ("withdrawn", "refused")
            }))  # fmt: skip
        [fell] = carry_out(unit)
        assert publications.get(unit, shown).state is PublicationState.PROPOSED
        assert (fell.undone, len(fell.left)) == ((), 3)


def lodge(made: Case) -> Objection:
    return disputes.lodge_objection(
        made.unit, made.sample.id, made.seller, ObjectionKind.RESULT, "ours passed", by="u", at=moment(13)
    )


def test_a_contested_sample_whose_only_verdict_fell_is_void(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        one = lodge(made)
        [fell] = carry_out(unit)
        assert (fell.left, made.state) == ((), S.VOID)
        disputes.decide_objection(unit, one.id, "dismiss", "no verdict is left", by="user:officer", at=moment(32))
        assert (objections.get(unit, one.id).state, made.state) == (ObjectionState.CLOSED, S.VOID)


def retested(unit: Unit, objects: Objects) -> tuple[Case, Objection]:
    """Give a sample under re-inspection, on which a second laboratory reported that it passes."""
    made = case(unit, objects, S.NOTIFIED)
    laboratory(unit, "L-02")
    one = lodge(made)
    disputes.decide_objection(unit, one.id, "reinspect", "in time", by="user:officer", at=moment(14))
    upload = uploads.receive(unit, objects, "L-02", "r.csv", b"x", by="user:other", at=moment(20))
    reading = Reading((replace(report("R-9"), lab="L-02"),), (), of_results([result("B7", "20", report_no="R-9")]))
    uploads.commit(unit, upload.id, reading, {"B7": made.sample.id}, by="t", at=moment(20))
    first = verdicts.live(unit, made.sample.id, "first")
    assert first is not None
    ids = tuple(bases.results_of(unit, made.sample.id, "B7"))
    again = replace(verdict(made.sample, Outcome.PASS), purpose="retest", basis=Basis(results=ids))
    weighs = Basis(first=first.id, retest=again.id, policy="P1")
    for given in (again, replace(verdict(made.sample, Outcome.PASS), purpose="final", basis=weighs)):
        verdicts.save(unit, given, uploaded_by="user:other", by="t", at=moment(21))
    return made, one


def test_where_the_laboratory_of_a_retest_alone_lost_it_the_first_verdict_stands_with_all_that_was_said(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, one = retested(unit, objects)
        told = [notice_.state for notice_ in notices.of_sample(unit, made.sample.id)]
        gaps = accreditation.look(unit, Reach("L-02", FIRST_DAY), at=moment(30))
        assert [(gap.verdict.purpose, gap.stands, gap.notices) for gap in gaps] == [
            ("retest", True, ()), ("final", True, ()),
        ]  # fmt: skip
        fell = carry_out(unit, Reach("L-02", FIRST_DAY))
        assert [(each.undone, each.left) for each in fell] == [((), ())] * 2
        assert [notice_.state for notice_ in notices.of_sample(unit, made.sample.id)] == told
        stands = verdicts.effective(unit, made.sample.id)
        assert stands is not None and (stands.purpose, made.state) == ("first", S.REINSPECTION)
        assert objections.get(unit, one.id).state is ObjectionState.REINSPECT


def test_a_retest_ends_with_the_first_verdict_that_fell_and_the_objector_pays_nothing(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made, one = retested(unit, objects)
        fell = carry_out(unit)
        ended = objections.get(unit, one.id)
        assert ([each.left for each in fell], made.state) == ([(), ()], S.VOID)
        assert (ended.state, ended.fee_borne_by) == (ObjectionState.CLOSED, "authority")
        assert [entry.type for entry in objections.history(unit, one)][-3:] == ["charged", "upheld", "closed"]


def test_of_two_who_take_away_at_once_one_waits(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        case(unit, objects, S.VERDICT)
        proposal = propose(unit)
    with database.unit() as unit:
        accreditation.carry_out(unit, proposal.id, by="user:second", at=moment(31))
        with pytest.raises(OperationalError, match="lock"), database.unit() as other:
            other.execute(text("SELECT code FROM laboratory FOR NO KEY UPDATE NOWAIT"))


OTHERWISE = [
    Reach(LAB, date(2026, 3, 4)),
    Reach(LAB, FIRST_DAY, date(2026, 3, 2)),
    Reach(LAB, FIRST_DAY, item="cadmium"),
    Reach(LAB, FIRST_DAY, method="EN 71-3"),
    Reach(LAB, FIRST_DAY, scheme="CNAS"),
    Reach("L-02", FIRST_DAY),
]


def test_nothing_falls_that_something_still_covers(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        case(unit, objects, S.VERDICT)
        laboratory(unit, "L-02")
        assert [accreditation.look(unit, reach, at=moment(30)) for reach in OTHERWISE] == [()] * len(OTHERWISE)
        laboratories.keep(unit, laboratories.listed(unit)[0], [line()])
        assert accreditation.look(unit, replace(EVERYTHING, scheme="CMA"), at=moment(30)) == ()
        assert len(accreditation.look(unit, EVERYTHING, at=moment(30))) == 1


def test_a_verdict_that_weighs_one_that_falls_falls_too(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        first = verdicts.live(unit, made.sample.id, "first")
        assert first is not None
        ids = tuple(bases.results_of(unit, made.sample.id, made.blind))
        retest = replace(verdict(made.sample), purpose="retest", basis=Basis(results=ids))
        final = replace(
            verdict(made.sample), purpose="final", basis=Basis(first=first.id, retest=retest.id, policy="P1")
        )
        other = replace(verdict(made.sample), purpose="other", basis=Basis(results=(made.sample.id,)))
        for one in (retest, final, other):
            verdicts.save(unit, one, uploaded_by="user:lab", by="t", at=moment(20))
        gaps = accreditation.look(unit, EVERYTHING, at=moment(30))
        assert {gap.verdict.purpose: gap.items for gap in gaps} == dict.fromkeys(("first", "retest", "final"), (ITEM,))
        assert {one.result.raw_text for one in grounds.of_verdict(unit, final)} == {"210"}
        assert len(grounds.of_verdict(unit, first)) == len(grounds.of_verdict(unit, retest)) == 1
        fell = carry_out(unit)
        assert [bool(one.undone) for one in fell] == [True, False, False]
        assert {one.purpose for one in verdicts.of_sample(unit, made.sample.id) if one.state is VerdictState.VOID} == {
            "first", "retest", "final",
        }  # fmt: skip


def test_a_proposal_is_refused_once_and_stays_as_it_was_written(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        laboratory(unit)
        one = propose(unit)
        gone = withdrawals.decide(unit, one.id, WithdrawalEvent.REFUSED, by="user:officer", at=moment(31), refusal="no")
        assert (gone.state, gone.refusal) == (WithdrawalState.REFUSED, "no")
        assert withdrawals.listed(unit) == (gone,) and withdrawals.get(unit, one.id).reach == EVERYTHING
        with pytest.raises(IllegalMove):
            accreditation.carry_out(unit, one.id, by="user:second", at=moment(32))
        with pytest.raises(NotFound, match="no laboratory X"):
            propose(unit, Reach("X", FIRST_DAY))
    for order, told in (
        ("DELETE FROM withdrawal", "never deleted"),
        ("UPDATE withdrawal SET reason = 'other'", "stays as it was written"),
        ("INSERT INTO withdrawal SELECT gen_random_uuid(), lab, kind, from_day, to_day, scheme, item, method, reason, "
         "'refused', proposed_by, proposed_at, decided_by, decided_at, refusal FROM withdrawal", "begins as proposed"),
    ):  # fmt: skip
        with pytest.raises(Conflict, match=told), database.unit() as unit:
            unit.execute(text(order))


def test_a_verdict_is_sent_back_and_not_given_again_on_the_same_results(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.VERDICT)
        first = verdicts.live(unit, made.sample.id, "first")
        assert first is not None and verdicts.uploaded_by(unit, first.id) == "user:lab"
        assert verdicts.sent_back(unit, made.sample.id, "first") is None
        assert verdicts.sent_back(unit, made.sample.id, "final") is None
        verdicts.send_back(unit, first.id, "look at the unit", by="user:officer", at=moment(12))
        assert verdicts.sent_back(unit, made.sample.id, "first") == "look at the unit"
        ids = tuple(bases.results_of(unit, made.sample.id, made.blind))
        again = replace(verdict(made.sample), basis=Basis(results=ids))
        verdicts.save(unit, again, uploaded_by="user:lab", by="t", at=moment(13))
        assert not verdicts.voided_on(unit, made.sample.id, "first", ids)
        verdicts.end(unit, again.id, VerdictEvent.VOIDED, by="flow:judge", at=moment(13))
        assert verdicts.voided_on(unit, made.sample.id, "first", ids)
        assert verdicts.sent_back(unit, made.sample.id, "first") is None  # no person did that
        assert not verdicts.voided_on(unit, made.sample.id, "first", [*ids, made.sample.id])


def test_what_weighs_others_takes_the_last_of_them_with_it(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTIFIED)
        first = verdicts.live(unit, made.sample.id, "first")
        assert first is not None
        with pytest.raises(Conflict, match="confirmed"):
            verdicts.send_back(unit, first.id, "too late", by="user:officer", at=moment(12))
        retest = replace(verdict(made.sample, Outcome.PASS), purpose="retest", basis=Basis())
        final = replace(retest, id=made.sample.id, purpose="final", basis=Basis(first=first.id, retest=retest.id))
        for one in (retest, final):
            verdicts.save(unit, one, uploaded_by="user:lab", by="t", at=moment(20))
        verdicts.send_back(unit, final.id, "why?", by="user:officer", at=moment(21))
        states = {one.purpose: one.state for one in verdicts.of_sample(unit, made.sample.id)}
        assert states == {
            "first": VerdictState.CONFIRMED, "retest": VerdictState.VOID, "final": VerdictState.VOID,
        }  # fmt: skip
