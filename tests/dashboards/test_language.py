"""Both languages: every text has its words, and every visitor gets the language they read."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from types import ModuleType
from typing import Any

import pytest

import labs
import platforms
import reputation
import sampling
import storage
from dashboards import catalogues, labels
from dashboards.language import LANGUAGES, choose_language, instant, word
from dashboards.render import bound, keeper, party, reason, spoken, why
from labs.limits import Plan
from tests.dashboards.conftest import Visitor, form_token
from tests.labs.build import limit

# These stay inside the stages, or have sentences of their own: no page shows their codes.
INNER = {"Action", "AnswerClass", "Band", "BusinessStep", "ChangeKind", "CountsFrom", "Display", "DocumentKind",
         "EvidenceStatus", "Fate", "Flaw", "Obstacle", "OrderOutcome", "ScanFault"}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_missing_untranslated_fuzzy_or_stale(language: str) -> None:
    assert list(catalogues.faults(language)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_of_its_own(language: str) -> None:
    bare = [(family, code) for family, code in labels.codes() if word(language, family, code) in ("", code)]
    # Some words are the code itself in English, or a name in both languages.
    assert [pair for pair in bare if language == "zh" and pair != ("Channel", "webhook")] == []


def test_every_enumeration_of_the_stages_is_labelled() -> None:
    found = {
        value.__name__
        for package in (labs, platforms, reputation, sampling, storage)
        for module in _modules(package)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value.__module__ == module.__name__
    }
    assert found - INNER - {enum.__name__ for enum in labels.ENUMS} == set()


def _modules(package: ModuleType) -> list[ModuleType]:
    names = [info.name for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return [importlib.import_module(name) for name in names if "migrations" not in name and ".edge" not in name]


def test_a_missing_translation_is_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr(catalogues, "CATALOGUES", tmp_path)
    assert any(line.startswith("zh: missing: [SampleState] targeted") for line in catalogues.faults("zh"))
    assert catalogues.main(["check"]) == 1


@pytest.mark.parametrize(
    ("cookie", "setting", "accepted", "language"),
    [
        ("en", "zh", "zh-CN", "en"),
        (None, "zh", "en", "zh"),
        ("xx", None, "en-GB,en;q=0.9", "en"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "zh-Hant-TW", "zh"),
        (None, None, "fr,en;q=0.5", "en"),
        (None, None, "en;q=0.1,zh;q=0.9", "zh"),
        (None, None, "en;q=x", "zh"),
        (None, None, None, "zh"),
    ],
)
def test_the_language_is_the_one_switched_to_then_set_then_accepted(
    cookie: str | None, setting: str | None, accepted: str | None, language: str
) -> None:
    assert choose_language(cookie, setting, accepted) == language


def test_a_visitor_switches_on_the_page_and_stays_there(visitor: Visitor) -> None:
    client = visitor(None)
    frame = client.get("/results?q=x").context["frame"]
    there = next(tongue.url for tongue in frame.tongues if not tongue.current)
    answer = client.get(there)
    assert answer.headers["location"] == "/results?q=x"
    assert client.get("/results").context["frame"].tag == "zh-Hans"
    assert client.get("/language/zh?back=//evil.example").headers["location"] == "/"


def test_a_user_keeps_a_language(visitor: Visitor) -> None:
    client = visitor("lab")
    assert client.post("/account", data={"form_token": form_token(client), "language": "zh"}).status_code == 303
    fresh = visitor("lab")
    assert fresh.get("/lab").context["frame"].language == "zh"
    assert client.post("/account", data={"form_token": form_token(client), "language": "fr"}).status_code == 400


def test_a_foreign_text_is_marked_with_its_language() -> None:
    assert spoken("en", "玩具") == '<span lang="zh-Hans">玩具</span>'
    assert spoken("zh", "<Toy>") == '<span lang="en">&lt;Toy&gt;</span>'
    assert (spoken("zh", "玩具"), spoken("en", None)) == ("玩具", "")


def test_what_a_person_wrote_is_shown_as_written_and_a_code_in_words() -> None:
    for language, words in (("en", "the verdict was overturned"), ("zh", "原判定已被推翻")):
        assert why(language, "verdict_overturned") == words
    assert (why("en", "see: no"), why("en", "refused: <b>")) == ("see: no", "refused: &lt;b&gt;")
    assert (why("zh", "见：无"), why("en", None)) == ("见：无", "")


def test_a_time_is_shown_as_in_china() -> None:
    at = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)
    assert (instant("zh", at), instant("en", at)) == ("2026年11月3日 01:30", "3 Nov 2026, 01:30")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "≤ 0.5 mg/kg"),
        ({"strict": True}, "< 0.5 mg/kg"),
        ({"kind": "min", "low": Decimal(3), "high": None}, "≥ 3 mg/kg"),
        ({"kind": "range", "low": Decimal("0.1"), "strict": True}, "> 0.1, < 0.5 mg/kg"),
        ({"kind": "absent"}, "not detected, looked for down to 0.5 mg/kg"),
        (
            {"kind": "plan", "unit": "CFU/g", "plan": Plan(5, 2, Decimal(100), Decimal(1000))},
            "n = 5, c = 2, m = 100, M = 1000 CFU/g",
        ),
        ({"lenient": Decimal(2)}, "≤ 0.5 mg/kg (≤ 2 mg/kg for the most lenient form of the goods)"),
        (
            {"kind": "min", "low": Decimal(3), "high": None, "lenient": Decimal(1), "strict": True},
            "> 3 mg/kg (> 1 mg/kg for the most lenient form of the goods)",
        ),
    ],
)
def test_a_limit_is_told_with_its_own_sign_and_with_the_most_lenient_form(changes: dict[str, Any], told: str) -> None:
    assert bound("en", replace(limit(), **changes)) == told


WORDED = [
    (keeper, "sampling station", "sampling station"),
    (keeper, "carrier", "carrier"),
    (keeper, "lab:L-01", "Laboratory L-01"),
    (keeper, "user:wang", "wang"),
    (keeper, "room 2, shelf 7", "room 2, shelf 7"),
    (party, "platform:oscar-mart", "Platform oscar-mart"),
    (party, "seller:mart/星河", 'Seller <span lang="zh-Hans">mart/星河</span>'),
    (party, "L-01", "L-01"),
    (reason, "near_limit", "close to the limit"),
    (reason, "migratable_lead:fail", "Migratable lead: the limit is broken"),
    (reason, "somebody_elses_code", "somebody_elses_code"),
]


@pytest.mark.parametrize(("say", "code", "words"), WORDED)
def test_a_code_of_a_party_or_a_reason_is_told_in_words(say: Callable[[str, str], str], code: str, words: str) -> None:
    assert say("en", code) == words
