"""A small campaign for the tests of the pages: samples brought to any stage by the acts that people do."""

import io
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from PIL import Image, ImageDraw

from dashboards.password import hash_password, token_sha256
from labs.columns import of_results
from labs.report import Reading, Report, Upload
from labs.result import Interval, Result
from labs.verdict import ItemVerdict, Outcome, Verdict, VerdictState
from platforms.notice import Notice, NoticeEvent, NoticeKind
from sampling.campaign import Campaign
from sampling.custody import Role
from sampling.digest import sha256
from sampling.evidence import keyring
from sampling.evidence.credentials import Credentials
from sampling.evidence.keyring import Statement
from sampling.money import Money
from sampling.purchase import PurchaseEvent
from sampling.sample import Sample, SampleEvent
from sampling.text import Text
from storage import accounts, campaigns, captures, consignments, custody, notices, purchases, samples, uploads, verdicts
from storage.accounts import User
from storage.acts import bench, office, shopping
from storage.acts.shopping import Parcel, Unboxing
from storage.captures import Capture
from storage.consignments import Packed
from storage.frames import Framed
from storage.notices import Signed
from storage.objects import Objects
from storage.role import UserRole
from storage.schema.base import new_id
from storage.unit import Unit
from tests.sampling.proofs import ORIGIN, SINCE, trusted
from tests.sampling.visits import KEYS

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
CREDENTIALS = Credentials((keyring.sign(Statement(1, SINCE, trusted()), [KEYS.manifest]),), origin=ORIGIN)
"""Who seals the evidence of these tests."""
TITLES = (
    "儿童积木拼装玩具车 120 件 Building block car",
    "65W 氮化镓充电器 GaN charger with two ports",
    "保湿修护面霜 Repair cream 50 g",
    "不锈钢保温杯 Stainless steel vacuum flask 500 ml",
)
CATEGORIES = ("toys", "electrical", "cosmetics", "kitchenware")


def user(name: str, role: UserRole, *, lab: str | None = None, platform: str | None = None) -> User:
    """Give a user whose password is PASSWORD."""
    return replace(accounts.new_user(name, name.title(), role, lab=lab, platform=platform), password=HASH)


PEOPLE = (
    user("coordinator", UserRole.COORDINATOR),
    user("officer", UserRole.OFFICER),
    user("shopper", UserRole.SHOPPER),
    user("othershopper", UserRole.SHOPPER),
    user("lab", UserRole.LAB, lab="L-01"),
    user("otherlab", UserRole.LAB, lab="L-02"),
    user("platform", UserRole.PLATFORM, platform="oscar-mart"),
    user("otherplatform", UserRole.PLATFORM, platform="glow-mall"),
)


def people(unit: Unit) -> None:
    """Keep one user of each role, and a second one where rows are owned; tokens are `token-NAME`."""
    for person in PEOPLE:
        kept = accounts.add_user(unit, person)
        accounts.add_token(unit, token_sha256(f"token-{kept.name}"), user_id=kept.id, label="test", now=START)


def picture(words: str) -> bytes:
    """Give a small page-like picture."""
    image = Image.new("RGB", (360, 480), "#f4f1ea")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 360, 46), fill="#7a3b2e")
    draw.rectangle((20, 70, 340, 300), fill="#d9c8a9")
    draw.text((24, 320), words, fill="#222222")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@dataclass
