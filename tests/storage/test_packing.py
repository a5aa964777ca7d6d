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
