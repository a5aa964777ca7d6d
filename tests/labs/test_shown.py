"""The preview: what each heading is taken for, and the first rows as they are written and as they are read."""

from datetime import UTC, datetime

import pytest

from labs.edge.preview import _shown, preview
from labs.formats.shown import ROWS, Heading, may_be_shown, record, restored, show
from labs.mapping import PLAIN, FileMapping
from labs.report import Reading
from labs.result import Finding
from labs.signed import ReportRule, Sent
from tests.labs.bad_inputs import book
from tests.labs.build import csv_of, expected, line

OWN = FileMapping(
    "own", "1", headers={"Wert": "result_text"}, ignored=frozenset({"Notiz"}), decimal=",",
    templates={"sample_code": "{Jahr}-{Nr}"},
)  # fmt: skip


def own(**changes: str) -> dict[str, str]:
    cells = line(**{"Wert": "0,198", "Notiz": "x", "Jahr": "B26", "Nr": "0002", **changes})
    return {name: text for name, text in cells.items() if name not in {"result_text", "sample_code"}}


def test_headings_and_rows_stand_as_written_beside_as_read() -> None:
    shown = show(csv_of(own(), own(Wert="ND", lod="0,01"), own(Wert="viel")), OWN)
    taken = {one.written: (one.place, one.taken) for one in shown.headings}
    assert taken["Wert"] == ("H", "result_text")
    assert (taken["Notiz"][1], taken["Jahr"][1], taken["unit"][1]) == ("", "sample_code", "unit")
    first, second, third = shown.rows
    assert (first.number, first.written[-4:], first.interval) == (2, ("x", "B26", "0002", ""), "0.198")
    assert (first.read["result_text"], first.read["sample_code"]) == ("0.198", "B26-0002")
    assert "lod" not in first.read
    assert (second.interval, third.interval, shown.more) == ("[0, 0.01)", "", 0)


ENDLESS = b'{"rows": [], "headings": [], "format": "csv", "more": Infinity}'


@pytest.mark.parametrize("answer", [b"[" * 10**5, ENDLESS, b"[]"], ids=["deep", "endless", "list"])
def test_what_is_no_answer_shows_nothing(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.edge.preview.asked", lambda *_, **__: answer)
    assert _shown(b"", expected()) is None


@pytest.mark.parametrize(("text", "interval"), [(">5", "(5, ∞)"), ("<=5", "[0, 5]")])
def test_a_result_is_shown_as_an_interval(text: str, interval: str) -> None:
    assert show(csv_of(line(result_text=text)), PLAIN).rows[0].interval == interval


def test_a_signed_item_has_no_natural_end() -> None:
    assert show(csv_of(line(result_text="<5", item_code="touch_temperature")), PLAIN).rows[0].interval == "(-∞, 5)"


def test_a_file_is_shown_as_far_as_its_first_rows() -> None:
    lines = [line(replicate=str(at)) for at in range(1, 31)]
    for data in (csv_of(*lines), book(rows=30)):
        shown = show(data, PLAIN)
        assert (len(shown.rows), shown.more, shown.rows[-1].number) == (ROWS, 20, ROWS + 1)
    assert (show(csv_of(*lines), PLAIN).format, show(book(), PLAIN).format) == ("csv", "xlsx")


def test_each_item_of_a_wide_row_is_shown_as_it_is_read() -> None:
    wide = FileMapping("wide", "1", layout="wide", items={"Pb": "lead", "Cd": "cadmium"},
                       templates={"lab_code": "LAB1", "report_no": "R1", "report_version": "1", "method_code": "m",
                                  "issued_on": "2026-11-20"})  # fmt: skip
    shown = show(b"sample_code,Pb,Cd\n,mg/kg,mg/kg\nB26-0001,0.45,0.01\n", wide)
    assert [(row.number, row.read["item_code"], row.interval) for row in shown.rows] == [
        (3, "lead", "0.45"), (3, "cadmium", "0.01"),
    ]  # fmt: skip


def test_a_file_without_a_header_or_with_a_strange_one_is_shown_all_the_same() -> None:
    bare = show(b"a,b\n1,2\n", PLAIN)
    assert (bare.headings, [row.written for row in bare.rows], bare.more) == ((), [("a", "b"), ("1", "2")], 0)
    odd = show(csv_of(line(einheit="g")), PLAIN)
    assert odd.headings[-1] == Heading("J", "einheit", "?")
    assert (odd.rows[0].written[-1], odd.rows[0].read) == ("g", {})
    assert show(csv_of(line()).partition(b"\n")[0] + b"\n", PLAIN).rows == ()


def test_what_is_shown_comes_back_from_its_record() -> None:
    shown = show(csv_of(line(), own()), OWN)
    assert restored(record(shown)) == shown


SHOWN = {
    "unit-missing hold": True, "column-missing reject": True, "report-changed reject": True, "zip-bomb reject": False,
    "scanner-down hold": False, "malware-found reject": False,
}  # fmt: skip


@pytest.mark.parametrize(("said", "may"), SHOWN.items())
def test_what_was_not_opened_is_not_shown(said: str, may: bool) -> None:
    rule, reaction = said.split()
    assert may_be_shown(Reading((), (Finding(rule, reaction, None, None, "", ""),))) is may


def test_a_preview_is_made_in_a_child_and_says_all_that_is_wrong() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    seen = preview(Sent("r.csv", csv_of(line(unit=""))), expected(), ReportRule(True), at)
    assert [one.rule for one in seen.reading.findings] == ["report-missing", "unit-missing"]
    assert seen.shown == show(csv_of(line(unit="")), PLAIN)
    assert preview(Sent("r.csv", b""), expected(), ReportRule(), at).shown is None
