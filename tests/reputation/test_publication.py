"""Nothing is shown before every gate is passed, and what is shown holds no private value in any form."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.verdict import Outcome, VerdictState
from reputation.publication import (
    PUBLICATION,
    Party,
    Publication,
    PublicationEvent,
    PublicationState,
    entry,
    gates,
    leaks,
    public_url,
)
from reputation.release import COLUMNS, Feed, feed_at, to_atom, to_csv, to_json
from sampling.text import Text
from tests.reputation.build import (
    NOW,
    PRIVATE,
    a_listing,
    a_publication,
    a_readiness,
    a_sample,
    a_verdict,
    an_item,
    some_facts,
)

FEED = Feed(
    "msa.example", NOW.date(), "https://msa.example", Text("抽检公示", "Results"), Text("示例局", "Example Authority")
)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "closed"),
    [
        ({}, ()),
        ({"verdict_state": VerdictState.PROVISIONAL}, ("verdict_not_final",)),
        ({"outcome": Outcome.PASS}, ()),
        ({"outcome": Outcome.REVIEW}, ("no_result:review",)),
        ({"outcome": Outcome.INDETERMINATE}, ("no_result:indeterminate",)),
        ({"objection_open": True}, ("objection_open",)),
        ({"objection_open": True, "disputed": True}, ()),
        ({"parties": ()}, ("nobody_served",)),
        ({"parties": (Party("seller", None, None),)}, ("not_served:seller",)),
        ({"parties": (Party("seller", None, None),), "disputed": True}, ("not_served:seller",)),
        ({"parties": (Party("seller", NOW, NOW + DAY),)}, ("window_open:seller",)),
        ({"parties": (Party("seller", NOW, NOW),)}, ()),  # the last moment is over
        ({"parties": (Party("seller", NOW, None),)}, ("window_open:seller",)),
        ({"parties": (Party("seller", NOW, NOW + DAY),), "disputed": True}, ()),
        ({"unqualified": ("lead", "zinc")}, ("lab_not_qualified:lead", "lab_not_qualified:zinc")),
        ({"origin_disputed": True}, ("legal_check_missing",)),
        ({"origin_disputed": True, "legal_checked": True}, ()),
        ({"duplicate": True}, ("duplicate",)),
        ({"approver": None}, ("approval_missing",)),
        ({"approver": "LI"}, ("same_person",)),
    ],
)
def test_each_gate_names_what_is_missing(change: dict[str, Any], closed: tuple[str, ...]) -> None:
    assert gates(a_readiness(**change), entry(some_facts()), PRIVATE) == closed


def test_a_missing_field_and_a_private_value_keep_the_entry_in() -> None:
    public = entry(some_facts(listing=a_listing(title="玩具车 for SHOPPER－07"), lab=""))
    assert gates(a_readiness(), public, PRIVATE) == ("field_missing:lab", "private_data:title")


@pytest.mark.parametrize(
    ("public", "private", "paths"),
    [
        ({"a": "x Elm Street 5 y"}, PRIVATE, ("a",)),
        ({"a": {"b": [{"c": "SF1390001"}]}}, PRIVATE, ("a.b.0.c",)),
        ({"a": "ＳＦ１３９０００１"}, PRIVATE, ("a",)),
        ({"a": "fine", "n": 3, "none": None}, PRIVATE, ()),
        ({"a": "fine"}, ("", "  "), ()),
    ],
)
def test_a_private_value_is_found_wherever_it_hides(
    public: dict[str, Any], private: tuple[str, ...], paths: tuple[str, ...]
) -> None:
    assert leaks(public, private) == paths


def test_an_entry_tells_what_was_found_and_where() -> None:
    public = entry(some_facts())
    assert (public["seller"], public["outcome"], public["sampled_on"]) == ("Shop 55", "fail", "2026-10-20")
    assert public["items"] == [{"item": "lead", "outcome": "fail", "limit": "GB 6675.4-2014", "found": "120 mg/kg"}]


def test_the_seller_is_named_only_after_its_window() -> None:
    assert entry(some_facts(name_seller=False))["seller"] is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/item/7788", "https://a.example/item/7788"),
        ("https://a.example/item?id=7788&spm=a1.b2&token=secret#x", "https://a.example/item?id=7788"),
        ("https://user:word@a.example:8443/item/7788?uid=5", "https://a.example:8443/item/7788"),
    ],
)
def test_an_address_is_shown_without_what_names_the_visitor(url: str, shown: str) -> None:
    assert public_url(url, "7788") == shown


PUBLIC_TEXT = st.text(alphabet="abc=+-@ ,\"'\t\r\n&<>玩具\0\x0b\ufffe", max_size=12)
PRIVATE_TEXT = st.text(alphabet="KQXZ0123456789", min_size=4, max_size=12)


@given(title=PUBLIC_TEXT, seller=PUBLIC_TEXT, found=PUBLIC_TEXT, private=st.tuples(*[PRIVATE_TEXT] * 3))
def test_no_private_value_occurs_in_any_public_byte(
    title: str, seller: str, found: str, private: tuple[str, str, str]
) -> None:
    shopper, blind_code, token = (f"Z{value}" for value in private)
    facts = some_facts(
        sample=a_sample(shopper=shopper, blind_code=blind_code, url=f"https://a.example/?u={token}"),
        listing=a_listing(
            title=title, seller=seller, url=f"https://{token}@a.example/item?session={token}", claims=(token,)
        ),
        verdict=a_verdict(items=(an_item(raw_text=found, reasons=(token,)),), confirmed_by=shopper),
    )
    publication = a_publication(facts=facts, proposed_by=shopper, approved_by=shopper)
    written = b"".join(
        [to_json([publication]), to_csv([publication]), to_atom([publication], feed=FEED, language="zh")]
    )
    for value in (shopper, blind_code, token):
        assert value.encode() not in written


def test_only_what_was_published_appears() -> None:
    silent = [
        a_publication(1, state=PublicationState.PROPOSED, published_at=None),
        a_publication(2, state=PublicationState.APPROVED, published_at=None),
        a_publication(3, state=PublicationState.WITHDRAWN, published_at=None),
        a_publication(4, state=PublicationState.APPROVED),
        a_publication(5, state=PublicationState.REFUSED),
    ]
    assert json.loads(to_json(silent)) == {"format": "1.0", "entries": []}


def released() -> list[Publication]:
    return [
        a_publication(2, state=PublicationState.CORRECTED, changed_at=NOW, reason="wrong_batch", version=2),
        a_publication(1, disputed=True),
        a_publication(3, state=PublicationState.WITHDRAWN, changed_at=NOW + DAY, reason="overturned"),
        a_publication(4, state=PublicationState.EXPIRED, changed_at=NOW + 2 * DAY),
    ]


def test_what_is_withdrawn_keeps_its_number_dates_and_reason_alone() -> None:
    entries = json.loads(to_json(released()))["entries"]
    assert [record["number"] for record in entries] == ["P26-000001", "P26-000002", "P26-000003", "P26-000004"]
    assert (entries[0]["disputed"], entries[1]["reason"]) == (True, "wrong_batch")
    assert entries[2] == {
        "number": "P26-000003",
        "version": 1,
        "state": "withdrawn",
        "published_at": "2026-11-15T08:00:00Z",
        "changed_at": "2026-11-23T08:00:00Z",
        "reason": "overturned",
    }


def test_the_order_they_are_given_in_changes_no_byte() -> None:
    one, other = released(), released()[::-1]
    assert to_json(one) == to_json(other)
    assert to_csv(one) == to_csv(other)
    for language in ("zh", "en"):
        assert to_atom(one, feed=FEED, language=language) == to_atom(other, feed=FEED, language=language)


def rows_of(publications: list[Publication]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(publications).decode("utf-8-sig"), newline="")))


def test_a_table_has_a_row_for_each_judged_item() -> None:
    two = some_facts(verdict=a_verdict(items=(an_item(), an_item(item="zinc", outcome=Outcome.PASS))))
    none = some_facts(number="P26-000002", verdict=a_verdict(items=()))
    rows = rows_of([a_publication(facts=two), a_publication(2, facts=none)])
    assert [(row["number"], row["item"], row["item_outcome"]) for row in rows] == [
        ("P26-000001", "lead", "fail"),
        ("P26-000001", "zinc", "pass"),
        ("P26-000002", "", ""),
    ]
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["outcome"], rows[0]["disputed"]) == ("fail", "false")


@pytest.mark.parametrize(
    ("found", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1+cmd", "'+1+cmd"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        (" =1", "' =1"),
        ("＝1", "'＝1"),
        ("-0.5", "-0.5"),
        ("+12", "+12"),
        ("<0.01 mg/kg", "<0.01 mg/kg"),
        ('a "b", c\r\nd', 'a "b", c\r\nd'),
    ],
)
def test_a_cell_never_runs_as_a_formula(found: str, cell: str) -> None:
    facts = some_facts(verdict=a_verdict(items=(an_item(raw_text=found),)))
    assert rows_of([a_publication(facts=facts)])[0]["found"] == cell


ATOM = "{http://www.w3.org/2005/Atom}"
GRAVE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def test_the_feed_is_atom_with_a_tombstone_for_what_is_withdrawn() -> None:
    feed = ElementTree.fromstring(to_atom(released(), feed=FEED, language="zh"))
    assert feed.findtext(f"{ATOM}id") == "tag:msa.example,2026-11-22:publications"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-24T08:00:00Z"
    entries = feed.findall(f"{ATOM}entry")
    assert [node.findtext(f"{ATOM}id") for node in entries] == [
        "tag:msa.example,2026-11-22:publication/P26-000002",  # corrected last
        "tag:msa.example,2026-11-22:publication/P26-000001",
    ]
    assert entries[1].findtext(f"{ATOM}title") == "玩具车: 不合格（有异议）"
    graves = feed.findall(GRAVE)
    assert [node.get("when") for node in graves] == ["2026-11-24T08:00:00Z", "2026-11-23T08:00:00Z"]
    assert graves[1].get("ref") == "tag:msa.example,2026-11-22:publication/P26-000003"


def test_the_feed_speaks_english_too_and_may_be_empty() -> None:
    feed = ElementTree.fromstring(to_atom([a_publication()], feed=FEED, language="en"))
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == "玩具车: does not conform"
    empty = ElementTree.fromstring(to_atom([], feed=FEED, language="en"))
    assert empty.findtext(f"{ATOM}updated") == "2026-11-22T00:00:00Z"


def test_an_entry_of_the_feed_links_to_its_page() -> None:
    feed = ElementTree.fromstring(to_atom([a_publication()], feed=feed_at("https://msa.example:8443"), language="en"))
    links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
    assert links == [
        "https://msa.example:8443/results/publications.en.atom",
        "https://msa.example:8443/results/P26-000001",
    ]
    assert feed.findtext(f"{ATOM}id") == "tag:msa.example,2026-01-01:publications"


def test_nothing_published_is_ever_deleted() -> None:
    # A refused proposal was never public, so it must not end as something that was taken back.
    assert PUBLICATION.final == {PublicationState.REFUSED, PublicationState.WITHDRAWN, PublicationState.EXPIRED}
    assert PUBLICATION.move(PublicationState.PROPOSED, PublicationEvent.REFUSED) is PublicationState.REFUSED
    assert not PUBLICATION.allows(PublicationState.PROPOSED, PublicationEvent.PUBLISHED)
