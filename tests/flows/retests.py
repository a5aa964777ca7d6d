"""What the tests of re-tests share: one that was ordered, reported on and settled."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from flows import judge
from flows.report import Report
from flows.wiring import World
from labs.columns import of_results
from labs.consignment import ConsignmentState
from labs.objection import Objection, ObjectionKind, ObjectionState
from labs.report import Reading
from labs.verdict import Outcome
from sampling.custody import Role, UnitEvent
from sampling.sample import SampleState
from storage import (
    clock,
    consignments,
    custody,
    objections,
    samples,
    uploads,
    verdicts,
)
from storage.acts import bench, disputes, office
from storage.consignments import Order
from storage.custody import Sealing
from storage.unit import Unit
from tests import build
from tests.build import Case, case, moment

S = SampleState
OTHERS = ("L-02", "L-03", "L-04")


def objected(
    world: World, unit: Unit, *, third: bool = False, labs: tuple[str, ...] = OTHERS, outcome: Outcome = Outcome.FAIL,
    number: int = 1,
) -> Case:  # fmt: skip
    """Give a verdict whose seller asked for a re-test, which an officer ordered."""
    made = case(unit, world.objects, S.NOTIFIED, outcome=outcome, number=number)
    for lab in labs:
        build.laboratory(unit, lab)
    if third:
        sealing = Sealing(Role.ARBITRATION, "F1C", "Zhao Min", "A100", "station")
        [part] = custody.seal(unit, made.sample.id, [sealing], by="user:shopper", at=moment(13))
        custody.record(unit, part.id, UnitEvent.RETAINED, by="user:shopper", at=moment(13))
    lodged = lodge(made)
    disputes.decide_objection(unit, lodged.id, "reinspect", "in time", by="user:officer", at=moment(14))
    return made


def lodge(made: Case, kind: ObjectionKind = ObjectionKind.RESULT) -> Objection:
    return disputes.lodge_objection(made.unit, made.sample.id, made.seller, kind, "ours passed", by="u", at=moment(13))


def p3(unit: Unit, made: Case) -> None:
    """Let the re-test be weighed with a third laboratory, as the procedure of another rulebook has it."""
    one = objections.retested(unit, made.sample.id)
    assert one is not None
    objections.agree(unit, one.id, policy="P3", advanced_by="objector")


def ordered(unit: Unit, made: Case, purpose: str) -> Order:
    return next(one for one in consignments.of_sample(unit, made.sample.id) if one.purpose == purpose)


def reported(world: World, made: Case, purpose: str, value: str, *, opened: bool = True, **found: Any) -> None:
    """Have the laboratory of a twin receive it whole, test it and report."""
    with world.database.unit() as unit:
        at, order = clock.now(unit), ordered(unit, made, purpose)
        one = next(
            one for one in consignments.in_state(unit, ConsignmentState.PACKED) if order.blind_code in str(one.lines)
        )
        office.hand_over(unit, one.id, "K2", by="user:coordinator", at=at)
        bench.receive(unit, one.id, {order.blind_code: True}, by="user:other", at=at)
        if opened:
            bench.start(unit, order.blind_code, order.lab, by="user:other", at=at)
        known = {"u_expanded": Decimal(2), "report_no": purpose, "tested_on": date(2026, 3, 5), **found}
        row = build.result(order.blind_code, value, **known)
        sent = uploads.receive(unit, world.objects, order.lab, "r.csv", purpose.encode(), by=f"user:{order.lab}", at=at)
        head = replace(build.report(purpose), lab=order.lab)
        reading = Reading((head,), (), of_results([row]))
        uploads.commit(unit, sent.id, reading, {order.blind_code: made.sample.id}, by="t", at=at)
    judge.sweep(world, 9)


def said(sweep: Callable[[World, int], Report], world: World) -> dict[str, int]:
    """Give what became of each thing that a sweep met."""
    return dict(sweep(world, 9).outcomes)


def settled(world: World, made: Case) -> tuple[SampleState, ObjectionState, str | None]:
    """Give where the sample and its objection stand once an officer confirmed what waits, and who bears the fee."""
    with world.database.unit() as unit:
        for one in verdicts.to_confirm(unit):
            office.confirm_verdict(unit, one.id, by="user:officer", at=clock.now(unit), limits_read=True)
        [objection] = objections.of_sample(unit, made.sample.id)
        return samples.get(unit, made.sample.id).state, objection.state, objection.fee_borne_by
