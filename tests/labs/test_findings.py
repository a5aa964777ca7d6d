"""Findings in words: every rule that the code names has a sentence, and every sentence a rule."""

import re
from pathlib import Path

import pytest

import labs
from labs import limits
from labs.findings import explain, place, sentences
from labs.result import Finding
from sampling.text import Text

CODE = "\n".join(path.read_text(encoding="utf-8") for path in Path(labs.__file__).parent.rglob("*.py"))
QUOTED = set(re.findall(r'"([a-z]+(?:-[a-z]+)+|formula|preamble|negative)"', CODE))
NOT_RULES = {"utf-8", "lab-results", "no-name", "utf-8-sig", "utf-16", "soft-fail", limits.IN_FORCE}


def test_every_rule_has_a_sentence_and_every_sentence_a_rule() -> None:
    assert set(sentences()) == QUOTED - NOT_RULES


@pytest.mark.parametrize("rule", sorted(sentences()))
def test_a_sentence_can_be_filled_in_both_languages(rule: str) -> None:
    text = explain(Finding(rule, "hold", 3, "unit", "{found}", "a|b"))
    assert text.zh.endswith(("。", "）", "？", "：{found}", "|b")) and text.en.lstrip("“{")[0].isalpha()


PLACES = [
    (None, None, Text("文件", "The file")),
    (3, None, Text("第 3 行", "Row 3")),
    (None, "unit", Text("“unit”列", "Column “unit”")),
    (3, "unit", Text("第 3 行“unit”列", "Row 3, column “unit”")),
]


@pytest.mark.parametrize(("row", "column", "words"), PLACES)
def test_a_place_is_a_row_and_a_column(row: int | None, column: str | None, words: Text) -> None:
    assert place(Finding("unit-missing", "hold", row, column, "", "")) == words


def test_a_finding_says_where_what_and_how_to_mend_it() -> None:
    text = explain(Finding("decimal-comma", "hold", 12, "result_text", "0,198", ""))
    assert text.en == "Row 12, column “result_text” has “0,198” with a decimal comma. Use a full stop."
    assert text.zh == "第 12 行“result_text”列“0,198”用逗号作小数点。请改用句点。"
