"""Records and rows with defaults, and cases brought to any state by the acts that people and flows do."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from labs.accreditation import ScopeEntry
from labs.columns import of_results
from labs.report import Reading, Report, Upload
from labs.result import Interval, Result
from labs.verdict import ItemVerdict, Outcome, Verdict, VerdictState
from platforms.notice import Notice, NoticeEvent, NoticeKind
from sampling.campaign import Campaign, CampaignEvent
from sampling.custody import Role
from sampling.design import Design
from sampling.digest import sha256
from sampling.frozen import Frozen
from sampling.money import Money
from sampling.purchase import PurchaseEvent
from sampling.sample import Sample, SampleEvent, SampleState, blind_code
from sampling.text import Text
from storage import (
    campaigns,
    captures,
    consignments,
    custody,
    frames,
    laboratories,
    notices,
    purchases,
    samples,
    uploads,
    verdicts,
)
from storage.acts import bench, desk, office, shopping
from storage.acts.shopping import Parcel, Unboxing
from storage.consignments import Packed
from storage.frames import Framed
from storage.laboratories import Laboratory
from storage.notices import Signed
from storage.objects import Objects
from storage.schema.base import new_id
from storage.unit import Unit

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PLATFORM, LAB, SHOPPER = "glow-mall", "L-01", "shopper"
DESK = f"platform:{PLATFORM}"
ITEM = "migratable_lead"
AT_ONCE = Design(hold=False)
S = SampleState


def moment(hours: float = 0) -> datetime:
    """Give an instant so many hours after the start."""
    return START + timedelta(hours=hours)


def campaign(unit: Unit, **changes: Any) -> Campaign:
    """Give a planned campaign."""
    values: dict[str, Any] = {
        "name": Text("抽查", "Check"), "platforms": (PLATFORM,), "categories": ("toys",), "sample_size": 4,
        "units_each": 2, "budget": Money(Decimal(5000), "CNY"), "seed": "ab" * 32, "rulebook": "cn-product",
        "files": (), "by": "user:coordinator", "at": START, "design": AT_ONCE,
    }  # fmt: skip
    return campaigns.plan(unit, **{**values, **changes})


def freeze(unit: Unit, campaign_id: UUID, listings: Sequence[Framed], at: datetime = START) -> None:
    """Freeze a frame of which these listings were drawn or reserved, and let it be drawn."""
    none = sha256(b"")
    frames.freeze(unit, campaign_id, Frozen(none, none, len(listings), none, none, ()), [], findings=[], counts={},
                  by="t", at=at)  # fmt: skip
    campaigns.record(unit, campaign_id, CampaignEvent.APPROVED, by="t", at=at)
    frames.keep(unit, campaign_id, listings, first=True)


def framed(number: int = 1, **changes: Any) -> Framed:
    """Give a drawn listing of a frame."""
    listing = Framed(
        listing_id=f"{PLATFORM}:{number}", platform=PLATFORM, item_id=str(number), url=f"http://127.0.0.1/item/{number}",
        title=f"积木 Blocks {number}", category="toys", seller=f"seller {number}", brand="Xingxing",
        price=Decimal("49.90"), currency="CNY", anomaly=False, stratum=f"{PLATFORM}/toys", size=1, ticket=str(number),
        rank=number, drawn=True,
    )  # fmt: skip
    return replace(listing, **changes)


def result(blind_code: str = "B1", value: str = "210", **changes: Any) -> Result:
    """Give a result of lead in mg/kg."""
    exact = Decimal(value)
    plain = Result(
        "R-1", 1, blind_code, ITEM, "GB 6675.4", "2014", 1, value, "mg/kg", Interval(exact, exact), "=", Decimal(5),
        Decimal(10), Decimal(12), Decimal(2), date(2026, 3, 3), 2,
    )  # fmt: skip
    return replace(plain, **changes)


def report(number: str = "R-1", version: int = 1) -> Report:
    """Give the head of a laboratory's report."""
    return Report(LAB, number, version, "first", date(2026, 3, 4))


def verdict(sample: Sample, outcome: Outcome = Outcome.FAIL, **changes: Any) -> Verdict:
    """Give a provisional verdict on one item."""
    severity = "safety" if outcome is Outcome.FAIL else None
    item = ItemVerdict(ITEM, outcome, "lead", "210", Decimal(-120), Decimal("0.02"), False, severity, (outcome.value,))
    plain = Verdict(
        new_id(), sample.id, outcome, severity, (item,), (outcome.value,), "limits-cn@1", "1", VerdictState.PROVISIONAL,
        moment(10),
    )  # fmt: skip
    return replace(plain, **changes)


