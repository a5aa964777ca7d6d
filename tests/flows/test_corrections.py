"""A laboratory corrects its report: what was said on the old one is no longer confirmed, demanded or shown."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from flows import judge, notify
from flows.tick import LEFT
from flows.wiring import World
from labs.accreditation import ScopeEntry
from labs.columns import of_results
from labs.report import Reading
from reputation.errors import NotReady
from sampling.sample import SampleState as S
from sampling.text import Text
from storage import bases, laboratories, uploads, verdicts
from storage.acts import office, press
from storage.errors import NotAllowed
from storage.laboratories import Laboratory
from tests.build import LAB, Case, case, laboratory, moment, report, result
from tests.flows.conftest import quiet

__all__ = ["quiet"]


def reported(
    made: Case,
    value: str,
    version: int = 1,
    *,
    number: str = "R-1",
    kind: str = "first",
    hour: float = 10,
    **changes: Any,
) -> None:
    by = changes.pop("by", "user:lab")
    row = replace(result(made.blind, value, **changes), report_no=number, report_version=version)
    name = f"{number}/{version}/{value}/{sorted(changes)}".encode()
    file = uploads.receive(made.unit, made.objects, LAB, "r.csv", name, by=by, at=moment(hour))
    head = replace(report(number, version), kind=kind)
    uploads.commit(made.unit, file.id, Reading((head,), (), of_results([row])), {made.blind: made.sample.id},
                   by="flow:intake", at=moment(hour))  # fmt: skip


CORRECTIONS = [
    ({"value": "210", "kind": "withdrawn"}, []),
    ({"value": "1", "item": "cadmium"}, []),
    ({"value": "20"}, ["20"]),
    ({"value": "210", "unit": "ug/kg"}, ["210"]),
]


@pytest.mark.parametrize(("correction", "given"), CORRECTIONS, ids=["withdrawn", "without it", "other", "other unit"])
def test_a_verdict_on_a_report_that_was_corrected_is_void_and_given_again(
    quiet: World, correction: dict[str, Any], given: list[str]
) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, S.TESTING)
        laboratory(unit)
        reported(made, "210")
    assert judge.sweep(quiet, 10).outcomes == (("fail", 1),)
    with quiet.database.unit() as unit:
        [first] = verdicts.of_sample(unit, made.sample.id)
        made.unit = unit
        reported(made, version=2, **correction)
        with pytest.raises(NotAllowed, match="corrected its report"):
            office.confirm_verdict(unit, first.id, by="user:officer", at=moment(11), limits_read=True)
    judge.sweep(quiet, 10)
    with quiet.database.unit() as unit:
        before, *since = verdicts.of_sample(unit, made.sample.id)
        assert (before.id, before.state.value) == (first.id, "void")
        assert [item.raw_text for one in since for item in one.items] == given


def test_what_no_limit_could_settle_is_judged_again_by_the_limits_that_can(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, S.TESTING)
        laboratory(unit)
        reported(made, "210")
    gap = replace(quiet, limits=replace(quiet.limits, version="with a gap", limits=()))
    said = [judge.sweep(world, 10).outcomes for world in (gap, gap, quiet, quiet)]
    left = ((LEFT, 1),)
    assert said == [(("hold: the laboratory is asked again", 1),), left, (("fail", 1),), left]
    with quiet.database.unit() as unit:
        given = verdicts.of_sample(unit, made.sample.id)
        assert [(one.outcome.value, one.state.value) for one in given] == [("hold", "void"), ("fail", "provisional")]
        verdicts.send_back(unit, given[-1].id, "which unit?", by="user:officer", at=moment(12))
    later = replace(quiet, limits=replace(quiet.limits, version="later"))
    assert judge.sweep(later, 10).outcomes == (("left: its verdict was voided", 1),)


def test_nobody_confirms_what_they_brought(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, S.TESTING)
        laboratory(unit)
        also = ScopeEntry(LAB, "CMA", "cadmium", "GB 6675.4", date(2024, 1, 1), None, "test")
        laboratories.keep(unit, Laboratory(LAB, Text("检验所", "Laboratory"), 30), [also])
        reported(made, "210", by="user:alice")
        reported(made, "1", number="R-2", item="cadmium", by="user:bob")
    judge.sweep(quiet, 10)
    with quiet.database.unit() as unit:
        [given] = verdicts.of_sample(unit, made.sample.id)
        for name in ("alice", "bob"):
            with pytest.raises(NotAllowed, match="second person"):
                office.confirm_verdict(unit, given.id, by=f"user:{name}", at=moment(11), limits_read=True)


def test_a_correction_after_the_end_stops_the_demand_and_the_publication(quiet: World) -> None:
    with quiet.database.unit() as unit:
        made = case(unit, quiet.objects, S.FINAL)
        given = verdicts.effective(unit, made.sample.id)
        assert given is not None and not bases.is_outdated(unit, given)
        reported(made, "20", version=2, hour=30)
        assert bases.is_outdated(unit, given)
        with pytest.raises(NotReady, match="results_changed"):
            press.propose_publication(unit, made.sample.id, by="user:coordinator", at=moment(20 * 24))
    assert ("left: the laboratory corrected its report", 1) in notify.sweep(quiet, 10).outcomes
