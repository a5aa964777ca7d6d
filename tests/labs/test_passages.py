"""The text of a signed report: a word stands there as itself, and a result with its own sample and item."""

import pytest

from labs.formats.passages import Passages, Print

REPORT = "Test report R1, version: 2\n B26-0001  cadmium ND\nB26-0002 lead <\u00a00.03 mg/kg\n12.50 of 10.451 1,000.5"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("R1", True), ("R", False), ("B26-0002", True), ("B26-000", False), ("0.03", False), ("<0.03", True),
        ("＜0.03", True), ("< 0.03", True), ("12.50", True), ("12.5", True), ("0.45", False), ("1,000.5", True),
        ("000.5", False), ("10", False), ("ND", True), ("nd", False), ("test report", False), ("Test report", True),
        ("of 10.451", True), ("-10.451", False),
    ],
)  # fmt: skip
def test_a_text_stands_in_a_report_as_itself(text: str, holds: bool) -> None:
    assert Print(REPORT).holds(text) is holds


@pytest.mark.parametrize(
    ("report", "version", "named"),
    [
        ("R1", 1, True), ("R1", 2, False), ("version 2", 2, True), ("Version: 12", 2, False), ("第2版", 2, True),
        ("版本号：3", 3, True), ("Revision 2", 1, False),
    ],
)  # fmt: skip
def test_a_first_version_need_not_be_named(report: str, version: int, named: bool) -> None:
    assert Print(report).names_version(version) is named


ONE, TWO = "B26-0001", "B26-0002"
ITEMS = {"lead": {"lead", "铅"}, "cadmium": {"cadmium", "镉"}, "migratable_lead": {"migratable lead", "可迁移铅"}}
BY_ROW = f"{ONE} Lead 0.46 mg/kg\n{ONE} Cadmium <0.01\n{TWO} Lead 0.45 mg/kg"
BY_HEADING = (
    f"Sample {ONE}, received 2026-11-02\n1 Lead GB 6675.4-2014\n0.46\n2 Cadmium ND\n"
    f"样品编号：{TWO}\n1 铅 0.45\n2 镉 未检出"
)
BY_COLUMN = f"Item {ONE} {TWO}\nlead 0.46 0.45\ncadmium <0.01 ND"
IN_OTHER_WORDS = f"{ONE}\nPb 0.46\n{TWO}\nPb 0.45"
TORN = f"{ONE}\n{TWO}\nlead\nlead\n0.46\n0.45"
MANY = [f"B26-{number:04}" for number in range(1, 22)]
LISTED = f"{' '.join(MANY)}\nlead 0.45"
NESTED = f"{ONE}\nmigratable lead 0.3\nlead 0.46\nmisleading 9\nv 8"
COUNTED = f"{ONE}, {TWO}\n(1) lead\n2、cadmium\n0.46 0.45"

HELD = [
    (BY_ROW, ONE, "lead", "0.46", True), (BY_ROW, ONE, "lead", "0.45", False), (BY_ROW, TWO, "lead", "0.46", False),
    (BY_ROW, ONE, "cadmium", "0.46", False), (BY_ROW, ONE, "cadmium", "<0.01", True),
    (BY_ROW, TWO, "cadmium", "<0.01", False),  # nothing is said of it there
    (BY_HEADING, ONE, "lead", "0.46", True), (BY_HEADING, ONE, "cadmium", "0.46", False),
    (BY_HEADING, TWO, "lead", "0.46", False), (BY_HEADING, TWO, "lead", "0.45", True),
    (BY_HEADING, TWO, "cadmium", "未检出", True), (BY_HEADING, ONE, "cadmium", "未检出", False),
    (BY_COLUMN, ONE, "lead", "0.45", True), (BY_COLUMN, ONE, "cadmium", "0.45", False),
    (IN_OTHER_WORDS, ONE, "lead", "0.46", True), (IN_OTHER_WORDS, ONE, "lead", "0.45", False),
    (TORN, ONE, "lead", "0.46", None), (TORN, TWO, "lead", "0.46", True),
    (LISTED, TWO, "lead", "0.9", None), ("lead 0.45", ONE, "lead", "0.9", None),
    (NESTED, ONE, "lead", "0.3", False), (NESTED, ONE, "migratable_lead", "0.3", True),
    (NESTED, ONE, "migratable_lead", "0.46", False), (NESTED, ONE, "lead", "9", True),
    (COUNTED, ONE, "lead", "0.46", True),
]  # fmt: skip


@pytest.mark.parametrize(("report", "sample", "item", "text", "held"), HELD, ids=range(len(HELD)))
def test_a_result_stands_with_its_sample_and_item_as_far_as_the_report_tells_them_apart(
    report: str, sample: str, item: str, text: str, held: bool | None
) -> None:
    lines = Passages(report, MANY, ITEMS).of(sample, item)
    assert (None if lines is None else lines.holds(text)) is held


def test_too_many_items_are_not_looked_for() -> None:
    many = {f"item{number}": {f"name{number}"} for number in range(201)} | ITEMS
    lines = Passages(BY_ROW, {ONE, TWO}, many).of(ONE, "cadmium")
    assert lines is not None and lines.holds("0.46")
    assert Passages(BY_ROW, {ONE, TWO}, {"v": {"v"}}).of(ONE, "v") is not None