def laboratory(unit: Unit, code: str = LAB) -> None:
    """Keep a laboratory that is accredited for lead."""
    scope = ScopeEntry(code, "CMA", ITEM, "GB 6675.4", date(2024, 1, 1), date(2029, 12, 31), "test")
    laboratories.keep(unit, Laboratory(code, Text("检验所", "Laboratory"), 30), [scope])


def notice(
    unit: Unit,
    sample: Sample,
    kind: NoticeKind,
    recipient: str = DESK,
    *,
    issued: bool = True,
    at: datetime | None = None,
) -> Notice:
    """Draft a notice to one party, a demand due a day later, and issue it unless told otherwise."""
    at = at or moment(11)
    number = notices.next_number(unit, kind, at)
    document = {"tracking": {"id": number}, "listings": [{"ref": "L1", "url": sample.url}]}
    due = at + timedelta(days=1) if kind is NoticeKind.DELISTING else None
    made = notices.draft(unit, sample, kind, recipient, Signed(document, sha256(number.encode()), "jws"),
                         number=number, due_at=due, by="flow:notify", at=at)  # fmt: skip
    if issued:
        notices.approve(unit, made.id, by="user:officer", at=at)
        notices.record(unit, made.id, NoticeEvent.ISSUED, by="flow:notify", at=at)
    return notices.get(unit, made.id)


@dataclass
class Case:
    """One sample on its way, and what was made for it."""

    unit: Unit
    objects: Objects
    sample: Sample
    number: int
    outcome: Outcome = Outcome.FAIL
    consignment: UUID | None = None
    upload: Upload | None = None

    @property
    def seller(self) -> str:
        """The seller as a party."""
        return f"seller:{PLATFORM}/{self.sample.seller}"

    @property
    def blind(self) -> str:
        """The code the laboratory knows."""
        return self.sample.blind_code

    @property
    def state(self) -> SampleState:
        """Where the sample stands now."""
        return samples.get(self.unit, self.sample.id).state

    def move(self, event: SampleEvent, hour: float, by: str = "flow:test") -> None:
        """Record one event of the sample."""
        samples.record(self.unit, self.sample.id, event, by=by, at=moment(hour))


def blinded(number: int) -> str:
    """Give the blind code of the case of a number."""
    return blind_code(b"k", "c", str(number), "first")


def case(
    unit: Unit,
    objects: Objects,
    state: SampleState,
    *,
    number: int = 1,
    of: Campaign | None = None,
    outcome: Outcome = Outcome.FAIL,
) -> Case:
    """Give a case that was brought to a state of the straight path, step by step."""
    within = of or campaign(unit)
    sample = samples.target(unit, within.id, framed(number), blind_code=blinded(number), lab=LAB, by="flow:plan",
                            at=moment())  # fmt: skip
    samples.assign(unit, sample.id, SHOPPER, due_at=moment(96), by="flow:plan", at=moment())
    made = Case(unit, objects, samples.get(unit, sample.id), number, outcome)
    for _, step in list(PATH.items())[: list(PATH).index(state) + 1]:
        step(made)
    made.sample = samples.get(unit, sample.id)
    return made


def captured(made: Case) -> None:
    """Keep a capture of the offer."""
    name = made.sample.code.encode()
    read = {"title": made.sample.title, "price": {"amount": "49.90", "currency": "CNY"}}
    captures.save(made.unit, made.objects, id_=captures.fresh_id(), sample_id=made.sample.id, purpose="draw",
                  kind="listing", reason=None, url=made.sample.url, status=200,
                  bundle={"page.png": b"png", "manifest.json": name}, listing=read, by="flow:capture", at=moment(1),
                  )  # fmt: skip
    made.move(SampleEvent.CAPTURED, 1)


def bought(made: Case) -> None:
    """Place the order."""
    order = purchases.intend(made.unit, made.sample, quantity=2, by="shopper:shopper", at=moment(2))
    order_no = f"G{made.number:06d}"
    purchases.placed(made.unit, order.id, PurchaseEvent.PLACED, order_no=order_no, order_url="http://127.0.0.1/o",
                     paid=Money(Decimal("99.80"), "CNY"), by="shopper:shopper", at=moment(2))  # fmt: skip
    office.ordered(made.unit, made.sample.id, order_no, by="shopper:shopper", at=moment(2))


