"""The sampling notice: tells the seller, and in a copy the platform, what was sampled and which rights follow."""

from sampling.custody import Role
from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Clauses, Facts, Paper, Signatures, Stamped, Value
from sampling.documents.sheet import ORDER, Bought, SealedUnit, goods, purchase
from sampling.rulebook import Rule
from sampling.text import Text

TO = Text("送达对象", "Addressee")
KEPT = Text("封存的样品与封签号", "Sealed units and their seals")
UNIT_NAMES = {
    Role.TEST: Text("检验样", "Test unit"),
    Role.BACKUP: Text("备样", "Backup unit"),
    Role.ARBITRATION: Text("仲裁样", "Third unit"),
    Role.DUPLICATE: Text("平行样", "Duplicate unit"),
}
RIGHTS = Text("权利与义务", "Rights and duties")
PLATFORM_DUTIES = Text("平台的协助", "What the platform is asked for")
DAYS = {
    "calendar_days": Text("日", "days"),
    "working_days": Text("个工作日", "working days"),
    "months": Text("个月", "months"),
}
SIGNERS = (Text("抽样单位（盖章）", "Sampling body (stamp)"), Text("收件人签收", "Received by"))


def seller_notice(
    bought: Bought, units: tuple[SealedUnit, ...], objection: Rule, stamped: Stamped, *, names_order: bool
) -> Paper:
    """Give the notice to the seller: what was bought, which units are sealed, how long a result may be contested.

    The order's number, times and waybill lead a seller to the account and the address of the buyer, who would be known
    from then on, so they stand in it only where the rules ask for them.
    """
    parts = (
        _addressee(Text("销售者", "Seller"), bought.seller),
        goods(bought),
        purchase(bought) if names_order else _amount(bought),
        _sealed(units),
        Clauses(RIGHTS, _rights(objection, _second(units))),
        Signatures(SIGNERS),
    )
    return Paper(DocumentKind.SAMPLING_NOTICE, stamped, parts)


def platform_copy(bought: Bought, units: tuple[SealedUnit, ...], stamped: Stamped) -> Paper:
    """Give the copy that the platform keeps: the same goods and units, and what is asked of the platform."""
    parts = (
        _addressee(Text("平台经营者", "Platform operator"), bought.platform),
        goods(bought),
        _sealed(units),
        Clauses(PLATFORM_DUTIES, _ASKED),
        Signatures(SIGNERS),
    )
    return Paper(DocumentKind.PLATFORM_COPY, stamped, parts)


_ASKED = (
    Text("请协助将本告知书送达该销售者，并告知送达结果。",
         "Help to serve this notice on the seller, and tell us whether it was served."),
    Text("请保存该商品的页面、交易和物流记录。",
         "Keep the records of this item's pages, sales and deliveries."),
)  # fmt: skip


_BACKUP = Text("备样单独封存；只有经受理的复检才可启封。",
               "The backup unit is sealed for itself; only a re-test that was granted opens it.")  # fmt: skip
_NO_BACKUP = Text("依照事先公布的规则，本样品不留备样，不能复检；检验结果仅用于风险监测。",
                  "As the rules published beforehand allow, no backup unit was kept: the goods cannot be tested again, "
                  "and the result serves risk monitoring alone.")  # fmt: skip


_STANDS_IN = Text("检验样在检验前灭失或者受损，备样已代其送检，不能复检；检验结果仅用于风险监测。",
                  "The test unit was lost or damaged before its test, and the backup unit is tested in its place: the "
                  "goods cannot be tested again, and the result serves risk monitoring alone.")  # fmt: skip


def _second(units: tuple[SealedUnit, ...]) -> Text:
    """What there is for a second test."""
    if any(unit.stands_in for unit in units):
        return _STANDS_IN
    return _BACKUP if any(unit.role is Role.BACKUP for unit in units) else _NO_BACKUP


def _rights(objection: Rule, second: Text) -> tuple[Text, ...]:
    unit = DAYS[objection.unit]
    return (
        Text("上述商品以消费者身份按标价购买，由两名抽样人员拆封、分样并加封。",
             "The goods above were bought as a consumer buys, at the price shown, and opened, split and sealed by two "
             "samplers."),
        second,
        Text(f"对检验结果有异议的，可自收到结果告知之日起{objection.number}{unit.zh}内书面提出。",
             f"Who objects to the result may do so in writing within {objection.number} {unit.en} of receiving it."),
        Text("对样品真实性有异议的，请附证明材料。",
             "Who disputes that the goods are genuine encloses what proves it."),
        Text(f"期限依据：{objection.source}（规则集 {objection.rulebook}）。",
             f"Basis of the time limit: {objection.source} (rulebook {objection.rulebook})."),
    )  # fmt: skip


def _amount(bought: Bought) -> Facts:
    facts: tuple[tuple[Text, Value], ...] = (
        (Text("购买数量", "Quantity"), "" if bought.quantity is None else str(bought.quantity)),
        (Text("实付金额", "Paid"), "" if bought.paid is None else str(bought.paid)),
    )
    return Facts(ORDER, facts)


def _addressee(name: Text, value: Value) -> Facts:
    return Facts(TO, ((name, value),))


def _sealed(units: tuple[SealedUnit, ...]) -> Facts:
    return Facts(KEPT, tuple((UNIT_NAMES[unit.role], f"{unit.code} · {unit.seal_no}") for unit in units))
