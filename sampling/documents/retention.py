"""The retention list: which backup units are kept, where, and from when each may be disposed of."""

from dataclasses import dataclass
from datetime import datetime

from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Facts, Grid, Paper, Signatures, Stamped, instant
from sampling.text import Text


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """One backup unit in the store; without a release date it may not be disposed of."""

    code: str
    seal_no: str
    state: str
    place: str | None
    release_at: datetime | None = None


HEAD = Text("留存范围", "What is kept")
LINES = Text("备样", "Backup units")
HEADS = (
    Text("样品编号", "Unit"),
    Text("封签号", "Seal"),
    Text("状态", "State"),
    Text("存放处", "Place"),
    Text("可处置日期", "May be disposed of from"),
)
KEEP = Text("未定，不得处置", "not set: keep")
SIGNERS = (
    Text("保管人", "Keeper"),
    Text("处置批准人一", "First approval of disposal"),
    Text("处置批准人二", "Second approval of disposal"),
)


def retention_list(campaign: Text, number: str, kept: tuple[KeptUnit, ...], stamped: Stamped) -> Paper:
    """Give the list of a campaign's backup units, the disposal of which two persons approve."""
    rows = tuple(
        (unit.code, unit.seal_no, unit.state, unit.place or "", instant(unit.release_at) if unit.release_at else KEEP)
        for unit in kept
    )
    facts = (
        (Text("抽查任务", "Campaign"), campaign),
        (Text("任务编号", "Campaign number"), number),
        (Text("备样份数", "Backup units"), str(len(kept))),
    )
    parts = (Facts(HEAD, facts), Grid(LINES, HEADS, rows), Signatures(SIGNERS))
    return Paper(DocumentKind.RETENTION_LIST, stamped, parts)
