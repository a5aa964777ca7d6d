"""Results as laboratories write them: what is read, what is mended, and what is asked about."""

from decimal import Decimal
from typing import Any

import pytest

from labs.numeral import declared, plain, read_number
from labs.result import Finding, Interval, read_result
from tests.labs.build import span

READ = [  # text, LOD, LOQ, interval, qualifier
    ("0.45", None, None, span("0.45", "0.45"), "="),
    (" 12 ", None, None, span("12", "12"), "="),
    (".5", None, None, span("0.5", "0.5"), "="),
    ("+3", None, None, span("3", "3"), "="),
    ("1.2E5", None, None, span("1.2E5", "1.2E5"), "="),
    ("<0.05", None, None, span("0", "0.05", high_open=True), "<"),
    ("< 0.05", "0.02", "0.05", span("0", "0.05", high_open=True), "<"),
    ("<0.02", "0.02", "0.05", span("0", "0.02", high_open=True), "<"),
    ("<=0.05", None, None, span("0", "0.05"), "<="),
    (">300", None, None, span("300", None, low_open=True), ">"),
    (">=300", None, None, span("300", None), ">="),
    ("ND", "0.01", None, span("0", "0.01", high_open=True), "nd"),
    ("n.d.", "0.01", None, span("0", "0.01", high_open=True), "nd"),
    ("未检出", "0.01", "0.03", span("0", "0.01", high_open=True), "nd"),
    ("<LOD", "0.01", None, span("0", "0.01", high_open=True), "nd"),
    ("<LOQ", None, "0.03", span("0", "0.03", high_open=True), "<"),
    ("detected <LOQ", "0.01", "0.03", span("0.01", "0.03", high_open=True), "trace"),
    ("检出,低于定量限", "0.01", "0.03", span("0.01", "0.03", high_open=True), "trace"),
    ("0", None, None, span("0", "0"), "="),
    ("16.50(+)", None, None, span("16.50", "16.505", low_open=True), "="),
    ("16.50 (-)", None, None, span("16.495", "16.50", high_open=True), "="),
]

MENDED = [  # text, what it is read as
    ("＜０．０５", "<0.05"),
    ("≤0.5", "<=0.5"),
    ("≥5", ">=5"),
    ("1.2×10³", "1.2e3"),
    ("10⁵", "1e5"),
    ("3x10⁻²", "3e-2"),
    ("16.50（−）", "16.50(-)"),
]

HELD = [  # text, LOD, LOQ, rule
    ("", None, None, "no-value"),
    ("—", None, None, "no-value"),
    ("/", None, None, "no-value"),
    ("ND", None, "0.03", "nd-without-lod"),
    ("ND", "0", None, "nd-without-lod"),
    ("<LOQ", "0.01", None, "loq-missing"),
    ("trace", "0.01", None, "loq-missing"),
    ("trace", None, "0.03", "loq-missing"),
    ("0.45", "0.05", "0.01", "lod-above-loq"),
    ("0", None, "0.03", "zero-with-loq"),
    ("0.00", "0.01", "0.03", "zero-with-loq"),
    ("0.005", "0.01", None, "below-lod"),
    ("<0.01", None, "0.05", "other-limit"),
    ("<0.03", "0.01", "0.05", "other-limit"),
    ("-1588.3", None, None, "negative"),
    ("−1", None, None, "negative"),
    ("<0", None, None, "negative"),
    ("0,198", None, None, "decimal-comma"),
    ("1,234", None, None, "thousands-separator"),
    ("1,334,510.690", None, None, "thousands-separator"),
    ("111.8 % +", None, None, "unit-in-value"),
    ("10 cps/ml", None, None, "unit-in-value"),
    ("3-5", None, None, "date-in-result"),
    ("3月5日", None, None, "date-in-result"),
    ("2026-03-05", None, None, "date-in-result"),
    ("5-Mar", None, None, "date-in-result"),
    ("0。5", None, None, "ideographic-stop"),
    ("١٢٣", None, None, "foreign-digits"),
    ("510³", None, None, "foreign-digits"),
    ("5²", None, None, "foreign-digits"),
    ("1_000", None, None, "unit-in-value"),
    ("NaN", None, None, "not-a-number"),
    ("Infinity", None, None, "not-a-number"),
    ("S", None, None, "not-a-number"),
    ("<5(+)", None, None, "not-a-number"),
    ("1e999", None, None, "unit-in-value"),
    ("9" * 30, None, None, "not-a-number"),
]


