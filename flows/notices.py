"""Drafting: what a notice to one party of a sample says, composed and signed."""

from dataclasses import dataclass
from datetime import datetime

from flows.wiring import World
from labs.verdict import Verdict
from platforms.document import compose, sign
from platforms.draft import Action, Draft, Finding, Offer, Recipient, Revision, Risk, findings_of, product_of
from platforms.notice import Notice, NoticeKind
from sampling.sample import Sample
from sampling.text import Text
from storage import limits, notices
from storage.notices import Signed
from storage.offers import listing_of, seen_at
from storage.unit import Unit

FIRST_VERSION = Text("首次发布", "Initial version")
ACTIONS = {
    NoticeKind.SAMPLING: Action.INFORM,
    NoticeKind.RESULT: Action.INFORM,
    NoticeKind.DELISTING: Action.REMOVE,
}
BASES = {
    NoticeKind.SAMPLING: (("O18", "28"),),
    NoticeKind.RESULT: (("O18", "35"), ("PQL", "15")),
    NoticeKind.DELISTING: (("ECL", "29"), ("ECL", "38")),
}


@dataclass(frozen=True, slots=True)
class Addressee:
    """One party to a sample: `platform:<code>` or `seller:<platform>/<name>`."""

    id: str
    role: str


def parties(sample: Sample) -> tuple[Addressee, ...]:
    """Give who is told of a sample: its platform and its seller."""
    seller = Addressee(f"seller:{sample.platform}/{sample.seller}", "seller")
    platform = Addressee(f"platform:{sample.platform}", "platform")
    return (platform, seller) if sample.seller else (platform,)


def draft(
    world: World,
    unit: Unit,
    sample: Sample,
    kind: NoticeKind,
    to: Addressee,
    *,
    verdict: Verdict | None = None,
    due: datetime | None = None,
    by: str,
    at: datetime,
) -> Notice:
    """Compose, sign and keep the first version of a notice; a second one of its kind for the party raises Conflict."""
    number = notices.next_number(unit, kind, at)
    document = compose(_draft(world, unit, sample, kind, to, number=number, verdict=verdict, due=due, at=at))
    signed = sign(document, world.notice_key)
    return notices.draft(
        unit, sample, kind, to.id, Signed(document, signed.sha256, signed.jws), number=number, due_at=due, by=by, at=at
    )


def _draft(
    world: World,
    unit: Unit,
    sample: Sample,
    kind: NoticeKind,
    to: Addressee,
    *,
    number: str,
    verdict: Verdict | None,
    due: datetime | None,
    at: datetime,
) -> Draft:
    listing, seen = listing_of(unit, sample), seen_at(unit, sample)
    moment, digest = seen if seen else (at, "")
    return Draft(
        number=number,
        version=1,
        kind=kind,
        issuer=world.issuer,
        recipient=Recipient(to.id, to.role, sample.platform),
        sample_code=sample.code,
        product=product_of(listing),
        offer=Offer(sample.item_id, sample.url, moment, digest, sku=listing.sku, shop_id=listing.shop_id),
        action=ACTIONS[kind],
        revisions=(Revision(1, at, FIRST_VERSION),),
        respond_url=f"{world.settings.base_url}/v1/notices",
        findings=_findings(unit, sample, verdict),
        legal_basis=BASES[kind],
        risk=_risk(verdict),
        due=due,
        seller_notified=kind is NoticeKind.DELISTING,
    )


def _findings(unit: Unit, sample: Sample, verdict: Verdict | None) -> tuple[Finding, ...]:
    if verdict is None:
        return ()
    given_by = limits.of_rules(unit, verdict.rule_version)
    return findings_of(sample.code, verdict, report_sha256=None, lab=None, final=True, limits=given_by)


def _risk(verdict: Verdict | None) -> Risk | None:
    if verdict is None or verdict.severity is None:
        return None
    failed = tuple(item.item for item in verdict.items if item.outcome.value == "fail")
    return Risk(verdict.severity, failed, Text("检验项目不合格", "Test items failed"))
