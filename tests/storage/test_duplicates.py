"""Blind duplicates in storage: planned by lot or by name, sealed for, refused once, and never changed."""

from decimal import Decimal
from importlib import import_module

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from labs.consignment import FIRST
from labs.duplicate import draw_samples, seed_of
from sampling.custody import Role, UnitState
from sampling.sample import SampleState
from storage import campaigns, consignments, custody, deadlines, duplicates, events, owed, unpacked
from storage.acts import bench, doubling, office, shopping
from storage.acts.shopping import Unboxing
from storage.consignments import Packed
from storage.database import Database, alembic_config, migrate
from storage.errors import Conflict, NotAllowed
from storage.objects import Objects
from storage.unit import Unit
from tests.build import LAB, Case, campaign, case, moment, told_of_sampling
from tests.storage.asked import asked

S = SampleState
WHO = "user:coordinator"


def unboxed(unit: Unit, objects: Objects, *, number: int = 1) -> Case:
    """Give a case whose goods can be sealed, of a campaign of its own that buys three units of each listing."""
    return opened(case(unit, objects, S.RECEIVED, of=campaign(unit, units_each=3), number=number))


def opened(made: Case) -> Case:
    """Open the parcel of a case: it holds the three units that were bought."""
    shopping.unbox(made.unit, made.sample.id, Unboxing(True, "A100", 3), by="user:shopper", at=moment(5))
    return made


def seal(made: Case, duplicate: str | None = "F1D", *, backup: bool = True) -> None:
    """Seal the goods with a unit for the duplicate."""
    n = made.number
    shopping.seal(made.unit, made.sample.id, test_seal=f"F{n}A", backup_seal=f"F{n}B" if backup else None,
                  duplicate_seal=duplicate,
                  witness="Zhao Min", place="station", photo=None, by="user:shopper", at=moment(6))  # fmt: skip


