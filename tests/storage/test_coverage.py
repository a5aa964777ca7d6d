"""Coverage: who may test what is ordered, by one of the methods that the order names."""

from dataclasses import replace
from datetime import date

import pytest

from labs.accreditation import ScopeEntry
from labs.limits import IN_FORCE, load
from sampling.text import Text
from storage import coverage, laboratories, parties
from storage.database import Database
from storage.laboratories import Laboratory
from tests.build import ITEM, LAB, campaign, moment

SCOPE = ScopeEntry(LAB, "CNAS", ITEM, "GB 6675.4", date(2024, 1, 1), None, "certificate 7")


@pytest.mark.parametrize(
    ("ordered", "fits"),
    [
        ((), True),
        (("GB 6675.4-2014",), True),
        (("GB 6675.4",), True),
        (("EN 71-3-2019", "GB 6675.4-2014"), True),
        (("EN 71-3-2019",), False),
    ],
)
def test_a_laboratory_is_in_scope_for_what_is_ordered_by_one_of_the_methods_ordered(
    ordered: tuple[str, ...], fits: bool
) -> None:
    found = coverage.out_of_scope([SCOPE], LAB, "toys", {ITEM: ordered}, moment())
    assert found == (() if fits else (ITEM,))


@pytest.mark.parametrize(("method", "skills"), [("*", {"toys"}), ("EN 71-3", set())])
def test_no_laboratory_is_promised_for_what_it_cannot_test_as_it_is_ordered(
    database: Database, method: str, skills: set[str]
) -> None:
    limits = load(IN_FORCE)
    with database.unit() as unit:
        scope = [replace(SCOPE, item=item, method=method) for item in limits.items("toys", moment().date())]
        laboratories.keep(unit, Laboratory(LAB, Text("一", "One"), 30), scope)
        [party] = parties.labs(unit, campaign(unit), ("toys", "nothing"), limits, moment())
    assert party.skills == skills
