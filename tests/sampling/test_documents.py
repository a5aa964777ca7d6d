"""What each document says, before it is printed."""

import json
from dataclasses import replace

import pytest

from sampling.custody import Role
from sampling.digest import sha256
from sampling.documents.kind import FOR_LABORATORIES, LETTERS, TITLES, DocumentKind
from sampling.documents.label import MODULE_MM, Labels, sample_label, seal_label
from sampling.documents.manifest import ManifestLine, Sent, manifest
from sampling.documents.notice import seller_notice
from sampling.documents.paper import NOTHING, Paper, joined, plain, seen
from sampling.documents.sheet import Bought, sampling_sheet
from sampling.errors import WrongDocument
from sampling.text import Text
from tests.sampling.papers import (
    AT,
    BOUGHT,
    CAMPAIGN,
    ISSUER,
    SAMPLE,
    UNITS,
    WINDOW,
    blind,
    examples,
    labels,
    seal_number,
    stamped,
)

K = DocumentKind


@pytest.mark.parametrize("kind", K)
def test_every_kind_has_a_title_in_both_languages_and_letters_of_its_own(kind: DocumentKind) -> None:
    assert TITLES[kind].zh and TITLES[kind].en
    assert len(set(LETTERS.values())) == len(K)
    assert examples()[kind].stamped.number.startswith(LETTERS[kind])


@pytest.mark.parametrize("kind", K)
def test_the_hash_is_that_of_all_a_document_says(kind: DocumentKind) -> None:
    made = examples()[kind]
    assert made.content_sha256 == sha256(made.data)
    assert json.loads(made.data) == json.loads(json.dumps(made.record()))
    later = replace(made, stamped=replace(made.stamped, version=2))
    assert later.content_sha256 != made.content_sha256


@pytest.mark.parametrize("kind", K)
def test_every_text_is_there_in_chinese_and_in_english(kind: DocumentKind) -> None:
    for text in texts(examples()[kind].record()):
        assert text["zh"].strip() and text["en"].strip(), text


@pytest.mark.parametrize("kind", sorted(FOR_LABORATORIES))
def test_what_a_laboratory_sees_names_no_seller_brand_platform_or_sample(kind: DocumentKind) -> None:
    said = examples()[kind].data.decode()
    for told in (BOUGHT.seller, BOUGHT.brand, BOUGHT.platform, BOUGHT.title, BOUGHT.url, BOUGHT.order_no, SAMPLE):
        assert str(told) not in said


@pytest.mark.parametrize("kind", [K.SAMPLING_NOTICE, K.PLATFORM_COPY])
def test_what_leads_a_seller_to_the_buyer_stands_in_no_notice(kind: DocumentKind) -> None:
    said = json.dumps(examples()[kind].record(), ensure_ascii=False)
    for told in (BOUGHT.order_no, BOUGHT.waybill, "承运人", "下单时间"):
        assert told and str(told) not in said
    assert str(BOUGHT.title) in said


def test_a_notice_names_the_order_where_the_rules_ask_for_it() -> None:
    made = seller_notice(BOUGHT, UNITS, WINDOW, stamped(K.SAMPLING_NOTICE, SAMPLE), names_order=True)
    assert BOUGHT.order_no and BOUGHT.order_no in json.dumps(made.record())


def test_the_code_of_a_paper_leads_to_its_verification() -> None:
    paper = examples()[K.SAMPLING_SHEET]
    assert paper.codes == (f"{ISSUER.verify}?number=SS-{SAMPLE}&version=1&hash={paper.content_sha256}",)


def test_a_label_holds_the_code_alone() -> None:
    made = labels(3)
    assert made.codes == tuple(blind(place) for place in range(3))
    assert MODULE_MM >= 0.33


@pytest.mark.parametrize(
    ("storage", "printed"),
    [
        ("cool", "cool"),
        ("x" * 31, "x" * 29 + "…"),
        (Text("常" * 16, "cool"), {"zh": "常" * 14 + "…", "en": "cool"}),
    ],
)
def test_a_long_place_is_cut_to_fit_the_label(storage: str | Text, printed: object) -> None:
    assert sample_label(blind(1), Role.TEST, seal_no="X", storage=storage).record()["storage"] == printed


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: sample_label("S26-000123-A", Role.TEST, seal_no="X", storage=""),
        lambda: sample_label(swapped(blind(1)), Role.TEST, seal_no="X", storage=""),
        lambda: seal_label("BOLT-77", Role.TEST, storage=""),
        lambda: seal_label(seal_number(1)[:-1] + "?", Role.TEST, storage=""),
        lambda: seal_label("MST0000021" + seal_number(12)[-1], Role.TEST, storage=""),
    ],
)  # fmt: skip
def test_a_label_whose_code_does_not_fit_its_check_character_is_refused(wrong: object) -> None:
    with pytest.raises(WrongDocument):
        wrong()  # type: ignore[operator]


def test_a_sheet_says_of_what_is_not_known_that_it_is_not() -> None:
    bare = Bought(SAMPLE, CAMPAIGN, "glow-mall", "s", "t", "", "toys", "u", "i")
    paper = sampling_sheet(bare, (replace(UNITS[0], lot=None, sealed_at=None, place=None),), stamped(K.MANIFEST, "x"))
    assert dashes(paper) == 7 + 1 + 3


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("plain", "plain"),
        ("  two\n lines\t", "two lines"),
        ("a\u202eb", "a〓b"),
        ("bell\x07", "bell〓"),
        ("\ue000", "〓"),
        ("小熊 🧸", "小熊 🧸"),
    ],
)
def test_signs_that_steer_the_line_are_never_printed(given: str, printed: str) -> None:
    assert seen(given) == printed


def test_a_value_in_two_languages_keeps_both() -> None:
    assert plain(Text("常\u202e温", "ambient")) == {"zh": "常〓温", "en": "ambient"}
    assert plain("") == NOTHING


def texts(record: object) -> list[dict[str, str]]:
    match record:
        case {"zh": str(zh), "en": str(en)}:
            return [{"zh": zh, "en": en}]
        case dict():
            return [found for value in record.values() for found in texts(value)]
        case list():
            return [found for value in record for found in texts(value)]
        case _:
            return []


def dashes(made: Paper | Labels) -> int:
    return made.data.decode().count(f'"{NOTHING}"')


def swapped(code: str) -> str:
    place = next(place for place in range(1, 8) if code[place] != code[place + 1])
    return code[:place] + code[place + 1] + code[place] + code[place + 2 :]


def test_several_values_are_set_apart_as_each_language_does_it() -> None:
    assert joined((Text("铅", "lead"), "x")) == Text("铅、x", "lead, x")
    assert joined(()) == ""


@pytest.mark.parametrize(
    ("methods", "names", "printed"),
    [
        ({}, {}, "lead"),
        ({"lead": ("M1", "M2")}, {}, "lead (M1 / M2)"),
        ({}, {"lead": Text("铅", "Lead")}, "Lead (lead)"),
        ({"lead": ("M1",)}, {"lead": Text("铅", "Lead")}, "Lead (lead; M1)"),
    ],
)
def test_an_item_stands_in_a_manifest_with_its_name_its_code_and_its_methods(
    methods: dict[str, tuple[str, ...]], names: dict[str, Text], printed: str
) -> None:
    line = ManifestLine(blind(1), "F1", "toys", ("lead",), methods, names)
    sent = Sent("K26-00007", "L-01", AT, "ab" * 32)
    [row] = manifest(sent, (line,), stamped(K.MANIFEST, "x")).record()["parts"][1]["rows"]
    assert row[4]["en"] == printed
