"""The sampling mandate: on whose behalf and on what basis two samplers buy and seal one sample."""

from dataclasses import dataclass
from datetime import datetime

from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Clauses, Facts, Paper, Signatures, Stamped, Value, instant
from sampling.text import Text


@dataclass(frozen=True, slots=True)
class Mandate:
    """What is mandated: which sample of which campaign, under which rules, by when; it names no shopper."""

    sample: str
    campaign: Text
    number: str
    category: Value
    platform: str
    units: int
    rulebook: str
    due_at: datetime


HEAD = Text("委托内容", "What is mandated")
DUTIES = Text("抽样人员守则", "What the samplers keep to")
SIGNERS = (
    Text("委托单位（盖章）", "Mandating authority (stamp)"),
    Text("抽样人员一（证件号）", "First sampler (card number)"),
    Text("抽样人员二（证件号）", "Second sampler (card number)"),
)
_DUTIES = (
    Text("以普通消费者身份购买，不表明公务目的。",
         "Buy as any consumer does, and do not show that it is on duty."),
    Text("收到包裹后由两人在场，全程录像，拆封、核对、分样并加封。",
         "When the parcel is there, two persons open it on one uncut film, compare, split and seal it."),
    Text("检验样与备样分别加封，封签号不得重复使用。",
         "Test and backup unit get a seal each; no seal number is used twice."),
    Text("与被抽样销售者有利害关系的，应当回避。",
         "Who has an interest in the seller stands aside."),
)  # fmt: skip


def task_mandate(mandate: Mandate, stamped: Stamped) -> Paper:
    """Give the mandate for the sampling of one sample."""
    facts: tuple[tuple[Text, Value], ...] = (
        (Text("抽查任务", "Campaign"), mandate.campaign),
        (Text("任务编号", "Campaign number"), mandate.number),
        (Text("样品编号", "Sample"), mandate.sample),
        (Text("类别", "Category"), mandate.category),
        (Text("平台", "Platform"), mandate.platform),
        (Text("购买份数", "Units to buy"), str(mandate.units)),
        (Text("依据规则集", "Rulebook"), mandate.rulebook),
        (Text("完成期限", "To be done by"), instant(mandate.due_at)),
    )
    parts = (Facts(HEAD, facts), Clauses(DUTIES, _DUTIES), Signatures(SIGNERS))
    return Paper(DocumentKind.TASK_MANDATE, stamped, parts)