def shipped(made: Case) -> None:
    """Have the shop send the parcel."""
    order = purchases.live(made.unit, made.sample.id)
    assert order is not None
    purchases.record(made.unit, order.id, PurchaseEvent.SHIPPED, by="flow:custody", at=moment(3), carrier="SF",
                     waybill=f"SF{made.number:04d}")  # fmt: skip
    made.move(SampleEvent.SHIPPED, 3)


def received(made: Case) -> None:
    """Take in the parcel."""
    shopping.receive(made.unit, made.sample.id, Parcel(820, "intact"), by="user:shopper", at=moment(4))


def unboxed(made: Case) -> None:
    """Open the parcel."""
    shopping.unbox(made.unit, made.sample.id, Unboxing(True, "A100", 2), by="user:shopper", at=moment(5))


def sealed(made: Case) -> None:
    """Split and seal the goods before a witness."""
    shopping.seal(made.unit, made.sample.id, test_seal=f"F{made.number}A", backup_seal=f"F{made.number}B",
                  witness="Zhao Min", place="station", photo=None, by="user:shopper", at=moment(6))  # fmt: skip


def told_of_sampling(made: Case) -> None:
    """Send the sampling notice."""
    notice(made.unit, made.sample, NoticeKind.SAMPLING)
    made.move(SampleEvent.SAMPLING_NOTICE_SENT, 6)


def at_lab(made: Case) -> None:
    """Pack the test unit, hand it over and have the laboratory receive it."""
    handed_over(made)
    assert made.consignment is not None
    bench.receive(made.unit, made.consignment, {made.blind: True}, by="user:lab", at=moment(8))


def handed_over(made: Case) -> None:
    """Pack the test unit and give it to the carrier."""
    packed = Packed(custody.of_role(made.unit, made.sample.id, Role.TEST), made.blind, "toys", (ITEM,))
    consignment = consignments.pack(made.unit, LAB, [packed], purpose="first", by="flow:custody", at=moment(7))
    made.consignment = consignment.id
    office.hand_over(made.unit, consignment.id, "K1", by="user:coordinator", at=moment(7))


def testing(made: Case) -> None:
    """Open the seal."""
    bench.start(made.unit, made.blind, LAB, by="user:lab", at=moment(9))


def judged(made: Case) -> None:
    """Take over the laboratory's file and judge it."""
    unit, data = made.unit, made.blind.encode()
    laboratory(unit)
    upload = uploads.receive(unit, made.objects, LAB, "results.csv", data, by="user:lab", at=moment(10))
    file = report(f"R-{made.number}")
    reading = Reading((file,), (), of_results([result(made.blind, report_no=file.number)]))
    uploads.commit(unit, upload.id, reading, {made.blind: made.sample.id}, by="flow:intake", at=moment(10))
    made.upload = upload
    verdicts.save(unit, verdict(made.sample, made.outcome), uploaded_by="user:lab", by="flow:judge", at=moment(10))
    made.move(SampleEvent.JUDGED, 10)


def notified(made: Case) -> None:
    """Confirm the verdict and serve both parties."""
    found = verdicts.effective(made.unit, made.sample.id)
    assert found is not None
    office.confirm_verdict(made.unit, found.id, by="user:officer", at=moment(11), limits_read=True)
    first, second = (notice(made.unit, made.sample, NoticeKind.RESULT, party) for party in (DESK, made.seller))
    made.move(SampleEvent.NOTIFIED, 11)
    desk.acknowledge(made.unit, first.id, DESK, by="user:desk", at=moment(12))
    office.prove_service(made.unit, second.id, "letter 1", by="user:officer", at=moment(12))


def final(made: Case) -> None:
    """Let every window run out."""
    made.move(SampleEvent.WINDOW_CLOSED, 24 * 30)


PATH: Mapping[SampleState, Callable[[Case], None]] = {
    S.TARGETED: lambda made: None,
    S.CAPTURED: captured,
    S.ORDERED: bought,
    S.SHIPPED: shipped,
    S.RECEIVED: received,
    S.UNBOXED: unboxed,
    S.SEALED: sealed,
    S.NOTICE_SENT: told_of_sampling,
    S.AT_LAB: at_lab,
    S.TESTING: testing,
    S.VERDICT: judged,
    S.NOTIFIED: notified,
    S.FINAL: final,
}
"""The straight path: the step that leads to each state."""
