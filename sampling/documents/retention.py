"""The retention list: which units are kept, where, from when each may be disposed of, and by which duty."""

from dataclasses import dataclass
from datetime import datetime

from sampling.custody import UnitState
from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Facts, Grid, Paper, Signatures, Stamped, Value, instant
from sampling.text import Text


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """One unit in the store; without a release date, or on hold, it may not be disposed of."""

    code: str
    seal_no: str
    state: UnitState
    place: str | None
    release_at: datetime | None = None
    rule: str = ""
    status: str = ""
    """How well the duty is known: `read`, `secondary` or `unconfirmed`."""
    held: bool = False


HEAD = Text("留存范围", "What is kept")
LINES = Text("留存样品", "Kept units")
HEADS = (
    Text("样品编号", "Unit"),
    Text("封签号", "Seal"),
    Text("状态", "State"),
    Text("存放处", "Place"),
    Text("可处置日期", "May be disposed of from"),
    Text("依据", "Duty"),
)
STATES = {
    UnitState.REGISTERED: Text("已登记", "registered"),
    UnitState.SEALED: Text("已封样", "sealed"),
    UnitState.IN_TRANSIT: Text("在途", "on the way"),
    UnitState.AT_LAB: Text("在检验机构", "at the laboratory"),
    UnitState.IN_TEST: Text("检验中", "in test"),
    UnitState.TESTED: Text("已检验", "tested"),
    UnitState.RETAINED: Text("留存中", "kept"),
    UnitState.DISPOSED: Text("已销毁", "destroyed"),
    UnitState.GIVEN_BACK: Text("已退还", "given back"),
    UnitState.LOST: Text("灭失", "lost"),
    UnitState.COMPROMISED: Text("封签破损", "seal broken"),
}
STATUSES = {
    "read": Text("已查原文", "read at its source"),
    "secondary": Text("据二手资料", "from a summary"),
    "unconfirmed": Text("待核实", "not confirmed"),
}
KEEP = Text("未定，不得处置", "not set: keep")
HELD = Text("已责令保全，不得处置", "on hold: keep")
SIGNERS = (
    Text("保管人", "Keeper"),
    Text("处置提出人", "Disposal proposed by"),
    Text("处置批准人", "Disposal approved by"),
)


def retention_list(campaign: Text, number: str, kept: tuple[KeptUnit, ...], stamped: Stamped) -> Paper:
    """Give the list of what a campaign keeps, the disposal of which one officer proposes and a second approves."""
    rows = tuple(
        (unit.code, unit.seal_no, STATES[unit.state], unit.place or "", _until(unit), _duty(unit)) for unit in kept
    )
    facts = (
        (Text("抽查任务", "Campaign"), campaign),
        (Text("任务编号", "Campaign number"), number),
        (Text("留存份数", "Kept units"), str(len(kept))),
    )
    parts = (Facts(HEAD, facts), Grid(LINES, HEADS, rows), Signatures(SIGNERS))
    return Paper(DocumentKind.RETENTION_LIST, stamped, parts)


def _until(unit: KeptUnit) -> Value:
    if unit.held:
        return HELD
    return instant(unit.release_at) if unit.release_at else KEEP


def _duty(unit: KeptUnit) -> Value:
    """The code of the duty; one that is only remembered or proposed says so."""
    if not unit.rule:
        return ""
    known = STATUSES[unit.status]
    return Text(f"{unit.rule}（{known.zh}）", f"{unit.rule} ({known.en})")
