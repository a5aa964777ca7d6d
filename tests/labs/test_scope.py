"""Scope: lines by goods, edition, range and what was known when; files of them; accreditation taken away."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from labs.accreditation import ANY, Assay, Ending, ScopeEntry, covering, newest, spans
from labs.scope_file import NEEDED, read_scope
from labs.withdrawal import Reach, taken_from

ON = date(2026, 11, 22)
EARLY, LATE = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
HEAD = "lab,site,scheme,item,matrix,method,edition,low,high,unit,valid_from,valid_to,source\n"
LINE = "L1,Suzhou,CNAS,lead,toys,GB 6675.4,2014,5,1000,mg/kg,2024-01-01,2029-12-31,certificate 7\n"


def entry(**changes: Any) -> ScopeEntry:
    plain = ScopeEntry("L1", "CNAS", "lead", "GB 6675.4", date(2024, 1, 1), None, "register")
    return replace(plain, **changes)


def assay(**changes: Any) -> Assay:
    plain = Assay("L1", "lead", "GB 6675.4", ON, "toys", "2014", Decimal(90), "mg/kg")
    return replace(plain, **changes)


RANGE = {"low": Decimal(5), "high": Decimal(100), "unit": "mg/kg"}
FALLS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({}, {}, True),
    ({"matrix": "toys"}, {}, True),
    ({"matrix": "cosmetics"}, {}, False),
    ({"matrix": "cosmetics"}, {"category": ANY}, True),
    ({"edition": "2014"}, {}, True),
    ({"edition": "2011"}, {}, False),
    ({"edition": "2014"}, {"edition": ""}, False),
    ({"edition": "2011"}, {"edition": ANY}, True),
    ({"method": "GB 6675.4-2014"}, {}, True),
    ({"method": "GB 6675.4-2011"}, {}, False),
    ({"edition": "2014"}, {"method": "GB 6675.4-2014", "edition": ""}, True),
    ({"edition": "2011"}, {"method": "GB 6675.4-2014", "edition": ""}, False),
    ({}, {"method": "GB 6675.4-2014", "edition": ""}, True),
    ({"method": "EN 71-3"}, {"method": ANY}, True),
    (RANGE, {}, True),
    (RANGE, {"value": Decimal(5)}, True),
    (RANGE, {"value": Decimal("4.9")}, False),
    (RANGE, {"value": Decimal(101)}, False),
    (RANGE, {"value": Decimal("0.09"), "unit": "g/kg"}, True),
    (RANGE, {"unit": "mg/cm2"}, False),
    (RANGE, {"value": None}, True),
    ({**RANGE, "low": None}, {"value": Decimal(1)}, True),
    ({**RANGE, "high": None}, {"value": Decimal(5000)}, True),
]


@pytest.mark.parametrize(("line", "test", "falls"), FALLS)
def test_a_test_falls_under_a_line_of_its_goods_edition_and_range(
    line: dict[str, Any], test: dict[str, Any], falls: bool
) -> None:
    one = entry(**line)
    assert covering([one], assay(**test)) is (one if falls else None)


def test_what_was_known_then_is_answered_as_it_was_known_then() -> None:
    first = entry(recorded_at=EARLY)
    second = entry(valid_to=date(2026, 10, 31), recorded_at=LATE, source="notice of reduction")
    scopes = newest([second, first])
    assert [(one.source, one.superseded_at) for one in scopes] == [("register", LATE), ("notice of reduction", None)]
    between = datetime(2026, 11, 25, tzinfo=UTC)
    assert covering(scopes, assay(), between) == scopes[0]
    assert covering(scopes, assay(), LATE) is covering(scopes, assay()) is None
    assert covering(scopes, assay(on=date(2026, 10, 31))) == scopes[1]
    assert covering(scopes, assay(), datetime(2026, 1, 1, tzinfo=UTC)) is None  # nobody had told it yet
    assert spans(scopes[0]) == ()


def ending(method: str = ANY, until: date | None = None) -> Ending:
    return Ending(method, date(2026, 6, 1), until, LATE)


def test_a_suspended_line_holds_before_and_after_and_held_as_far_as_was_known() -> None:
    gone = entry(endings=(ending(until=date(2026, 6, 30)),), valid_to=date(2026, 12, 31))
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 30), date(2026, 7, 1)]
    assert [covering([gone], assay(on=day)) is gone for day in days] == [True, False, False, True]
    assert covering([gone], assay(on=days[1]), EARLY) is gone  # it was known later
    assert spans(gone) == ((date(2024, 1, 1), days[0]), (days[3], date(2026, 12, 31)))


@pytest.mark.parametrize(
    ("line", "gone", "left"),
    [
        ({}, ending(), ((date(2024, 1, 1), date(2026, 5, 31)),)),
        ({"valid_to": date(2026, 3, 1)}, ending(), ((date(2024, 1, 1), date(2026, 3, 1)),)),
        ({"valid_from": date(2026, 6, 15)}, ending(), ()),
        ({"valid_from": date(2026, 7, 15)}, ending(until=date(2026, 6, 30)), ((date(2026, 7, 15), None),)),
        ({}, ending(method="EN 71-3"), ((date(2024, 1, 1), None),)),
        ({"edition": "2014"}, ending(method="GB 6675.4-2014"), ((date(2024, 1, 1), date(2026, 5, 31)),)),
        ({"edition": "2011"}, ending(method="GB 6675.4-2014"), ((date(2024, 1, 1), None),)),
        ({}, ending(until=date.max), ((date(2024, 1, 1), date(2026, 5, 31)),)),
        ({"valid_to": date.max}, ending(until=date.max), ((date(2024, 1, 1), date(2026, 5, 31)),)),
        ({}, Ending(ANY, date.min, date(2026, 5, 31), LATE), ((date(2026, 6, 1), None),)),
    ],
)
def test_what_an_ending_leaves(line: dict[str, Any], gone: Ending, left: object) -> None:
    assert spans(entry(**line, endings=(gone,))) == left


def test_one_method_of_a_line_for_all_is_taken_away_alone() -> None:
    gone = entry(method=ANY, endings=(ending(method="GB 6675.4"),))
    assert covering([gone], assay()) is None
    assert covering([gone], assay(method="EN 71-3", edition="")) is gone


MEANT = [
    ({}, {}, True),
    ({"item": "cadmium"}, {}, False),
    ({"method": "GB 6675.4"}, {}, True),
    ({"method": "GB 6675.4-2014"}, {}, True),
    ({"method": "GB 6675.4-2011"}, {}, False),
    ({"method": "GB 6675.4"}, {"method": "GB 6675.4-2014", "edition": ""}, True),
    ({"method": "GB 6675.4-2014"}, {"method": "GB 6675.4-2014", "edition": ""}, True),
    ({"method": "EN 71-3"}, {}, False),
    ({"lab": "L2"}, {}, False),
    ({}, {"on": date(2026, 10, 31)}, False),
    ({"to_day": date(2026, 11, 21)}, {}, False),
]


@pytest.mark.parametrize(("what", "test", "meant"), MEANT)
def test_a_test_is_meant_by_its_item_method_and_day(what: dict[str, Any], test: dict[str, Any], meant: bool) -> None:
    reach = replace(Reach("L1", date(2026, 11, 1)), **what)
    assert reach.meant(assay(**test)) is meant


def test_a_scheme_is_taken_away_and_another_still_covers() -> None:
    both = [entry(), entry(scheme="CMA")]
    after = taken_from(both, Reach("L1", date(2026, 11, 1), scheme="CNAS"), LATE)
    found = covering(after, assay())
    assert found is not None and found.scheme == "CMA"
    assert covering(taken_from(after, Reach("L1", date(2026, 11, 1)), LATE), assay()) is None


ANEW = [
    (LATE, date(2026, 12, 1), False),  # known when it was taken away: it goes with the rest
    (datetime(2027, 1, 4, tzinfo=UTC), date(2027, 1, 1), True),
    (datetime(2027, 1, 4, tzinfo=UTC), date(2024, 1, 1), False),  # the old line, told once more
    (None, date(2027, 1, 1), False),
]


@pytest.mark.parametrize(("told", "begins", "holds"), ANEW)
def test_a_laboratory_that_lost_its_accreditation_is_accredited_anew(
    told: datetime | None, begins: date, holds: bool
) -> None:
    one = entry(valid_from=begins, recorded_at=told)
    [after] = taken_from([one], Reach("L1", date(2026, 11, 1)), LATE)
    assert (covering([after], assay(on=date(2027, 2, 1))) is not None) is holds


def test_a_file_gives_its_lines() -> None:
    read = read_scope((HEAD + LINE + "\n").encode("utf-8-sig"), known={"L1"})
    assert read.findings == ()
    [one] = read.entries
    assert (one.site, one.matrix, one.edition, one.low, one.high) == (
        "Suzhou",
        "toys",
        "2014",
        Decimal(5),
        Decimal(1000),
    )
    short = read_scope(b"scheme,item,valid_from,valid_to,source\nCMA,lead,2024-01-01,,c\n", lab="L9")
    assert [(one.lab, one.method, one.matrix, one.unit) for one in short.entries] == [("L9", ANY, ANY, "")]


FLAWS = [
    ("scope-unreadable", b"\xff\xfe\x00", "", [(None, None)]),
    ("scope-empty", HEAD, "", [(None, None)]),
    ("scope-column-missing", "", "", [(1, name) for name in ("lab", *NEEDED)]),
    ("scope-column-unknown", HEAD.replace("site", "sites") + LINE, "", [(1, "sites")]),
    ("scope-column-unknown", HEAD.replace("site", "item") + LINE, "", [(1, "item")]),
    ("scope-row-ragged", HEAD + "L1,Suzhou\n" + LINE.replace("7\n", "7,,\n"), "", [(2, ""), (3, "")]),
    ("scope-cell-empty", HEAD + LINE.replace("CNAS", ""), "", [(2, "scheme")]),
    ("scope-cell-empty", HEAD + LINE.replace("2024-01-01", ""), "", [(2, "valid_from")]),
    ("scope-day-unreadable", HEAD + LINE.replace("2024-01-01", "1.1.2024"), "", [(2, "valid_from")]),
    ("scope-number-unreadable", HEAD + LINE.replace(",5,", ",five,"), "", [(2, "low")]),
    ("scope-number-unreadable", HEAD + LINE.replace("1000", "Infinity"), "", [(2, "high")]),
    ("scope-days-reversed", HEAD + LINE.replace("2029-12-31", "2023-12-31"), "", [(2, "valid_to")]),
    ("scope-range-reversed", HEAD + LINE.replace("1000", "1"), "", [(2, "high")]),
    ("scope-unit-unknown", HEAD + LINE.replace("mg/kg", "spoons"), "", [(2, "unit")]),
    ("scope-other-laboratory", HEAD + LINE, "L7", [(2, "lab")]),
    ("scope-unknown-laboratory", HEAD + LINE.replace("L1", "L8"), "", [(2, "lab")]),
    ("scope-overlap", HEAD + LINE + LINE.replace("2024-01-01", "2025-01-01"), "", [(3, "valid_from")]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "text", "lab", "places"), FLAWS)
def test_each_flaw_is_found_where_it_is_and_nothing_is_taken(
    rule: str, text: str | bytes, lab: str, places: list[tuple[int | None, str | None]]
) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    read = read_scope(data, lab=lab, known={"L1"})
    assert read.entries == ()
    assert [(one.rule, one.row, one.column) for one in read.findings] == [(rule, *place) for place in places]


def test_the_same_line_may_hold_one_time_after_the_other() -> None:
    later = LINE.replace("2024-01-01", "2030-01-01").replace("2029-12-31", "")
    assert len(read_scope((HEAD + LINE + later).encode(), known={"L1"}).entries) == 2