def test_what_stands_against_duplicates_is_asked_once_for_all_samples(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        of = campaign(unit, units_each=3)
        made = [case(unit, objects, S.CAPTURED, of=of, number=number).sample for number in (1, 2, 3)]
        duplicates.plan(unit, made[1].id, drawn=False, by=WHO, at=moment(5))
        with asked(unit) as statements:
            found = doubling.refusals(unit, of, made)
    assert list(found.values()) == [None, "duplicate_planned", None]
    assert len(statements) == 1


def test_a_share_is_drawn_by_a_lot_that_can_be_drawn_again(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        of = campaign(unit, units_each=3)
        made = [case(unit, objects, S.CAPTURED, of=of, number=number) for number in range(1, 6)]
        case(unit, objects, S.SEALED, of=of, number=6)
        drawn = doubling.draw(unit, of.id, Decimal("0.4"), by=WHO, at=moment(7))
        [told] = events.history(unit, of.id)[-1:]
        codes = sorted(one.sample.code for one in made)
        assert (told.noun, told.type, told.data["candidates"]) == ("duplicate", "planned", codes)
        assert drawn == draw_samples(told.data["seed"], told.data["candidates"], Decimal(told.data["share"]))
        assert told.data["seed"] == seed_of(campaigns.get(unit, of.id).draw_sha256, f"{of.number}/1")
        kept = duplicates.of_campaign(unit, of.id)
        assert [(one.drawn, one.planned_by, one.refusal) for one in kept] == [(True, WHO, None)] * 2
        again = doubling.draw(unit, of.id, Decimal(1), by=WHO, at=moment(7))
        assert (set(again) | set(drawn), set(again) & set(drawn)) == (set(codes), set())


@pytest.mark.parametrize(
    ("state", "units", "why"),
    [(S.SEALED, 3, "sealed_without_duplicate"), (S.UNBOXED, 2, "too_few_units")],
)
def test_a_sample_that_cannot_have_one_is_refused_with_its_reason(
    state: SampleState, units: int, why: str, database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        of = campaign(unit, units_each=units)
        made = case(unit, objects, state, of=of)
        with pytest.raises(NotAllowed, match=f"{made.sample.code}: {why}"):
            doubling.name(unit, of.id, [made.sample.code], by=WHO, at=moment(7))
        assert doubling.draw(unit, of.id, Decimal(1), by=WHO, at=moment(7)) == ()
        assert duplicates.of_sample(unit, made.sample.id) is None
        other = campaign(unit, units_each=3)
        with pytest.raises(NotAllowed, match="not_of_campaign"):
            doubling.name(unit, other.id, [made.sample.code], by=WHO, at=moment(7))


def test_a_unit_is_sealed_for_a_duplicate_that_is_planned(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = unboxed(unit, objects)
        with pytest.raises(NotAllowed, match="only where one is planned"):
            seal(made)
        doubling.name(unit, made.sample.campaign_id, [made.sample.code] * 2, by=WHO, at=moment(5))
        with pytest.raises(NotAllowed, match="backup unit is sealed wherever"):
            seal(made, backup=False)
        seal(made)
        part = custody.of_role(unit, made.sample.id, Role.DUPLICATE)
        assert (part.code, part.seal_no, part.state) == (f"{made.sample.code}-D", "F1D", UnitState.RETAINED)
        [sealed] = [one for one in events.history(unit, made.sample.id) if (one.noun, one.type) == ("sample", "sealed")]
        assert sealed.data["duplicate_seal"] == "F1D"


def test_one_is_refused_once_and_otherwise_stays(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = unboxed(unit, objects)
        doubling.name(unit, made.sample.campaign_id, [made.sample.code], by=WHO, at=moment(5))
        [one] = duplicates.unsent(unit)
        duplicates.refuse(unit, one.id, "no_duplicate_unit", by="flow:dispatch", at=moment(7))
        assert duplicates.unsent(unit) == ()
        kept = duplicates.of_sample(unit, made.sample.id)
        assert kept is not None and (kept.refusal, kept.refused_at) == ("no_duplicate_unit", moment(7))
    for statement in ("UPDATE duplicate SET refusal = 'other'", "DELETE FROM duplicate"):
        with pytest.raises(Conflict), database.unit() as unit:
            unit.execute(text(statement))


def test_what_is_left_is_told_once_until_it_is_taken_up(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, S.NOTICE_SENT)
        for items in ((), ("lead",), ("lead",), ("lead", "tin"), (), ()):
            unpacked.tell(unit, made.sample, items, by="flow:dispatch", at=moment(7))
            found = unpacked.of_samples(unit, [made.sample.id])
            assert [one.items for one in found.values()] == ([items] if items else [])
        told = [one.type for one in events.history(unit, made.sample.id) if one.noun == unpacked.NOUN]
        assert told == ["left", "left", "taken_up"]
        assert unpacked.of_samples(unit, []) == {}


def received(made: Case, *parcels: tuple[Role, ...]) -> None:
    """Have one laboratory take in units of a doubled sample, in so many parcels."""
    for roles in parcels:
        packed = [Packed(custody.of_role(made.unit, made.sample.id, role), f"B{role}", "toys", ()) for role in roles]
        one = consignments.pack(made.unit, LAB, packed, purpose=FIRST, by="t", at=moment(7))
        office.hand_over(made.unit, one.id, "K1", by="t", at=moment(7))
        bench.receive(made.unit, one.id, {part.blind_code: True for part in packed}, by="t", at=moment(8))


def sent(unit: Unit, objects: Objects, *parcels: tuple[Role, ...]) -> Case:
    """Give a doubled sample of which one laboratory has both units."""
    made = unboxed(unit, objects)
    doubling.name(unit, made.sample.campaign_id, [made.sample.code], by="t", at=moment(5))
    seal(made)
    told_of_sampling(made)
    received(made, *parcels)
    return made


def test_a_clock_of_before_runs_for_its_unit_and_a_parcel_says_what_its_manifest_said(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = sent(unit, objects, (Role.DUPLICATE,), (Role.TEST,))
        sample = made.sample.id
        assert owed.watch(unit, sample, by="t", at=moment(9)) == ("clock started",) * 2
        kept = deadlines.find(unit, sample, f"lab:{LAB}", owed.TEST_REPORT, unit_id=custody.units(unit, sample)[0].id)
    command.downgrade(alembic_config(database.url), "0025")
    with database.unit() as unit:
        assert unit.execute(text("SELECT purpose FROM consignment ORDER BY id")).scalars().all() == ["duplicate", FIRST]
        assert unit.execute(text("SELECT basis ->> 'unit' FROM deadline")).scalars().all() == [f"{made.sample.code}-A"]
    migrate(database.url)
    with database.unit() as unit:
        [one] = deadlines.of_sample(unit, sample)
        assert one == kept
        assert deadlines.find(unit, sample, one.party, one.rule, unit_id=custody.units(unit, sample)[0].id) == one
        assert unit.execute(text("SELECT purpose FROM consignment")).scalars().all() == [FIRST] * 2
        assert owed.watch(unit, sample, by="t", at=moment(9)) == ("clock started",)


def test_a_duplicate_among_first_tests_keeps_the_schema_from_going_back(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        sent(unit, objects, (Role.TEST, Role.DUPLICATE))
        going_back = import_module("storage.migrations.versions.0026_clock_unit").MIXED
        with pytest.raises(DBAPIError, match="travelled among first tests"):
            unit.execute(text(going_back))
        unit.rollback()
