"""Blinding: under which code a laboratory knows each unit of a sample."""

from labs.consignment import DUPLICATE
from sampling.custody import Role
from sampling.sample import Sample, blind_code
from storage.papers import Blind

PURPOSES = {Role.BACKUP: "retest", Role.ARBITRATION: "arbitration", Role.DUPLICATE: DUPLICATE}
"""What the units beside the first travel for, if they ever do; the code of each grows from it."""


def blinding(key: bytes) -> Blind:
    """Give what names a unit to a laboratory: from its sealing on it bears that code."""

    def blind(sample: Sample, role: Role) -> str:
        if role is Role.TEST:
            return sample.blind_code
        return blind_code(key, str(sample.campaign_id), sample.listing_id, PURPOSES[role])

    return blind
