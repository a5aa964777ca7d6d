"""Releases: what officers may let pass and how many it takes, and how a file is read that they released."""

from datetime import date

import pytest

from labs.errors import UnknownTerms
from labs.findings import sentences
from labs.formats import read
from labs.mapping import PLAIN, codes, restored, shipped, stated
from labs.release import UNREAD, barred, holding, numbered, overtaken, persons, terms
from labs.report import Reading, Report
from labs.result import Finding
from labs.revision import Change, compare
from labs.signed import exchanged
from tests.labs.build import csv_of, expected, line, result, results_of

TODAY = date(2026, 11, 22)
BY = terms(TODAY)


def held(rule: str, found: str = "", wanted: str = "") -> Finding:
    return Finding(rule, "hold", 2, None, found, wanted)


WARNED = Finding("item-absent", "warn", None, "item_code", "B1", "lead")

# what holds a file, how many officers let it pass, and which of it nobody does
TERMS = [
    ([], 1, []),
    ([WARNED], 1, []),
    ([held("report-missing")], 1, []),
    ([held("out-of-scope"), held("conclusion-differs")], 1, []),
    ([held("silent-revision", "1", "2")], 2, []),
    ([held("report-missing"), held("blinding-broken")], 2, []),
    ([held("report-scanned")], 2, []),
    ([held("version-gap", "3", "2")], 1, []),
    ([held("version-gap", "1", "3")], 1, ["version-gap"]),
    ([held("silent-revision", "1", "3")], 2, ["silent-revision"]),
    ([held("report-exchanged", "2", "3")], 2, []),
    ([held("report-exchanged", "1", "3")], 2, ["report-exchanged"]),
    ([held("report-exchanged")], 2, []),
    ([held("not-a-number"), held("not-a-number")], 1, ["not-a-number"]),
    ([held("sample-unknown"), held("unit-unknown"), held("report-unsigned")], 1, ["sample-unknown", "unit-unknown"]),
    ([held("seal-not-intact")], 1, ["seal-not-intact"]),
    ([held("scanner-refused")], 1, ["scanner-refused"]),
]  # fmt: skip


@pytest.mark.parametrize(("findings", "many", "never"), TERMS)
def test_what_holds_a_file_says_who_lets_it_pass(findings: list[Finding], many: int, never: list[str]) -> None:
    assert (persons(findings, BY), [one.rule for one in barred(findings, BY)]) == (many, never)
    assert WARNED not in holding([*findings, WARNED])


def test_the_terms_name_rules_that_there_are() -> None:
    assert set(BY.persons) <= set(sentences())
    assert (BY.in_force, BY.status, set(BY.persons.values())) == (date(2020, 1, 1), "unconfirmed", {1, 2})
    with pytest.raises(UnknownTerms, match="2019-12-31"):
        terms(date(2019, 12, 31))


def test_why_nobody_lets_it_pass_is_told() -> None:
    [unread, foreign, older] = barred([held("unit-missing"), held("lab-foreign"), exchanged(1, 3)], BY)
    assert unread.reason == UNREAD
    assert foreign.reason.en == "The laboratory that reports sends its results itself."
    assert older.reason.en == "A later version is in force, so the table of an earlier one would never count."


def released(data: bytes, **known: object) -> Reading:
    """The reading of a file once what holds it was let pass."""
    first = read(data, "r.csv", expected(**known))
    assert (first.held, len(first.results)) == (True, 0)
    return read(data, "r.csv", expected(released=frozenset(holding(first.findings)), **known))


SCOPE: dict[str, object] = {"scope": {("lead", "*"): ((date(2020, 1, 1), date(2026, 11, 1)),)}}


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        ({}, SCOPE),
        ({}, {"known": {("R1", 1): "0" * 64}}),
        ({"report_version": "2"}, {}),
        ({"lab_conclusion": "splendid"}, {}),
    ],
)
def test_what_was_let_pass_is_told_and_holds_nothing(cells: dict[str, str], known: dict[str, object]) -> None:
    reading = released(csv_of(line(**cells)), **known)
    assert [one.reaction for one in reading.findings] == ["hold"]
    assert [one.number for one in reading.reports] == ["R1"]
    assert [one.raw_text for one in results_of(reading)] == ["0.45"]


