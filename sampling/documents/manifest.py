"""The consignment manifest: what a laboratory is sent, under blind codes, as it was frozen when it was packed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Facts, Grid, Paper, Signatures, Stamped, Value, instant, joined
from sampling.text import Text


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One unit as the laboratory may see it: no seller, no brand, no platform."""

    blind_code: str
    seal_no: str
    category: Value
    items: tuple[str, ...]
    """The codes by which a laboratory names the items in its file."""
    methods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Item to the methods asked for; an item that is not in it may be tested by any."""
    names: Mapping[str, Text] = field(default_factory=dict)
    """Item to what it is called; one that is not in it stands for itself."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One consignment as its manifest names it."""

    number: str
    lab: Value
    packed_at: datetime
    manifest_sha256: str
    temperatures: tuple[str, str] | None = None
    """The coldest and the warmest degrees Celsius on the way, where the goods ask for it."""


HEAD = Text("委托信息", "Consignment")
LINES = Text("样品清单", "Units")
ITEMS = Text("检验项目（方法）", "Items (methods)")
HEADS = (
    Text("序号", "No."),
    Text("盲码", "Blind code"),
    Text("封签号", "Seal"),
    Text("类别", "Category"),
    ITEMS,
    Text("封签完好", "Seal whole"),
    Text("收样情况", "Condition"),
)
WIDE = HEADS.index(ITEMS)
BOX, ROOM = "□", "________"
"""To be ticked, and to be written in by hand."""
SIGNERS = (Text("发送方", "Released by"), Text("承运人", "Carrier"), Text("检验机构", "Received by the laboratory"))


def manifest(sent: Sent, lines: tuple[ManifestLine, ...], stamped: Stamped) -> Paper:
    """Give the manifest, with a box for each seal and room for the condition found at receipt."""
    facts: tuple[tuple[Text, Value], ...] = (
        (Text("委托编号", "Consignment"), sent.number),
        (Text("检验机构", "Laboratory"), sent.lab),
        (Text("装箱时间", "Packed at"), instant(sent.packed_at)),
        (Text("样品份数", "Units"), str(len(lines))),
        (Text("运输温度", "Keep at"), _kept(sent.temperatures)),
        (Text("清单哈希", "Hash of the frozen list"), sent.manifest_sha256),
    )
    rows = tuple(
        (str(place), line.blind_code, line.seal_no, line.category, _ordered(line), BOX, ROOM)
        for place, line in enumerate(lines, start=1)
    )
    return Paper(
        DocumentKind.MANIFEST, stamped, (Facts(HEAD, facts), Grid(LINES, HEADS, rows, WIDE), Signatures(SIGNERS))
    )


def _ordered(line: ManifestLine) -> Value:
    """The words for people, with the code that stands in the laboratory's file and the methods."""
    return joined([_item(item, " / ".join(line.methods.get(item, ())), line.names.get(item)) for item in line.items])


def _item(code: str, methods: str, name: Text | None) -> Value:
    if name is None:
        return f"{code} ({methods})" if methods else code
    told = f"{code}; {methods}" if methods else code
    return Text(f"{name.zh}（{methods}）" if methods else name.zh, f"{name.en} ({told})")


def _kept(temperatures: tuple[str, str] | None) -> Value:
    if temperatures is None:
        return Text("常规运输", "as any parcel")
    return f"{temperatures[0]}–{temperatures[1]} °C"
