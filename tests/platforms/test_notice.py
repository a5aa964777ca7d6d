"""The document of a notice says what it must in both languages, and its signature proves exactly these bytes."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from labs.verdict import ItemVerdict, Outcome, Verdict, VerdictState
from platforms.document import MOST_HEADER, canonical, compose, revised, schema, sign, verify
from platforms.draft import Action, Risk, findings_of, product_of
from platforms.errors import BadKey, BadSignature
from platforms.keys import provider, read_provider, signing_key
from platforms.notice import NOTICE, NoticeEvent, NoticeKind, NoticeState, human_number, may_approve
from sampling.digest import sha256
from sampling.errors import IllegalMove
from sampling.listing import Listing
from sampling.text import Text
from tests.labs.build import limit
from tests.platforms.build import NOW, a_draft, a_key


@pytest.mark.parametrize(
    ("kind", "number", "told"),
    [
        (NoticeKind.DELISTING, 123, "MSA-2026-D-000123"),
        (NoticeKind.SAMPLING, 4410, "MSA-2026-S-004410"),
        (NoticeKind.RESULT, 1_000_000, "MSA-2026-R-1000000"),
    ],
)
def test_a_number_tells_issuer_year_kind_and_count(kind: NoticeKind, number: int, told: str) -> None:
    assert human_number(prefix="MSA", year=2026, kind=kind, number=number) == told


@pytest.mark.parametrize(
    ("author", "approver", "allowed"),
    [
        ("li", "wang", True),
        ("li", "li", False),
        ("li", " LI ", False),
        ("li", "ｌｉ", False),  # full width
        ("li", "", False),
        ("li", "  ", False),
    ],
)
def test_only_a_second_person_approves(author: str, approver: str, allowed: bool) -> None:
    assert may_approve(author=author, approver=approver) is allowed


def test_a_claim_is_not_the_end() -> None:
    claimed = NOTICE.move(NoticeState.ISSUED, NoticeEvent.CLAIMED_DONE)
    assert NOTICE.move(claimed, NoticeEvent.FOUND_LIVE) is NoticeState.ISSUED
    with pytest.raises(IllegalMove):
        NOTICE.move(claimed, NoticeEvent.CLOSED)


def test_a_delisting_notice_holds_what_the_platform_needs() -> None:
    document = compose(a_draft(risk=Risk("serious", ("choking",), Text("小零件", "Small parts come off"))))
    assert document["kind"] == "delisting"
    assert document["distribution"] == "PLATFORM-ONLY"
    assert document["tracking"]["id"] == "MSA-2026-D-000123"
    assert document["tracking"]["initial_release"] == "2026-11-03T02:00:00Z"
    assert document["tracking"]["references"] == ["S26-000917"]
    assert document["respond"] == {
        "ack_by": "2026-11-03T06:00:00Z",
        "url": "https://msa.example/v1/notices/1",
        "contest_until": "2026-11-19T02:00:00Z",
    }
    assert document["listings"] == [
        {
            "ref": "L1",
            "item_id": "7788",
            "url": "https://plat-a.example/item/7788",
            "seen_at": "2026-10-20T02:00:00Z",
            "snapshot_sha256": "c1" * 32,
            "seller_notified": False,
            "requested_action": "remove",
            "due": "2026-11-04T02:00:00Z",
        }
    ]
    assert document["product"]["digital_link"] == "https://id.gs1.org/01/06912345678901"
    assert document["risk"]["summary"] == {"zh": "小零件", "en": "Small parts come off"}
    assert document["findings"][0]["result"] == "fail"


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_speaks_both_languages_and_names_the_sample(kind: NoticeKind) -> None:
    document = compose(a_draft(kind=kind, action=Action.INFORM))
    texts = [document["statement"], *document["rights"]]
    assert all(text["zh"] and text["en"] and text["zh"] != text["en"] for text in texts)
    assert "S26-000917" in document["statement"]["zh"]
    assert "S26-000917" in document["statement"]["en"]
    assert document["languages"] == ["zh", "en"]


def test_what_is_not_known_is_left_out_and_never_null() -> None:
    bare = a_draft(ack_by=None, due=None, contest_until=None, product=product_of(a_listing(gtin=None)))
    document = compose(bare)
    assert document["respond"] == {"url": "https://msa.example/v1/notices/1"}
    assert "due" not in document["listings"][0]
    assert "digital_link" not in document["product"]
    assert "risk" not in document
    assert b"null" not in canonical(document)


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": NoticeKind.SAMPLING, "action": Action.INFORM, "findings": (), "legal_basis": ()},
        {"kind": NoticeKind.RESULT, "action": Action.INFORM, "ack_by": None, "due": None, "contest_until": None},
        {"kind": NoticeKind.DELISTING, "risk": Risk("serious", ("choking",), Text("小零件", "Small parts come off"))},
        {"version": 2, "supersedes": "MSA-2026-D-000122", "references": ("case 9",)},
    ],
)
def test_every_document_follows_the_schema_it_names(changes: dict[str, Any]) -> None:
    document = compose(a_draft(**changes))
    assert document["$schema"].endswith(schema()["$id"])
    Draft202012Validator.check_schema(schema())
    Draft202012Validator(schema()).validate(document)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "advert"},
        {"distribution": "PARTIES-ONLY"},  # a demand is for the platform alone
        {"listings": []},
        {"statement": {"zh": "只有中文"}},
        {"risk": None},
        {"shopper": "shopper-07"},
    ],
)
def test_what_is_not_a_notice_does_not_follow_the_schema(change: dict[str, Any]) -> None:
    assert not Draft202012Validator(schema()).is_valid(compose(a_draft()) | change)


def a_listing(**changes: Any) -> Listing:
    listing = Listing("plat-a", "7788", "https://plat-a.example/item/7788", "玩具车 Toy car", gtin="6912345678901")
    return replace(listing, **changes)


def test_a_listing_becomes_a_product_with_the_identifiers_it_states() -> None:
    product = product_of(a_listing(brand="X", batch="A100"))
    assert product.ids == (("gtin", "6912345678901"), ("batch", "A100"))
    assert product.name.zh == product.name.en == "玩具车 Toy car"


def test_each_judged_item_becomes_a_finding() -> None:
    item = ItemVerdict("lead", Outcome.FAIL, "L1", "120 mg/kg", Decimal(-30), None, False, "safety", ())
    verdict = Verdict(
        UUID(int=1), UUID(int=2), Outcome.FAIL, "safety", (item,), (), "r", "e", VerdictState.CONFIRMED, NOW
    )
    told = partial(findings_of, "S26-000917", verdict, report_sha256="9f" * 32, lab="L-04", final=True)
    (finding,) = told(limits={"L1": limit(status="unconfirmed")})
    assert (finding.sample, finding.test, finding.result, finding.final) == ("S26-000917", "lead", "fail", True)
    document = compose(a_draft(findings=(finding, *told(limits={}))))
    assert [one.get("limit_status") for one in document["findings"]] == ["unconfirmed", None]
    assert [wrong.message for wrong in Draft202012Validator(schema()).iter_errors(document)] == []


def test_the_signature_proves_the_canonical_bytes() -> None:
    key, document = a_key(), compose(a_draft())
    signed = sign(document, key)
    assert signed.sha256 == sha256(rfc8785.dumps(document))
    assert signed.jws.split(".")[1] == ""
    header = json.loads(base64.urlsafe_b64decode(signed.jws.split(".")[0] + "=="))
    assert header == {"alg": "Ed25519", "kid": key.kid}
    assert verify(json.loads(json.dumps(document)), signed.jws, {key.kid: key.public}) == key.kid


def test_the_same_document_and_key_give_the_same_signature() -> None:
    assert sign(compose(a_draft()), a_key()) == sign(compose(a_draft()), a_key())


def test_a_changed_document_is_found_out() -> None:
    key, document = a_key(), compose(a_draft())
    signed = sign(document, key)
    document["listings"][0]["due"] = "2027-01-01T00:00:00Z"
    with pytest.raises(BadSignature):
        verify(document, signed.jws, {key.kid: key.public})


def token_of(header: object, payload: str = "", signature: str = "AAAA") -> str:
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{encoded}.{payload}.{signature}"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "..",
        "a.b",
        "a.b.c.d",
        "!!!..x",
        token_of({"alg": "Ed25519"}),
        token_of({"alg": "none", "kid": a_key().kid}),
        token_of({"alg": "HS256", "kid": a_key().kid}),
        token_of({"alg": "Ed25519", "kid": "unknown"}),
        token_of([1, 2]),
        token_of("text"),
        token_of({"alg": "Ed25519", "kid": a_key().kid}),
        token_of({"kid": "a" * MOST_HEADER}),
        "W1tb" * 200_000 + "..x",  # nested lists without end
    ],
)
def test_a_forged_or_broken_token_is_a_bad_signature_and_no_other_error(token: str) -> None:
    with pytest.raises(BadSignature):
        verify(compose(a_draft()), token, {a_key().kid: a_key().public})


def test_a_token_that_brings_its_own_payload_proves_nothing() -> None:
    key = a_key()
    other = compose(a_draft(number="MSA-2026-D-000999"))
    header, _, signature = sign(other, key).jws.split(".")
    payload = base64.urlsafe_b64encode(canonical(other)).rstrip(b"=").decode()
    with pytest.raises(BadSignature):
        verify(compose(a_draft()), f"{header}.{payload}.{signature}", {key.kid: key.public})


def test_the_published_keys_can_be_read_back() -> None:
    keys = [a_key(1).public, a_key(2).public]
    document = provider(issuer_id="urn:msa:example", keys=keys)
    assert document["issuer"] == "urn:msa:example"
    assert all("d" not in key for key in document["keys"])
    assert read_provider(json.loads(json.dumps(document))) == {key.kid: key for key in keys}


@pytest.mark.parametrize(
    "change",
    [
        {"kty": "EC"},
        {"crv": "X25519"},
        {"x": "AAAA"},
        {"x": "***"},
        {"x": 5},
        {"kid": "another"},
        {"x": None},
    ],
)
def test_a_wrong_public_key_is_refused(change: dict[str, object]) -> None:
    document = provider(issuer_id="urn:msa:example", keys=[a_key().public])
    document["keys"][0] |= change
    with pytest.raises(BadKey):
        read_provider(document)


@pytest.mark.parametrize("document", [{}, {"keys": {}}, {"keys": [None]}, {"keys": [{}]}])
def test_a_document_without_readable_keys_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(BadKey):
        read_provider(document)


def test_a_key_signs_in_its_time_only_and_never_shows_its_seed() -> None:
    start, end = datetime.combine(date(2026, 1, 1), datetime.min.time(), UTC), NOW
    key = signing_key(b"s" * 32, not_before=start, not_after=end)
    assert key.valid_at(start)
    assert not key.valid_at(end)
    assert "ssss" not in repr(key)
    with pytest.raises(BadKey):
        signing_key(b"short", not_before=start, not_after=end)


def test_a_further_version_sets_the_time_to_act_and_tells_the_revision() -> None:
    first = compose(a_draft())
    due = NOW + timedelta(hours=24)
    second = revised(first, at=NOW + timedelta(hours=1), summary=Text("签发", "Issued"), due=due)
    assert (first["tracking"]["version"], second["tracking"]["version"]) == (1, 2)
    assert [step["version"] for step in second["tracking"]["revisions"]] == [1, 2]
    assert second["tracking"]["initial_release"] == first["tracking"]["initial_release"]
    assert [listing["due"] for listing in second["listings"]] == [due.strftime("%Y-%m-%dT%H:%M:%SZ")]
    same = ("number", "kind", "statement", "product", "recipient")
    assert [second.get(name) for name in same] == [first.get(name) for name in same]
