"""The handover receipt: one passing of a unit from hand to hand, for both parties to sign."""

from dataclasses import dataclass

from sampling.custody import Handover
from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Facts, Paper, Signatures, Stamped, Value, instant
from sampling.text import Text


@dataclass(frozen=True, slots=True)
class Passed:
    """What was handed over: the unit by its blind code, and the entry of its chain."""

    blind_code: str
    handover: Handover


HEAD = Text("交接记录", "Handover")
SEAL_FOUND = {True: Text("完好", "whole"), False: Text("破损", "broken"), None: Text("未查看", "not looked at")}
SIGNERS = (Text("交出方", "Released by"), Text("接收方", "Received by"))


def handover_receipt(passed: Passed, stamped: Stamped) -> Paper:
    """Give the receipt of one handover."""
    step = passed.handover
    facts: tuple[tuple[Text, Value], ...] = (
        (Text("盲码", "Blind code"), passed.blind_code),
        (Text("交接次序", "Handover no."), str(step.seq)),
        (Text("时间", "At"), instant(step.at)),
        (Text("交出方", "Released by"), step.released_by),
        (Text("接收方", "Received by"), step.received_by),
        (Text("地点", "Place"), step.place),
        (Text("环节", "Step"), step.step.value),
        (Text("封签号", "Seal"), step.seal_no or ""),
        (Text("封签状态", "Seal found"), SEAL_FOUND[step.seal_ok]),
        (Text("样品状况", "Condition"), step.condition),
        (Text("温度", "Temperature"), "" if step.temperature is None else f"{step.temperature} °C"),
    )
    return Paper(DocumentKind.HANDOVER_RECEIPT, stamped, (Facts(HEAD, facts), Signatures(SIGNERS)))