class Story:
    """One campaign whose samples are brought forward step by step."""

    unit: Unit
    objects: Objects
    campaign: Campaign
    count: int = 0
    at: datetime = START

    @classmethod
    def begin(cls, unit: Unit, objects: Objects) -> "Story":
        """Give a planned campaign."""
        people(unit)
        campaign = campaigns.plan(
            unit, name=Text("双十一专项抽查", "Autumn sales check"), platforms=("oscar-mart", "glow-mall"),
            categories=CATEGORIES, sample_size=12, units_each=2, budget=Money(Decimal(5000), "CNY"), seed="ab" * 32,
            rulebook="cn-product", files=(), by="user:coordinator", at=START,
        )  # fmt: skip
        return cls(unit, objects, campaign)

    def tick(self) -> datetime:
        """Give the next moment."""
        self.at += timedelta(hours=3)
        return self.at

    def targeted(self) -> Sample:
        """Draw one more listing."""
        n, self.count = self.count, self.count + 1
        listing = Framed(
            listing_id=f"oscar-mart:{100 + n}", platform="oscar-mart", item_id=str(100 + n),
            url=f"http://127.0.0.1:8001/catalogue/item_{100 + n}/", title=TITLES[n % 4], category=CATEGORIES[n % 4],
            seller=f"星河旗舰店 {n % 3}", brand="Xinghe", price=Decimal("49.90"), currency="CNY", anomaly=False,
            stratum=CATEGORIES[n % 4], size=1, ticket="1", rank=n + 1, drawn=True,
        )  # fmt: skip
        return samples.target(
            self.unit, self.campaign.id, listing, blind_code=f"B{7000 + n}", lab="L-01", by="flow:plan", at=self.tick()
        )

    def captured(self) -> Sample:
        """Capture a listing and give it to the shopper."""
        sample = self.targeted()
        files = {"page.png": picture(sample.title), "dom.html": b"<p>page</p>", "manifest.json": sample.code.encode()}
        captures.save(
            self.unit, self.objects, id_=captures.fresh_id(), sample_id=sample.id, purpose="draw", kind="listing",
            reason=None, url=sample.url, status=200, bundle=files, listing={"title": sample.title}, by="flow:capture",
            at=self.tick(),
        )  # fmt: skip
        samples.record(self.unit, sample.id, SampleEvent.CAPTURED, by="flow:capture", at=self.at)
        due = self.at + timedelta(days=5)
        samples.assign(self.unit, sample.id, "shopper", due_at=due, by="flow:plan", at=self.tick())
        return samples.get(self.unit, sample.id)

    def order_page(self, sample: Sample) -> Capture:
        """Keep the captured order page of a sample: it shows the cover."""
        files = {"page.png": picture("order"), "manifest.json": f"order {sample.code}".encode()}
        return captures.save(
            self.unit, self.objects, id_=captures.fresh_id(), sample_id=sample.id, purpose=captures.ORDER,
            kind="listing", reason=None, url=sample.url, status=200, bundle=files, listing={}, by="flow:purchase",
            at=self.tick(),
        )  # fmt: skip

    def lost_sight(self) -> Sample:
        """Lose sight of an order."""
        sample = self.captured()
        order = purchases.intend(self.unit, sample, quantity=2, by="flow:purchase", at=self.tick())
        purchases.record(self.unit, order.id, PurchaseEvent.LOST_SIGHT, by="flow:purchase", at=self.tick())
        return sample

    def ordered(self) -> Sample:
        """Order the goods."""
        sample = self.captured()
        order = purchases.intend(self.unit, sample, quantity=2, by="flow:purchase", at=self.tick())
        number = f"1000{self.count}"
        purchases.placed(
            self.unit, order.id, PurchaseEvent.PLACED, order_no=number, order_url="http://127.0.0.1:8001/orders",
            paid=Money(Decimal("99.80"), "CNY"), by="flow:purchase", at=self.tick(),
        )  # fmt: skip
        office.ordered(self.unit, sample.id, number, by="flow:purchase", at=self.at)
        return sample

    def shipped(self) -> Sample:
        """Have the shop send the parcel."""
        sample = self.ordered()
        order = purchases.live(self.unit, sample.id)
        assert order is not None
        purchases.record(
            self.unit, order.id, PurchaseEvent.SHIPPED, carrier="SF", waybill=f"SF90{self.count}", by="flow:custody",
            at=self.tick(),
        )  # fmt: skip
        samples.record(self.unit, sample.id, SampleEvent.SHIPPED, by="flow:custody", at=self.at)
        return sample

    def received(self) -> Sample:
        """Receive the parcel."""
        sample = self.shipped()
        parcel = Parcel(820, "intact", (self.objects.put(picture("parcel")),))
        shopping.receive(self.unit, sample.id, parcel, by="user:shopper", at=self.tick())
        return sample

    def unboxed(self) -> Sample:
        """Open the parcel."""
        sample = self.received()
        shopping.unbox(self.unit, sample.id, Unboxing(True, "A100", 2), by="user:shopper", at=self.tick())
        return sample

    def rejected(self) -> Sample:
        """End a case at the opened parcel."""
        sample = self.unboxed()
        shopping.reject(self.unit, sample.id, "damaged", by="user:shopper", at=self.tick())
        return sample

    def sealed(self) -> Sample:
        """Split and seal the goods."""
        sample = self.unboxed()
        shopping.seal(
            self.unit, sample.id, test_seal=f"F{2 * self.count:04d}", backup_seal=f"F{2 * self.count + 1:04d}",
            witness="Zhao Min", place="sampling station", photo=None, by="user:shopper", at=self.tick(),
        )  # fmt: skip
        return sample

    def packed(self) -> tuple[Sample, UUID]:
        """Pack the test unit for the laboratory."""
        sample = self.sealed()
        self.notice(sample, NoticeKind.SAMPLING, "platform:oscar-mart")
        samples.record(self.unit, sample.id, SampleEvent.SAMPLING_NOTICE_SENT, by="flow:notify", at=self.tick())
        test = custody.of_role(self.unit, sample.id, Role.TEST)
        packed = Packed(test, sample.blind_code, sample.category, ("migratable_lead", "dehp_dbp_bbp"))
        one = consignments.pack(self.unit, "L-01", [packed], purpose="first", by="flow:custody", at=self.tick())
        return sample, one.id

    def handed_over(self) -> tuple[Sample, UUID]:
        """Give the consignment to the carrier."""
        sample, consignment = self.packed()
        office.hand_over(self.unit, consignment, "SF777", by="user:coordinator", at=self.tick())
        return sample, consignment

    def at_lab(self) -> tuple[Sample, UUID]:
        """Have the laboratory receive the consignment."""
        sample, consignment = self.handed_over()
        bench.receive(self.unit, consignment, {sample.blind_code: True}, by="user:lab", at=self.tick())
        return sample, consignment

    def testing(self) -> Sample:
        """Start the test."""
        sample, _ = self.at_lab()
        bench.start(self.unit, sample.blind_code, "L-01", by="user:lab", at=self.tick())
        return sample

    def reported(self, lead: str = "210") -> tuple[Sample, Upload]:
        """Take the results over."""
        sample = self.testing()
        data = f"{sample.blind_code},{lead}".encode()
        upload = uploads.receive(self.unit, self.objects, "L-01", "results.csv", data, by="user:lab", at=self.tick())
        report = Report("L-01", f"R-{self.count}", 1, "first", date(2026, 11, 9))
        reading = Reading((report,), (), of_results(self._results(sample, lead)))
        uploads.commit(self.unit, upload.id, reading, {sample.blind_code: sample.id}, by="flow:intake", at=self.tick())
        return sample, uploads.get(self.unit, upload.id)

    def judged(self, lead: str = "210") -> tuple[Sample, Verdict]:
        """Judge the results: lead above 90 mg/kg fails."""
        sample, _ = self.reported(lead)
        value = Decimal(lead)
        outcome = Outcome.PASS if value <= 90 else Outcome.FAIL
        item = ItemVerdict(
            "migratable_lead", outcome, "cn-toys-migratable-lead", lead, 90 - value, Decimal("0.02"),
            abs(90 - value) < 15, "safety", ("near_limit",) if abs(90 - value) < 15 else (outcome.value,),
        )  # fmt: skip
        verdict = Verdict(
            new_id(), sample.id, outcome, "safety" if outcome is Outcome.FAIL else None, (item,), (outcome.value,),
            "limits-cn@1", "1", VerdictState.PROVISIONAL, self.tick(),
        )  # fmt: skip
        verdicts.save(self.unit, verdict, uploaded_by="user:lab", by="flow:judge", at=self.at)
        samples.record(self.unit, sample.id, SampleEvent.JUDGED, by="flow:judge", at=self.at)
        return sample, verdict

    def notified(self, lead: str = "210") -> Sample:
        """Confirm the verdict and tell the parties."""
        sample, verdict = self.judged(lead)
        office.confirm_verdict(self.unit, verdict.id, by="user:officer", at=self.tick(), limits_read=True)
        for recipient in ("platform:oscar-mart", f"seller:oscar-mart/{sample.seller}"):
            self.notice(sample, NoticeKind.RESULT, recipient)
        samples.record(self.unit, sample.id, SampleEvent.NOTIFIED, by="flow:notify", at=self.tick())
        return sample

    def notice(self, sample: Sample, kind: NoticeKind, recipient: str, *, issued: bool = True) -> Notice:
        """Draft a notice; issue it unless told otherwise."""
        number = notices.next_number(self.unit, kind, self.tick())
        document = {
            "tracking": {"id": number, "version": 1},
            "product": {"name": {"zh": sample.title, "en": sample.title}, "brand": sample.brand, "ids": []},
            "findings": [{"sample": sample.code, "test": "migratable_lead", "result": "fail"}],
            "listings": [{"ref": "L1", "item_id": sample.item_id, "url": sample.url, "requested_action": "remove"}],
        }
        signed = Signed(document, sha256(number.encode()), "eyJhbGciOiJFZDI1NTE5In0..c2lnbmF0dXJl")
        due = self.at + timedelta(hours=24) if kind is NoticeKind.DELISTING else None
        one = notices.draft(
            self.unit, sample, kind, recipient, signed, number=number, due_at=due, by="flow:notify", at=self.at
        )
        if issued:
            notices.approve(self.unit, one.id, by="user:officer", at=self.tick())
            notices.record(self.unit, one.id, NoticeEvent.ISSUED, by="flow:notify", at=self.tick())
        return notices.get(self.unit, one.id)

    def _results(self, sample: Sample, lead: str) -> tuple[Result, ...]:
        value = Decimal(lead)
        plain = Result(
            f"R-{self.count}", 1, sample.blind_code, "migratable_lead", "GB 6675.4", "2014", 1, lead, "mg/kg",
            Interval(value, value), "=", Decimal(5), Decimal(10), Decimal(12), Decimal(2), date(2026, 11, 8), 2,
        )  # fmt: skip
        absent = replace(
            plain, item="dehp_dbp_bbp", method="GB/T 22048", raw_text="ND", unit="%", qualifier="nd", row=3,
            interval=Interval(None, Decimal("0.01")), lod=Decimal("0.01"), loq=Decimal("0.03"), u_expanded=None,
        )  # fmt: skip
        return plain, absent
