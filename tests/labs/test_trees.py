"""JSON: the same columns as a tree, and nothing that the schema does not name."""

import json
from pathlib import Path

import pytest

from labs.formats import read
from labs.formats.json import read as rows_of
from tests.labs.build import expected, results_of

EXAMPLES = Path(__file__).parents[1] / "examples" / "formats"
GOOD = """{"schema": "lab-results/1", "lab": "LAB1",
 "report": {"no": "R1", "version": 1, "issued_on": "2026-11-20"},
 "samples": [{"code": "B26-0002", "received_at": "2026-11-16T09:00:00+08:00"}],
 "results": [{"sample": "B26-0002", "item": "lead", "method": {"code": "GB/T 26125"},
              "replicate": "1", "result": {"text": "0.45", "unit": "mg/kg"}, "lod": "0.01"}]}"""

BROKEN = [
    ('"lab-results/1"', '"lab-results/9"', "json-shape"),
    ('"lab": "LAB1"', '"lab": "LAB1", "mood": "good"', "json-shape"),
    ('"lab": "LAB1"', '"lab": "LAB1", "lab": "LAB2"', "json-shape"),
    ('"lab": "LAB1"', '"lab": 7', "json-shape"),
    ('"lab": "LAB1"', '"lab": true', "json-shape"),
    ('"replicate": "1"', '"replicate": true', "json-shape"),
    ('"text": "0.45"', '"text": 0.45', "json-shape"),
    ('"text": "0.45"', '"text": 45', "json-shape"),
    ('"text": "0.45"', '"text": NaN', "json-shape"),
    ('"text": "0.45"', '"text": "0.45", "guess": "1"', "json-shape"),
    ('"lod": "0.01"', '"lod": null', "json-shape"),
    ('{"code": "GB/T 26125"}', '"GB/T 26125"', "json-shape"),
    ('"version": 1, "issued_on"', '"version": 1, "by": "x", "issued_on"', "json-shape"),
    ('"results": [', '"results": {"a": [', "json-broken"),
    (GOOD, '{"schema": "lab-results/1"}', "json-shape"),
    (GOOD, '{"schema": "lab-results/1", "report": {}, "results": 5}', "json-shape"),
    (GOOD, '{"a":' * 100_000, "json-broken"),
    ('"version": 1', f'"version": 1{"0" * 5000}', "json-broken"),
    ('"samples": [', '"samples": [{"code": "B26-0002", "seals": [{"no": "F1", "state": "cut"}]}, ', "json-shape"),
]


def test_a_tree_reads_like_a_table() -> None:
    reading = read(GOOD.encode(), "r.json", expected())
    assert reading.findings == ()
    assert [(result.row, result.raw_text, str(result.lod)) for result in results_of(reading)] == [(1, "0.45", "0.01")]
    assert read(b"\xef\xbb\xbf" + GOOD.encode(), "r.json", expected()) == reading


@pytest.mark.parametrize(("old", "new", "rule"), BROKEN, ids=range(len(BROKEN)))
def test_a_tree_outside_the_schema_is_refused(old: str, new: str, rule: str) -> None:
    reading = read(GOOD.replace(old, new).encode(), "r.json", expected())
    assert [(finding.rule, finding.reaction) for finding in reading.findings] == [(rule, "reject")]
    assert reading.reports == ()


def test_a_character_that_no_text_may_hold_refuses_the_file() -> None:
    reading = read(GOOD.replace('"LAB1"', '"LAB1\\u0000"').encode(), "r.json", expected())
    assert ("nul-character", "reject") in [(finding.rule, finding.reaction) for finding in reading.findings]


BESIDE = [
    ('"unit": "mg/kg"', '"unit": "mg/kg", "basis": "dry"', "basis-other"),
    ('T09:00:00+08:00"', 'T09:00:00+08:00", "seals": [{"no": "F1", "state": "broken"}]', "seal-not-intact"),
    ('T09:00:00+08:00"', 'T09:00:00+08:00", "seals": [{"state": "intact"}, {"state": "cut"}]', "seal-not-intact"),
    ('T09:00:00+08:00"', 'T09:00:00+08:00", "seals": [{"state": "intact"}, {"state": "intact"}]', None),
    ('"lod": "0.01"', '"scope": {"listed": "N"}', "accreditation-denied"),
    ('"lod": "0.01"', '"scope": {"scheme": "CMA", "listed": false}', "accreditation-denied"),
    ('"lod": "0.01"', '"scope": {"scheme": "CMA", "listed": true}', None),
    ('"text": "0.45"', '"text": "0.45", "qualifier": "=", "value": "0.450"', None),
    ('"text": "0.45"', '"text": "0.45", "qualifier": "<"', "result-contradicted"),
    ('"text": "0.45"', '"text": "0.45", "value": "0.9"', "result-contradicted"),
    ('"text": "0.45"', '"text": "0.45", "value": "?"', "result-contradicted"),
    ('"text": "0.45"', '"text": "<0.01", "qualifier": "<", "value": "0.01"', None),
    ('"text": "0.45"', '"text": "<0.01", "qualifier": "<="', "result-contradicted"),
    ('"text": "0.45"', '"text": "ND", "qualifier": "ND"', None),
    ('"text": "0.45"', '"text": "ND", "value": "0.005"', "result-contradicted"),
    ('"text": "0.45"', '"text": "0,45", "value": "0.9"', "decimal-comma"),
]