def test_a_finding_of_the_file_as_a_whole_can_be_let_pass() -> None:
    reading = released(csv_of(line(u_expanded="0.9", coverage_k="2")))
    assert [(one.rule, one.row) for one in reading.findings] == [("uncertainty-above-result", None)]
    assert len(reading.results) == 1


def test_what_was_not_let_pass_holds_as_ever() -> None:
    first = read(csv_of(line()), "r.csv", expected(**SCOPE))
    data = csv_of(line(), line(sample_code="B26-0001", result_text="0,45"))
    more = read(data, "r.csv", expected(released=frozenset(first.findings), **SCOPE))
    assert {one.rule for one in holding(more.findings)} == {"out-of-scope", "decimal-comma"}
    assert (more.held, more.reports, len(more.results)) == (True, (), 0)
    other = held("out-of-scope", "cadmium / GB/T 26125")
    again = read(csv_of(line()), "r.csv", expected(released=frozenset([other]), **SCOPE))
    assert (again.held, again.reports) == (True, ())


def test_what_says_no_value_has_no_result_whoever_let_it_pass() -> None:
    data = csv_of(line(result_text="0,45"))
    found = read(data, "r.csv", expected()).findings
    assert len(read(data, "r.csv", expected(released=frozenset(found))).results) == 0


def test_a_reading_is_held_by_what_nobody_let_pass() -> None:
    one, other = held("report-missing"), held("report-scanned")
    assert Reading((), (one, other), released=frozenset([one])).held
    assert not Reading((), (one,), released=frozenset([one])).held


def test_a_known_number_and_version_with_other_content_is_the_next_version() -> None:
    heads = tuple(Report("LAB1", number, version, "final", TODAY) for number, version in (("R1", 1), ("R2", 1)))
    found = numbered(Reading(heads, ()), {("R1", 1): "a", ("R1", 2): "b", ("R3", 1): "c"})
    assert [(one.number, one.version) for one in found.reports] == [("R1", 3), ("R2", 1)]


@pytest.mark.parametrize(
    ("known", "before"),
    [
        ({}, None),
        ({("R1", 1): "b"}, None),
        ({("R1", 1): "a"}, (1, 2)),
        ({("R1", 1): "a", ("R1", 2): "b"}, (1, 3)),
        ({("R1", 3): "a", ("R1", 2): "b", ("R1", 1): "a"}, (3, 4)),
        ({("R1", 1): "a", ("R2", 1): "a", ("R2", 2): "b", ("R3", 9): "b"}, (1, 3)),
    ],
)
def test_a_table_says_as_which_version_it_was_taken_over(
    known: dict[tuple[str, int], str], before: tuple[int, int] | None
) -> None:
    assert overtaken(known, "a") == before


def test_two_versions_stand_side_by_side_with_what_differs_first() -> None:
    before = [result("0.45"), result("ND", lod="0.1", item="cadmium"), result("7", item="tin")]
    after = [result("0.45"), result("0.3", item="cadmium"), result("9", item="arsenic")]
    found = compare(before, after)
    assert [(one.item, one.before, one.after, one.changed) for one in found] == [
        ("arsenic", None, "9 mg/kg", True),
        ("cadmium", "ND mg/kg", "0.3 mg/kg", True),
        ("tin", "7 mg/kg", None, True),
        ("lead", "0.45 mg/kg", "0.45 mg/kg", False),
    ]
    assert found[0] == Change("B26-0001", "arsenic", "GB/T 26125", 1, None, "9 mg/kg")


@pytest.mark.parametrize("mapping", [PLAIN, *map(shipped, codes())], ids=lambda one: one.code)
def test_a_mapping_is_made_anew_from_what_was_kept_of_it(mapping: object) -> None:
    assert restored(stated(mapping)) == mapping  # type: ignore[arg-type]
