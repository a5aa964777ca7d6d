"""A published draw: the folder a stranger needs to draw the same again, with the program that does it."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from sampling.beacons.interface import Pulse
from sampling.ceremony import Commitment, DrawPlan
from sampling.digest import canonical
from sampling.merkle import Proof
from sampling.places import Place, reserve_file, sample_file, taken_file, tickets_file

README = """# 抽样公示 · A published draw

活动 Campaign {campaign}, 抽样 draw {number}: {drawn} / {listings}

运行 Run: `python3 verify_draw.py .`
一条商品 One listing: `python3 verify_draw.py . --merchant PLATFORM:ITEM`

| 文件 file | 内容 what it is |
|---|---|
| plan.json | 抽样方案，其 SHA-256 在随机信标之前公布 the plan; its SHA-256 was announced before the beacon |
| frame.tsv | 抽样框：{zh} the frame: {en} |
| salts.json | 各方的盐值及其承诺 each party's salt and its commitment |
| beacon.json | 随机信标的数值与证明 the beacon's value and proof |
| sample.txt | 抽中的商品 the drawn listings |
| tickets.tsv | 号票与入样概率 tickets and inclusion probabilities |
| reserve.tsv | 备选次序及启用原因 the reserve order, and why a reserve was taken |
| taken.txt | 前几轮已取走的商品 what earlier rounds had taken |
| log.jsonl | 哈希链日志 the hash-chained log |
"""
ASSIGNED = """| assignment.json | 样品分派及其影子价格；运行 `python3 verify_assignment.py .` \
who has each sample, and the prices that prove it |
"""
COLUMNS = ("编号、层、规模", "id, stratum, size"), ("编号、层、规模、商家", "id, stratum, size, merchant")
PUBLIC = frozenset({"lab"})
"""The purposes whose assignments are shown: a laboratory is named beside its results anyway.

Whoever sees which shopper or sampler took each sample can tell one's purchases by another's, whatever he is called.
"""


@dataclass(frozen=True, slots=True)
class Published:
    """All that is shown of a draw once its purchases are closed."""

    plan: DrawPlan
    commitments: Sequence[Commitment]
    salts: Mapping[str, bytes]
    pulse: Pulse
    places: Sequence[Place]
    log: Sequence[Mapping[str, Any]]
    """Entries with their hashes, as they were written."""
    taken: Sequence[str] = ()
    assignments: Sequence[Mapping[str, Any]] = ()
    """Records of `sampling.assignment.assignment_record`, in the order in which they were made."""


def folder(draw: Published, frame: bytes, purposes: Collection[str] = PUBLIC) -> dict[str, bytes]:
    """Give the name and the bytes of each file; the frame's are those that were frozen.

    Of the assignments only those of the purposes are in it.
    """
    promised = {one.party: one.sha256 for one in draw.commitments}
    salts = [
        {"party": party, "salt": draw.salts[party].hex(), "commitment": promised[party]} for party in draw.plan.parties
    ]
    shown = [record for record in draw.assignments if record["purpose"] in purposes]
    return {
        "plan.json": canonical(draw.plan.record()),
        "frame.tsv": frame,
        "salts.json": canonical({"salts": salts}),
        "beacon.json": canonical(pulse_record(draw.pulse)),
        "sample.txt": sample_file(draw.places),
        "tickets.tsv": tickets_file(draw.places),
        "reserve.tsv": reserve_file(draw.places),
        "taken.txt": taken_file(draw.taken),
        "log.jsonl": b"".join(canonical(entry) for entry in draw.log),
        "verify_draw.py": verifier("verify_draw.py"),
        **(_assigned(shown) if shown else {}),
        "README.md": _readme(draw, bool(shown)),
    }


def verifier(name: str) -> bytes:
    """Give a program that stands beside published draws: `verify_draw.py` or `verify_assignment.py`."""
    return (files("sampling") / "verifier" / name).read_bytes()


def pulse_record(pulse: Pulse) -> dict[str, Any]:
    """Give a beacon's value as plain JSON, with what a stranger needs to prove it again."""
    return {
        "chain": pulse.chain, "round": pulse.round, "value": pulse.value.hex(), "proved": list(pulse.proved),
        "unproved": list(pulse.unproved), "answer": dict(pulse.answer),
    }  # fmt: skip


def pulse_of(record: Mapping[str, Any]) -> Pulse:
    """Give the value back from its plain JSON."""
    proved, unproved = tuple(record["proved"]), tuple(record["unproved"])
    return Pulse(record["chain"], record["round"], bytes.fromhex(record["value"]), proved, unproved, record["answer"])


def proof_file(proofs: Iterable[Proof]) -> bytes:
    """Give what one merchant takes to a verifier instead of the whole frame."""
    held = tuple(proofs)
    shown = [{"leaf": proof.leaf, "lines": [line.decode() for line in proof.lines],
              "path": [step.hex() for step in proof.path]} for proof in held]  # fmt: skip
    return json.dumps({"leaves": held[0].leaves, "proofs": shown}, ensure_ascii=False).encode() + b"\n"


def _assigned(records: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    return {"assignment.json": canonical({"assignments": list(records)}),
            "verify_assignment.py": verifier("verify_assignment.py")}  # fmt: skip


def _readme(draw: Published, assigned: bool) -> bytes:
    plan, drawn = draw.plan, sum(place.selected for place in draw.places)
    zh, en = COLUMNS[plan.by_merchant]
    text = README.format(campaign=plan.campaign, number=plan.number, drawn=drawn, listings=plan.listings, zh=zh, en=en)
    return (text + (ASSIGNED if assigned else "")).encode()
