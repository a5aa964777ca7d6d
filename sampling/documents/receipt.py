"""The handover receipt: one passing of a unit from hand to hand, for both parties to sign."""

from dataclasses import dataclass

from sampling.custody import CARRIER, STATION, BusinessStep, Handover
from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Facts, Paper, Signatures, Stamped, Value, instant
from sampling.text import Text


@dataclass(frozen=True, slots=True)
class Passed:
    """What was handed over: the unit by its blind code, and the entry of its chain.

    The number counts the passings alone: what its holder did to a unit before would tell what it was sealed for.
    """

    blind_code: str
    number: int
    handover: Handover


HEAD = Text("交接记录", "Handover")
SEAL_FOUND = {True: Text("完好", "whole"), False: Text("破损", "broken"), None: Text("未查看", "not looked at")}
SIGNERS = (Text("交出方", "Released by"), Text("接收方", "Received by"))


PARTIES = {STATION: Text("抽样站", "the sampling station"), CARRIER: Text("承运人", "the carrier")}
SAMPLER = Text("抽样人员", "a sampler")
"""Stands for every person: a receipt may go to a laboratory, which must not learn who bought or sealed the goods."""
STEPS = {
    BusinessStep.PACKING: Text("封样", "sealing"),
    BusinessStep.SHIPPING: Text("发运", "sending"),
    BusinessStep.TRANSPORTING: Text("运输", "on the way"),
    BusinessStep.RECEIVING: Text("接收", "receiving"),
    BusinessStep.INSPECTING: Text("检查", "inspecting"),
    BusinessStep.UNPACKING: Text("启封", "opening"),
    BusinessStep.STORING: Text("留存", "storing"),
    BusinessStep.DESTROYING: Text("销毁", "destroying"),
    BusinessStep.OTHER: Text("其他", "other"),
}
CONDITIONS = {
    "intact": Text("完好", "intact"),
    "dented": Text("凹陷", "dented"),
    "wet": Text("受潮", "wet"),
    "opened": Text("已开封", "opened"),
    "leaking": Text("渗漏", "leaking"),
    "broken_seal": Text("封签破损", "the seal is broken"),
}


def party(name: str) -> Text:
    """Give a party of a chain in both languages; every person is called alike, and a laboratory by its code."""
    kind, _, rest = name.partition(":")
    if kind == "lab" and rest:
        return Text(f"检验机构 {rest}", f"laboratory {rest}")
    return PARTIES.get(name, SAMPLER)


def handover_receipt(passed: Passed, stamped: Stamped) -> Paper:
    """Give the receipt of one handover."""
    step = passed.handover
    facts: tuple[tuple[Text, Value], ...] = (
        (Text("盲码", "Blind code"), passed.blind_code),
        (Text("交接次序", "Handover no."), str(passed.number)),
        (Text("时间", "At"), instant(step.at)),
        (Text("交出方", "Released by"), party(step.released_by)),
        (Text("接收方", "Received by"), party(step.received_by)),
        (Text("地点", "Place"), PARTIES.get(step.place, step.place)),
        (Text("环节", "Step"), STEPS[step.step]),
        (Text("封签号", "Seal"), step.seal_no or ""),
        (Text("封签状态", "Seal found"), SEAL_FOUND[step.seal_ok]),
        (Text("样品状况", "Condition"), CONDITIONS.get(step.condition, step.condition)),
        (Text("温度", "Temperature"), "" if step.temperature is None else f"{step.temperature} °C"),
    )
    return Paper(DocumentKind.HANDOVER_RECEIPT, stamped, (Facts(HEAD, facts), Signatures(SIGNERS)))
