"""The backup unit in place of a test unit that came to grief: who may order it, what follows, and what is over."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from labs.consignment import ConsignmentState
from labs.objection import ObjectionKind
from reputation.errors import NotReady
from sampling import rulebook
from sampling.chain import chain_faults
from sampling.custody import Role, UnitState
from sampling.dossier import custody_faults
from sampling.errors import IllegalMove
from sampling.sample import SampleEvent, SampleState
from storage import consignments, custody, dossiers, events, samples, twins
from storage.acts import bench, carriage, disputes, office, press
from storage.consignments import Packed
from storage.database import Database
from storage.errors import Conflict, NotAllowed
from storage.objects import Objects
from tests.build import ITEM, LAB, PATH, Case, case, handed_over, moment

S = SampleState
OFFICER, CHIEF = "user:officer", "user:chief"


def broken(made: Case) -> None:
    """Have the laboratory find the seal of the test unit broken."""
    handed_over(made)
    assert made.consignment is not None
    bench.receive(made.unit, made.consignment, {made.blind: False}, by="user:lab", at=moment(8))


def missing(made: Case) -> None:
    """Have the courier lose the consignment."""
    handed_over(made)
    assert made.consignment is not None
    carriage.lose(made.unit, made.consignment, "courier_lost_it", by=OFFICER, at=moment(8))


def taken(made: Case) -> None:
    """Have the backup unit become the test unit."""
    twins.propose(made.unit, made.sample.id, "the courier lost it", by=OFFICER, at=moment(9))
    twins.take(made.unit, made.sample.id, by=CHIEF, at=moment(9))


@pytest.mark.parametrize("grief", [broken, missing])
def test_the_backup_unit_is_tested_in_place_of_one_that_came_to_grief(
    grief: object, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        sample = made.sample.id
        assert twins.refusal(unit, sample, moment(8)) == "test_unit_whole"
        grief(made)  # type: ignore[operator]
        proposed = twins.propose(unit, sample, "the courier lost it", by=OFFICER, at=moment(9))
        assert (proposed.decided_at, custody.of_role(unit, sample, Role.TEST).role) == (None, Role.TEST)
        with pytest.raises(NotAllowed):
            twins.take(unit, sample, by=OFFICER, at=moment(9))
        decided = twins.take(unit, sample, by=CHIEF, at=moment(9))
        assert (decided.reason, decided.decided_by, made.state) == ("the courier lost it", CHIEF, S.NOTICE_SENT)
        test = custody.of_role(unit, sample, Role.TEST)
        assert (test.id, test.role, test.stands_in) == (decided.unit_id, Role.BACKUP, True)
        assert custody.get(unit, decided.lost_id).state in (UnitState.LOST, UnitState.COMPROMISED)
        assert consignments.of_sample(unit, sample) == (), "it waits to be packed again"
        with pytest.raises(Conflict):
            custody.of_role(unit, sample, Role.BACKUP)
        assert made.consignment is not None
        carriage.reconcile(unit, made.consignment, by=OFFICER, at=moment(10))
        assert consignments.get(unit, made.consignment).state is ConsignmentState.RECONCILED
        assert made.state is S.NOTICE_SENT, "the loss voids nothing any more"
        told = [(entry.noun, entry.type) for entry in events.history(unit, sample) if entry.noun == "twin"]
        assert told == [("twin", "proposed"), ("twin", "taken")]
        assert custody_faults(dossiers.gather(unit, made.sample.code)) == ()


def test_what_the_twin_gave_cannot_be_tested_again_and_is_not_published(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        sample = made.sample.id
        broken(made)
        taken(made)
        twin = Packed(custody.of_role(unit, sample, Role.TEST), "BTW1N0000", "toys", (ITEM,))
        again = consignments.pack(unit, LAB, [twin], purpose="first", by="flow:dispatch", at=moment(10))
        office.hand_over(unit, again.id, "K2", by="user:coordinator", at=moment(10))
        bench.receive(unit, again.id, {"BTW1N0000": True}, by="user:lab", at=moment(11))
        bench.start(unit, "BTW1N0000", LAB, by="user:lab", at=moment(11))
        with pytest.raises(NotAllowed, match="test_begun"):
            twins.propose(unit, sample, "again", by=OFFICER, at=moment(11))
        for state in (S.VERDICT, S.NOTIFIED):
            PATH[state](made)
        said = disputes.lodge_objection(unit, sample, made.seller, ObjectionKind.RESULT, "wrong", by=OFFICER,
                                        at=moment(13))  # fmt: skip
        with pytest.raises(NotAllowed, match="no_backup"):
            disputes.decide_objection(unit, said.id, "reinspect", "again", by=OFFICER, at=moment(14))
        disputes.decide_objection(unit, said.id, "dismiss", "nothing is left", by=OFFICER, at=moment(14))
        made.move(SampleEvent.WINDOW_CLOSED, 24 * 30)
        with pytest.raises(NotReady, match="no_backup"):
            press.propose_publication(unit, sample, by=OFFICER, at=moment(24 * 40))
        assert [chain_faults(one.code, custody.handovers(unit, one.id)) for one in custody.units(unit, sample)] == [
            (), ()
        ]  # fmt: skip


def test_a_unit_that_turns_up_after_its_twin_took_its_place_is_not_taken_in(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        handed_over(made)
        assert made.consignment is not None
        carriage.lose(unit, made.consignment, "courier_lost_it", by=OFFICER, at=moment(8))
        taken(made)
        with pytest.raises((IllegalMove, Conflict)):
            bench.receive(unit, made.consignment, {made.blind: True}, by="user:lab", at=moment(12))


def test_one_person_is_enough_where_the_rulebook_says_so(
    database: Database, objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = rulebook.load("cn-product")
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        with pytest.raises(Conflict):
            twins.take(unit, made.sample.id, by=CHIEF, at=moment(9))
        broken(made)
        monkeypatch.setattr(twins, "_persons", lambda *_: 1)
        decided = twins.propose(unit, made.sample.id, "broken", by=OFFICER, at=moment(9))
        assert (decided.decided_by, rules.rule(twins.PERSONS).number) == (OFFICER, 2)
        assert samples.get(unit, made.sample.id).state is S.NOTICE_SENT
        for statement in ("UPDATE twin SET reason = 'else'", "DELETE FROM twin"):
            with pytest.raises(IntegrityError), unit.begin_nested():
                unit.execute(text(statement))


def test_goods_that_were_never_sealed_have_no_twin(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        assert twins.refusal(unit, case(unit, objects, S.UNBOXED).sample.id, moment(8)) == "test_unit_whole"