@pytest.mark.parametrize(("old", "new", "rule"), BESIDE)
def test_what_stands_beside_a_result_is_read_as_well(old: str, new: str, rule: str | None) -> None:
    reading = read(GOOD.replace(old, new).encode(), "r.json", expected())
    assert [(one.rule, one.reaction) for one in reading.findings] == ([(rule, "hold")] if rule else [])


UNKEPT = [
    ('"text": "0.45"', '"text": "0.5\\u0000"', "nul-character", "U+0000", "0.5\\u0000"),
    ('"text": "0.45"', '"text": "0.5\\ud800"', "lone-surrogate", "U+D800", "0.5\\ud800"),
    ('"lod": "0.01"', '"lod": "0.01", "remark": "\\udfff"', "lone-surrogate", "U+DFFF", None),
]


@pytest.mark.parametrize(("old", "new", "rule", "found", "quoted"), UNKEPT)
def test_what_no_text_may_hold_refuses_the_file_and_is_told_in_what_may_be_kept(
    old: str, new: str, rule: str, found: str, quoted: str | None
) -> None:
    reading = read(GOOD.replace(old, new).encode(), "r.json", expected())
    assert (rule, found) in [(one.rule, one.found) for one in reading.findings] and reading.refused
    told = [text for one in reading.findings for text in (one.found, one.expected)]
    assert quoted is None or quoted in told
    assert not any(char in "\0\ud800\udfff" for char in "".join(told))


def test_a_tree_that_is_not_text_is_refused() -> None:
    assert [finding.rule for finding in rows_of(b"{\xff").findings] == ["json-broken"]
    assert [finding.rule for finding in rows_of(json.dumps([]).encode()).findings] == ["json-shape"]


XML = (EXAMPLES / "xml" / "good.xml").read_text(encoding="utf-8")
MARKUP = [
    ("<lab>", "<lab>&amp;", "lab-foreign", "hold"),
    ("</lab>", "</lab", "xml-broken", "reject"),
    ("lab-results schema", "other schema", "xml-broken", "reject"),
    ("<lab>LAB1</lab>", "<!-- who --><lab>LAB1</lab>", None, None),
    ("<lab>LAB1</lab>", "<lab>LAB1</lab><lab>LAB1</lab>", "xml-shape", "reject"),
    ("<lab>LAB1</lab>", "<lab kind='x'>LAB1</lab>", "xml-shape", "reject"),
    ("<lab>LAB1</lab>", "<lab>LAB1</lab>text", "xml-shape", "reject"),
    ("<lab>LAB1</lab>", "<mood>good</mood>", "xml-shape", "reject"),
    ("<samples>", "<samples><x/>", "xml-shape", "reject"),
    ("<samples>", "<samples>text", "xml-shape", "reject"),
    ("<result>", "<result>0.9", "xml-shape", "reject"),
    ("<result>", "<result><!-- in truth -->0.9", "xml-shape", "reject"),
    ("<row>", "<row accredited='N'>", "xml-shape", "reject"),
    ("<lod>0.01</lod>", "<lod><x/></lod>", "xml-shape", "reject"),
    ("lab-results/1", "lab-results/9", "xml-shape", "reject"),
]


@pytest.mark.parametrize(("old", "new", "rule", "reaction"), MARKUP, ids=range(len(MARKUP)))
def test_markup_is_read_or_refused(old: str, new: str, rule: str | None, reaction: str | None) -> None:
    reading = read(XML.replace(old, new).encode(), "r.xml", expected())
    told = [(one.rule, one.reaction) for one in reading.findings if one.rule not in ("text-normalised", "unit-alias")]
    assert told == ([(rule, reaction)] if rule else [])


def test_markup_of_another_kind_is_refused() -> None:
    reading = read(b"<other/>", "r.xml", expected())
    assert [(one.rule, one.found) for one in reading.findings] == [("format-unknown", "other")]
