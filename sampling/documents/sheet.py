"""The sampling sheet: what was bought, from whom, how it arrived, and how it was split and sealed."""

from dataclasses import dataclass
from datetime import datetime

from sampling.custody import Role
from sampling.documents.kind import DocumentKind
from sampling.documents.label import ROLES
from sampling.documents.paper import Facts, Grid, Paper, Signatures, Stamped, Value, instant
from sampling.money import Money
from sampling.text import Text


@dataclass(frozen=True, slots=True)
class Bought:
    """One online purchase as its papers tell it; nothing of the cover that bought is here."""

    sample: str
    campaign: Text
    platform: str
    seller: str
    title: str
    brand: str
    category: Value
    url: str
    item: str
    captured_at: datetime | None = None
    order_no: str | None = None
    ordered_at: datetime | None = None
    quantity: int | None = None
    paid: Money | None = None
    carrier: str | None = None
    waybill: str | None = None


@dataclass(frozen=True, slots=True)
class SealedUnit:
    """One sealed part of the sample as the sheet lists it."""

    code: str
    role: Role
    lot: str | None
    seal_no: str
    sealed_at: datetime | None
    place: str | None
    stands_in: bool = False
    """Whether it is tested in the place of the test unit."""


GOODS = Text("样品与销售者", "Goods and seller")
ORDER = Text("网络购样", "Online purchase")
UNITS = Text("分样与封签", "Units and seals")
UNIT_HEADS = (
    Text("样品编号", "Unit"),
    Text("用途", "Kept for"),
    Text("批号", "Lot"),
    Text("封签号", "Seal"),
    Text("封样时间", "Sealed at"),
    Text("存放处", "Place"),
)
SIGNERS = (
    Text("抽样人员一", "First sampler"),
    Text("抽样人员二", "Second sampler"),
    Text("抽样单位（盖章）", "Sampling body (stamp)"),
)


def sampling_sheet(bought: Bought, units: tuple[SealedUnit, ...], stamped: Stamped) -> Paper:
    """Give the sheet of one sample, to be signed by two samplers and stamped by their unit."""
    rows = tuple(
        (unit.code, _kept_for(unit), unit.lot or "", unit.seal_no, moment(unit.sealed_at), unit.place or "")
        for unit in units
    )
    parts = (goods(bought), purchase(bought), Grid(UNITS, UNIT_HEADS, rows), Signatures(SIGNERS))
    return Paper(DocumentKind.SAMPLING_SHEET, stamped, parts)


def goods(bought: Bought) -> Facts:
    """Give the part that says what was sampled and who sold it."""
    facts: tuple[tuple[Text, Value], ...] = (
        (Text("抽查任务", "Campaign"), bought.campaign),
        (Text("样品编号", "Sample"), bought.sample),
        (Text("商品名称", "Product"), bought.title),
        (Text("商标", "Brand"), bought.brand),
        (Text("类别", "Category"), bought.category),
        (Text("销售者", "Seller"), bought.seller),
        (Text("平台", "Platform"), bought.platform),
        (Text("商品编号", "Item number"), bought.item),
        (Text("商品网址", "Item address"), bought.url),
    )
    return Facts(GOODS, facts)


def purchase(bought: Bought) -> Facts:
    """Give the part that says how the goods were bought and came."""
    facts: tuple[tuple[Text, Value], ...] = (
        (Text("页面取证时间", "Page captured at"), moment(bought.captured_at)),
        (Text("订单号", "Order number"), bought.order_no or ""),
        (Text("下单时间", "Ordered at"), moment(bought.ordered_at)),
        (Text("购买数量", "Quantity"), "" if bought.quantity is None else str(bought.quantity)),
        (Text("实付金额", "Paid"), "" if bought.paid is None else str(bought.paid)),
        (Text("承运人", "Carrier"), bought.carrier or ""),
        (Text("运单号", "Waybill"), bought.waybill or ""),
    )
    return Facts(ORDER, facts)


def moment(at: datetime | None) -> str:
    """Give an instant as it is printed; what is not known is empty."""
    return "" if at is None else instant(at)


def _kept_for(unit: SealedUnit) -> Text:
    kept, letter = ROLES[unit.role], unit.role.value
    if unit.stands_in:
        return Text(f"{letter} {kept.zh}（代检验样送检）", f"{letter} {kept.en}, tested in place of the test unit")
    return Text(f"{letter} {kept.zh}", f"{letter} {kept.en}")