def known(lod: str | None, loq: str | None) -> dict[str, Any]:
    return {"lod": Decimal(lod) if lod else None, "loq": Decimal(loq) if loq else None}


@pytest.mark.parametrize(("text", "lod", "loq", "interval", "qualifier"), READ)
def test_a_result_is_an_interval(
    text: str, lod: str | None, loq: str | None, interval: Interval, qualifier: str
) -> None:
    measured = read_result(text, **known(lod, loq))
    assert (measured.interval, measured.qualifier, measured.findings) == (interval, qualifier, ())


@pytest.mark.parametrize(("text", "meant"), MENDED)
def test_what_is_mended_is_recorded(text: str, meant: str) -> None:
    measured = read_result(text, row=4)
    assert measured.interval == read_result(meant).interval
    assert measured.findings == (Finding("text-normalised", "fix", 4, "result_text", text, meant),)


@pytest.mark.parametrize(("text", "lod", "loq", "rule"), HELD)
def test_what_is_not_certain_is_asked_about(text: str, lod: str | None, loq: str | None, rule: str) -> None:
    measured = read_result(text, row=9, **known(lod, loq))
    assert measured.interval is None and measured.qualifier is None
    assert [(finding.rule, finding.reaction, finding.row) for finding in measured.findings] == [(rule, "hold", 9)]
    assert measured.findings[0].found == text


def test_a_value_below_the_limit_of_quantification_is_read_with_a_warning() -> None:
    measured = read_result("0.02", **known("0.01", "0.03"))
    assert measured.interval == span("0.02", "0.02")
    assert [(finding.rule, finding.reaction) for finding in measured.findings] == [("below-loq", "warn")]


def test_a_signed_item_may_be_negative_and_has_no_lower_end() -> None:
    assert read_result("-1.5", signed=True).interval == span("-1.5", "-1.5")
    assert read_result("<0", signed=True).interval == span(None, "0", high_open=True)
    assert read_result("<LOQ", signed=True, loq=Decimal(2)).interval == span(None, "2", high_open=True)
    assert read_result("-16.5(+)", signed=True).interval == span("-16.55", "-16.5", high_open=True)
    assert read_result("-16.5(-)", signed=True).interval == span("-16.5", "-16.45", low_open=True)


DECLARED = [
    ("0,198", ",", "", "0.198"),
    ("1,234", ",", "", "1.234"),
    ("0.198", ",", "", "0.198"),  # not what was declared: left as it is, and asked about
    ("1,334,510.690", ".", ",", "1334510.690"),
    ("1.334.510,690", ",", ".", "1334510.690"),
    ("<1 234,5", ",", " ", "<1234.5"),
    ("12,34,567", ".", ",", "12,34,567"),
    ("1,334,510", ".", "", "1,334,510"),
    ("ND", ",", ".", "ND"),
    ("-0,5", ",", "", "-0.5"),
]


@pytest.mark.parametrize(("text", "decimal", "thousands", "wanted"), DECLARED)
def test_marks_mean_what_their_writer_declares_and_nothing_else(
    text: str, decimal: str, thousands: str, wanted: str
) -> None:
    assert declared(text, decimal=decimal, thousands=thousands) == wanted


def test_a_number_is_exact() -> None:
    assert read_number("0.1").value == Decimal("0.1")
    assert plain("㎎") == "㎎"  # a unit is not mapped: it has its own list
