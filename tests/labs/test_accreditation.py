"""Accreditation: scope by item, method and day; the draw of a laboratory for a retest."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from labs.accreditation import ANY, ScopeEntry, designation, draw_lab, in_scope, pick_retest_lab

ON = date(2026, 11, 22)


def entry(lab: str = "LAB1", item: str = "lead", method: str = "GB/T 26125", until: date | None = None) -> ScopeEntry:
    return ScopeEntry(lab, "CMA", item, method, date(2024, 1, 1), until, "register")


@pytest.mark.parametrize(
    ("scope", "fit"),
    [
        (entry(), True),
        (entry(method="*"), True),
        (entry(until=ON), True),
        (entry(until=date(2026, 11, 21)), False),
        (entry(lab="LAB2"), False),
        (entry(item="cadmium"), False),
        (entry(method="EN 71-3"), False),
    ],
)
def test_a_scope_is_an_item_by_a_method_on_a_day(scope: ScopeEntry, fit: bool) -> None:
    assert in_scope([scope], "LAB1", "lead", "GB/T 26125", ON) is fit


def test_a_scope_begins_on_its_day() -> None:
    assert not in_scope([entry()], "LAB1", "lead", "GB/T 26125", date(2023, 12, 31))


SCOPES = [entry(lab=lab) for lab in ("LAB1", "LAB2", "LAB3", "LAB4")] + [entry(lab="LAB2", item="cadmium")]
LABS = ("LAB1", "LAB2", "LAB3", "LAB4", "LAB5")
LEAD = [("lead", "GB/T 26125", ANY)]


def test_the_retest_goes_to_another_laboratory_in_scope_by_a_draw_that_can_be_repeated() -> None:
    drawn = [pick_retest_lab(LABS, ["LAB1"], str(seed), LEAD, ON, scopes=SCOPES) for seed in range(600)]
    assert drawn == [pick_retest_lab(LABS[::-1], ["LAB1"], str(seed), LEAD, ON, scopes=SCOPES) for seed in range(600)]
    assert drawn == [draw_lab(one.seed, one.candidates) for one in drawn]  # with what is kept of it, and nothing else
    assert {one.candidates for one in drawn} == {("LAB2", "LAB3", "LAB4")}
    assert min(Counter(one.lab for one in drawn).values()) > 140


def test_whoever_tested_the_goods_is_not_drawn_again() -> None:
    drawn = {pick_retest_lab(LABS, ["LAB1", "LAB3"], str(seed), LEAD, ON, scopes=SCOPES).lab for seed in range(50)}
    assert drawn == {"LAB2", "LAB4"}


def test_a_laboratory_must_be_in_scope_for_every_item() -> None:
    both = [*LEAD, ("cadmium", "GB/T 26125", ANY)]
    assert pick_retest_lab(LABS, ["LAB1"], "seed", both, ON, scopes=SCOPES).lab == "LAB2"
    assert pick_retest_lab(LABS, ["LAB2"], "seed", both, ON, scopes=SCOPES).lab is None


def test_a_laboratory_is_asked_for_the_edition_of_the_first_test_however_its_scope_writes_it() -> None:
    scopes = [entry("LAB1", method="GB/T 26125-2011"), replace(entry("LAB2"), edition="2011"), entry("LAB3"),
              replace(entry("LAB4"), edition="2023"), entry("LAB5", method="GB/T 26125-2023")]  # fmt: skip
    drawn = pick_retest_lab(LABS, [], "seed", [("lead", "GB/T 26125", "2011")], ON, scopes=scopes)
    assert drawn.candidates == ("LAB1", "LAB2", "LAB3")
    assert pick_retest_lab(LABS, [], "seed", LEAD, ON, scopes=scopes).candidates == LABS


@pytest.mark.parametrize(
    ("method", "edition", "given"),
    [
        ("GB 6675.4", "2014", ("GB 6675.4", "2014")),
        ("GB 6675.4-2014", "", ("GB 6675.4", "2014")),
        ("GB 6675.4—2014", ANY, ("GB 6675.4", "2014")),
        ("EN 71-3:2019", "2019", ("EN 71-3", "2019")),
        ("EN 71-3", ANY, ("EN 71-3", ANY)),
        ("GB 6675.4-2014", "2011", ("GB 6675.4-2014", "2011")),
    ],
)
def test_an_edition_stands_beside_its_method_or_behind_it(method: str, edition: str, given: tuple[str, str]) -> None:
    assert designation(method, edition) == given
