"""What is out of a laboratory's scope is neither ordered nor judged, and a verdict sent back is not given again."""

from datetime import date

import pytest

from flows import dispatch, judge
from flows.wiring import World
from labs.accreditation import ANY
from labs.withdrawal import Reach, WithdrawalKind
from sampling.sample import SampleState
from storage import clock, verdicts, withdrawals
from storage.acts import accreditation
from storage.unit import Unit
from tests.build import LAB, Case, case
from tests.flows.people import install
from tests.flows.test_sweeps import report


def withdraw(unit: Unit, method: str = ANY) -> None:
    at = clock.now(unit)
    one = withdrawals.propose(
        unit, WithdrawalKind.WITHDRAWN, Reach(LAB, date(2026, 1, 1), method=method), "CNAS withdrew it", by="a", at=at
    )
    accreditation.carry_out(unit, one.id, by="b", at=at)


@pytest.mark.parametrize(("lost", "gone"), [(None, False), (ANY, True), ("GB 6675.4", True), ("EN 71-3", False)])
def test_what_is_out_of_scope_by_every_method_ordered_is_not_ordered(
    lost: str | None, gone: bool, quiet: World
) -> None:
    install(quiet)
    with quiet.database.unit() as unit:
        case(unit, quiet.objects, SampleState.NOTICE_SENT)
        if lost:
            withdraw(unit, method=lost)
    told = dict(dispatch.sweep(quiet, 9).outcomes)
    assert told.get("left: out of the laboratory's scope", 0) == int(gone)
    assert told.get("packed", 0) == int(not gone)


def in_test(unit: Unit, world: World) -> Case:
    made = case(unit, world.objects, SampleState.TESTING)
    report(made, "210")
    return made


def test_what_was_tested_out_of_scope_is_not_judged(quiet: World) -> None:
    install(quiet)
    with quiet.database.unit() as unit:
        made = in_test(unit, quiet)
        withdraw(unit)
    assert judge.sweep(quiet, 9).outcomes == (("left: tested out of the laboratory's scope", 1),)
    with quiet.database.unit() as unit:
        assert verdicts.of_sample(unit, made.sample.id) == ()


def test_a_verdict_that_was_sent_back_waits_for_another_report(quiet: World) -> None:
    install(quiet)
    with quiet.database.unit() as unit:
        made = in_test(unit, quiet)
    assert judge.sweep(quiet, 9).done == 1
    with quiet.database.unit() as unit:
        given = verdicts.live(unit, made.sample.id, "first")
        assert given is not None
        verdicts.send_back(unit, given.id, "look again", by="user:officer", at=clock.now(unit))
    assert judge.sweep(quiet, 9).outcomes == (("left: its verdict was voided", 1),)
