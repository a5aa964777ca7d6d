"""Packing: nobody is sent what was lost or has a broken seal."""

from collections.abc import Callable
from uuid import UUID

import pytest

from sampling.custody import Role, UnitEvent
from sampling.sample import SampleState
from storage import consignments, custody
from storage.consignments import Packed
from storage.database import Database
from storage.errors import Conflict
from storage.objects import Objects
from storage.unit import Unit
from tests.build import LAB, case, moment
from tests.storage.asked import asked


def lost(unit: Unit, part: UUID) -> None:
    custody.record(unit, part, UnitEvent.LOST, by="u", at=moment(6))


def broken(unit: Unit, part: UUID) -> None:
    custody.look_at_seal(unit, part, False, by="u", at=moment(6))


@pytest.mark.parametrize("spoil", [lost, broken])
def test_only_what_is_sealed_or_retained_is_packed(
    spoil: Callable[[Unit, UUID], None], database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.NOTICE_SENT)
        part = custody.of_role(unit, made.sample.id, Role.TEST)
        spoil(unit, part.id)
        with pytest.raises(Conflict, match=f"unit {part.code} is .* and cannot be packed"):
            consignments.pack(unit, LAB, [Packed(part, made.blind, "toys", ())], purpose="first", by="u", at=moment(7))


def test_the_units_of_a_consignment_are_kept_in_one_order(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = [case(unit, objects, SampleState.NOTICE_SENT, number=number) for number in (1, 2)]
        parts = [Packed(custody.of_role(unit, one.sample.id, Role.TEST), one.blind, "toys", ()) for one in made]
        with asked(unit) as statements:
            consignments.pack(unit, LAB, parts[::-1], purpose="first", by="u", at=moment(7))
    [keeping] = [one for one in statements if "FROM unit" in one and "FOR UPDATE" in one]
    assert "ORDER BY unit.id FOR UPDATE" in " ".join(keeping.split())
