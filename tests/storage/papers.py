"""A case with whole codes and seals of ours, so that labels can be printed of it."""

from sqlalchemy import update

from sampling.sample import SampleState, blind_code
from sampling.seal import SealKind
from storage import samples, seals
from storage.acts import shopping
from storage.objects import Objects
from storage.schema.sample import SampleRow
from storage.unit import Unit
from tests.build import Case, at_lab, case, moment, told_of_sampling


def at_laboratory(unit: Unit, objects: Objects) -> Case:
    """Give a case whose test unit has come to its laboratory, sealed with numbers that were issued here."""
    made = case(unit, objects, SampleState.UNBOXED)
    code = blind_code(b"key", "campaign", made.sample.listing_id, "first")
    unit.execute(update(SampleRow).where(SampleRow.id == made.sample.id).values(blind_code=code))
    unit.expire_all()
    first, second = seals.issue(unit, SealKind.TAPE, 2, by="t", at=moment(1)).numbers
    shopping.seal(unit, made.sample.id, test_seal=first, backup_seal=second, witness="Zhao Min", place="station",
                  photo=None, by="user:shopper", at=moment(6))  # fmt: skip
    made.sample = samples.get(unit, made.sample.id)
    told_of_sampling(made)
    at_lab(made)
    return made
