"""A rulebook: read from its file, asked by key, strict about kinds."""

from datetime import UTC, datetime

import pytest

from sampling.errors import UnknownRule, UnknownRulebook, WrongRule
from sampling.rulebook import Rule, Rung, load, parse

PAGE = """
code = "xx"
version = "7"
timezone = "Europe/Paris"
[rules.window]
value = 15
unit = "calendar_days"
rollover = "holidays"
status = "read"
source = "A 1"
[rules.check.days]
value = [0, 7]
unit = "none"
status = "unconfirmed"
source = "B"
"""


def test_a_page_becomes_a_rulebook() -> None:
    book = parse(PAGE)
    assert (book.code, book.version, book.zone.key, book.rungs) == ("xx", "7", "Europe/Paris", ())
    assert book.rule("window") == Rule("window", 15, "calendar_days", "holidays", "read", "A 1", "xx@7")
    assert book.rule("check.days").numbers == (0, 7)


@pytest.mark.parametrize(
    ("old", "new"),
    [('unit = "none"', 'unit = "moons"'), ('"holidays"', '"fridays"'), ('"read"', '"hearsay"')],
)
def test_a_rule_outside_the_lists_is_refused(old: str, new: str) -> None:
    with pytest.raises(WrongRule):
        parse(PAGE.replace(old, new))


def test_an_unknown_rule_or_rulebook_is_refused() -> None:
    with pytest.raises(UnknownRule):
        parse(PAGE).rule("nothing")
    for code in ("nowhere", "../pyproject", ""):
        with pytest.raises(UnknownRulebook):
            load(code)


def rule(value: object) -> Rule:
    return Rule("key", value, "none", "none", "read", "A 1")  # type: ignore[arg-type]


KINDS = [
    ("number", 15, 15),
    ("flag", False, False),
    ("word", "P1", "P1"),
    ("words", ("a", "b"), ("a", "b")),
    ("numbers", (1, 2), (1, 2)),
]


@pytest.mark.parametrize(("kind", "value", "wanted"), KINDS)
def test_a_value_is_read_as_what_it_is(kind: str, value: object, wanted: object) -> None:
    assert getattr(rule(value), kind) == wanted


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", True), ("number", "15"), ("flag", 1), ("word", 1), ("words", "ab"), ("words", (1,)),
     ("numbers", 1), ("numbers", ("a",))],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused(kind: str, value: object) -> None:
    with pytest.raises(WrongRule):
        getattr(rule(value), kind)


def test_a_rung_is_due_after_its_share_of_the_limit_and_its_hours() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 3, tzinfo=UTC)
    assert Rung(1, 50, 0, "platform", "reminder", "read", "x").at(start, end) == datetime(2026, 1, 2, tzinfo=UTC)
    assert Rung(3, 100, 24, "home", "referral", "read", "x").at(start, end) == datetime(2026, 1, 4, tzinfo=UTC)
