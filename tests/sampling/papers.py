"""One document of every kind, as an authority would issue it, for tests, benchmarks and pictures."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from labs.objection import ObjectionKind
from labs.procedure import in_force
from sampling.category import category_name
from sampling.custody import BusinessStep, Handover, Role, UnitEvent, UnitState
from sampling.documents.kind import DocumentKind, document_number
from sampling.documents.label import Labels, sample_label, seal_label
from sampling.documents.mandate import Mandate, task_mandate
from sampling.documents.manifest import ManifestLine, Sent, manifest
from sampling.documents.notice import platform_copy, seller_notice
from sampling.documents.paper import Issuer, Paper, Stamped
from sampling.documents.receipt import Passed, handover_receipt
from sampling.documents.retention import KeptUnit, retention_list
from sampling.documents.sheet import Bought, SealedUnit, sampling_sheet
from sampling.money import Money
from sampling.sample import blind_code
from sampling.seal import SealKind, numbered
from sampling.text import Text

AT = datetime(2026, 3, 4, 9, 30, 15, tzinfo=UTC)
WINDOW = in_force("cn-product", AT.date()).window(ObjectionKind.RESULT).rule
ISSUER = Issuer(
    Text("示例市场监督管理局", "Example Authority"), "notices@authority.example",
    "https://authority.example/verify-document",
)  # fmt: skip
SAMPLE = "S26-000123"
CAMPAIGN = Text("2026年玩具质量抽查", "Toys 2026")
PLACE = "常温库二架 shelf 2"
KEPT = Text("常温", "ambient")
TOYS = category_name("toys")
ITEMS = {"migratable_lead": Text("可迁移铅", "Migratable lead"),
         "dehp_dbp_bbp": Text("增塑剂 DEHP、DBP、BBP 总量", "Phthalates DEHP, DBP and BBP, sum")}  # fmt: skip
METHODS = {"migratable_lead": ("GB 6675.4",)}


def blind(number: int) -> str:
    """Give one blind code of many."""
    return blind_code(b"key of an example", "campaign", str(number), "first")


def seal_number(serial: int) -> str:
    """Give the seal number of a serial, or of the next one that has a number."""
    return numbered(SealKind.TAPE, serial) or seal_number(serial + 1)


BOUGHT = Bought(
    sample=SAMPLE, campaign=CAMPAIGN, platform="glow-mall", seller="小熊玩具旗舰店", title="积木 Blocks, 128 pieces",
    brand="Xingxing 星星", category=TOYS, url="https://mall.example/item/10042?sku=7", item="10042", captured_at=AT,
    order_no="2603040001", ordered_at=AT, quantity=2, paid=Money(Decimal("99.80"), "CNY"), carrier="SF",
    waybill="SF1234567890",
)  # fmt: skip
UNITS = (
    SealedUnit(f"{SAMPLE}-A", Role.TEST, "L2602", seal_number(1), AT, PLACE),
    SealedUnit(f"{SAMPLE}-B", Role.BACKUP, "L2602", seal_number(2), AT, PLACE),
)
HANDOVER = Handover(
    id=UUID(int=1), unit_id=UUID(int=2), seq=2, event=UnitEvent.HANDED_OVER, at=AT, offset_minutes=0, recorded_at=AT,
    by="user:coordinator", released_by="sampling station", received_by="carrier", place="sampling station",
    step=BusinessStep.SHIPPING, seal_no=seal_number(1), seal_ok=True, condition="intact", temperature=Decimal("4.5"),
)  # fmt: skip


def stamped(kind: DocumentKind, subject: str, version: int = 1) -> Stamped:
    """Give what a document of the example bears."""
    return Stamped(document_number(kind, subject), version, AT, ISSUER)


def labels(count: int, kind: DocumentKind = DocumentKind.SAMPLE_LABEL) -> Labels:
    """Give so many labels, test and backup by turns."""
    roles = (Role.TEST, Role.BACKUP)
    made = [
        sample_label(blind(place), roles[place % 2], seal_no=seal_number(place + 1), storage=KEPT)
        if kind is DocumentKind.SAMPLE_LABEL
        else seal_label(seal_number(40 * place + 1), roles[place % 2], storage=KEPT)
        for place in range(count)
    ]
    return Labels(kind, stamped(kind, "roll-1"), tuple(made))


def examples(lines: int = 3) -> dict[DocumentKind, Paper | Labels]:
    """Give one document of each kind; manifest and retention list have so many lines."""
    kind = DocumentKind
    sent = Sent("K26-00007", Text("示例检验所", "Example Laboratory"), AT, "ab" * 32, ("5", "30"))
    sent_lines = tuple(
        ManifestLine(blind(place), seal_number(place + 1), TOYS, tuple(ITEMS), METHODS, ITEMS) for place in range(lines)
    )
    kept = tuple(
        KeptUnit(
            f"S26-{place:06d}-B",
            seal_number(place + 1),
            UnitState.RETAINED,
            PLACE,
            AT if place % 2 else None,
            "cn-product.passed" if place % 2 else "",
            "unconfirmed",
            held=place == 2,
        )
        for place in range(lines)
    )
    mandate = Mandate(SAMPLE, CAMPAIGN, "C2026-001", TOYS, "glow-mall", 2, "cn-product@2026-11-22", AT)
    return {
        kind.SAMPLE_LABEL: labels(2),
        kind.SEAL_LABEL: labels(2, kind.SEAL_LABEL),
        kind.SAMPLING_SHEET: sampling_sheet(BOUGHT, UNITS, stamped(kind.SAMPLING_SHEET, SAMPLE)),
        kind.SAMPLING_NOTICE: seller_notice(
            BOUGHT, UNITS, WINDOW, stamped(kind.SAMPLING_NOTICE, SAMPLE), names_order=False
        ),
        kind.PLATFORM_COPY: platform_copy(BOUGHT, UNITS, stamped(kind.PLATFORM_COPY, SAMPLE)),
        kind.MANIFEST: manifest(sent, sent_lines, stamped(kind.MANIFEST, sent.number)),
        kind.HANDOVER_RECEIPT: handover_receipt(
            Passed(blind(0), 2, HANDOVER), stamped(kind.HANDOVER_RECEIPT, f"{blind(0)}-2")
        ),
        kind.TASK_MANDATE: task_mandate(mandate, stamped(kind.TASK_MANDATE, SAMPLE)),
        kind.RETENTION_LIST: retention_list(CAMPAIGN, "C2026-001", kept, stamped(kind.RETENTION_LIST, "C2026-001")),
    }
