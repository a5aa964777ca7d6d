"""The document of a notice: one bilingual JSON per version, its canonical bytes and its detached signature."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import rfc8785
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from platforms.draft import Draft, Finding, Product, Risk
from platforms.errors import BadSignature
from platforms.keys import PublicKey, SigningKey
from platforms.wording import DISTRIBUTION, rights, statement
from sampling.digest import sha256
from sampling.text import Text

SCHEMA = "/schemas/notice/1.0/notice.json"

# RFC 9864 names the curve in the algorithm and retires the open name "EdDSA".
ALGORITHM = "Ed25519"

# A JWS header names an algorithm and a key; a longer one only makes the JSON reader work.
MOST_HEADER = 512


@dataclass(frozen=True, slots=True)
class Signed:
    """The hash of a document's canonical bytes, and the detached JWS over them."""

    sha256: str
    jws: str


def compose(draft: Draft) -> dict[str, Any]:
    """Give the document as plain JSON values; times are UTC to the second, absent facts are left out."""
    document = {
        "$schema": draft.issuer.base_url.rstrip("/") + SCHEMA,
        "tracking": _tracking(draft),
        "kind": draft.kind.value,
        "distribution": DISTRIBUTION[draft.kind],
        "languages": ["zh", "en"],
        "statement": statement(draft.kind, draft.sample_code).record(),
        "rights": [right.record() for right in rights(draft.kind)],
        "issuer": {"id": draft.issuer.id, "name": draft.issuer.name.record(), "contact": draft.issuer.contact},
        "recipient": {"id": draft.recipient.id, "role": draft.recipient.role, "platform": draft.recipient.platform},
        "legal_basis": [{"instrument": act, "provision": part} for act, part in draft.legal_basis],
        "risk": _risk(draft.risk),
        "product": _product(draft.product),
        "findings": [_finding(finding) for finding in draft.findings],
        "listings": [_listing(draft)],
        "respond": {
            "ack_by": _moment(draft.ack_by),
            "url": draft.respond_url,
            "contest_until": _moment(draft.contest_until),
        },
    }
    return _without_gaps(document)


def revised(document: Mapping[str, Any], *, at: datetime, summary: Text, due: datetime) -> dict[str, Any]:
    """Give the next version of a document: the time to act set, one more revision told, all else as it was."""
    tracking = dict(document["tracking"])
    version = tracking["version"] + 1
    step = {"version": version, "date": _moment(at), "summary": summary.record()}
    tracking |= {"version": version, "current_release": _moment(at), "revisions": [*tracking["revisions"], step]}
    listings = [{**listing, "due": _moment(due)} for listing in document["listings"]]
    return {**document, "tracking": tracking, "listings": listings}


def schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) that every document follows, the one its `$schema` names."""
    found: dict[str, Any] = json.loads(files("platforms").joinpath("notice.schema.json").read_text(encoding="utf-8"))
    return found


def canonical(document: Mapping[str, Any]) -> bytes:
    """Give the RFC 8785 bytes that the hash and the signature are taken over."""
    return rfc8785.dumps(dict(document))


def sign(document: Mapping[str, Any], key: SigningKey) -> Signed:
    """Give the SHA-256 of the canonical bytes and the detached JWS that names the key."""
    payload = canonical(document)
    pair = OKPKey.import_key({**key.public.jwk(), "d": _b64url(key.seed)})
    token = jws.serialize_compact({"alg": ALGORITHM, "kid": key.kid}, payload, pair, algorithms=[ALGORITHM])
    header, _, signature = token.split(".")
    return Signed(sha256(payload), f"{header}..{signature}")


def verify(document: Mapping[str, Any], token: str, keys: Mapping[str, PublicKey]) -> str:
    """Give the kid of the known key that signed exactly this document, or raise BadSignature."""
    try:
        header, inner, _ = token.split(".")
        # A token that brings its own payload would prove that payload and not this document.
        if inner or len(header) > MOST_HEADER:
            raise BadSignature("the signature is not detached")
        kid = str(json.loads(base64.urlsafe_b64decode(header + "=="))["kid"])
        public = OKPKey.import_key({**keys[kid].jwk()})
        jws.deserialize_compact(token, public, algorithms=[ALGORITHM], payload=canonical(document))
    except (JoseError, KeyError, ValueError, TypeError) as wrong:
        raise BadSignature("the document is not signed by a known key") from wrong
    return kid


def _tracking(draft: Draft) -> dict[str, Any]:
    first, last = draft.revisions[0], draft.revisions[-1]
    return {
        "id": draft.number,
        "version": draft.version,
        "status": "final",
        "initial_release": _moment(first.at),
        "current_release": _moment(last.at),
        "revisions": [
            {"version": step.version, "date": _moment(step.at), "summary": step.summary.record()}
            for step in draft.revisions
        ],
        "supersedes": draft.supersedes,
        "references": [draft.sample_code, *draft.references],
    }


def _risk(risk: Risk | None) -> dict[str, Any] | None:
    if risk is None:
        return None
    return {"level": risk.level, "hazard": list(risk.hazard), "summary": risk.summary.record()}


def _product(product: Product) -> dict[str, Any]:
    codes = dict(product.ids)
    return {
        "name": product.name.record(),
        "brand": product.brand,
        "ids": [{"scheme": scheme, "value": value} for scheme, value in product.ids],
        "digital_link": f"https://id.gs1.org/01/{codes['gtin'].zfill(14)}" if "gtin" in codes else None,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "sample": finding.sample,
        "test": finding.test,
        "result": finding.result,
        "report_sha256": finding.report_sha256,
        "lab": finding.lab,
        "final": finding.final,
        "limit_status": finding.limit_status,
    }


def _listing(draft: Draft) -> dict[str, Any]:
    offer = draft.offer
    return {
        "ref": draft.ref,
        "item_id": offer.item_id,
        "sku": offer.sku,
        "shop_id": offer.shop_id,
        "url": offer.url,
        "seen_at": _moment(offer.seen_at),
        "snapshot_sha256": offer.snapshot_sha256,
        "seller_notified": draft.seller_notified,
        "requested_action": draft.action.value,
        "due": _moment(draft.due),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _without_gaps(record: dict[str, Any]) -> dict[str, Any]:
    return {name: _item_without_gaps(item) for name, item in record.items() if item is not None}


def _item_without_gaps(item: Any) -> Any:
    match item:
        case dict():
            return _without_gaps(item)
        case list():
            return [_item_without_gaps(part) for part in item]
        case _:
            return item


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
