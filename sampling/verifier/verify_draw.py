#!/usr/bin/env python3
"""Draws a published sample again and says whether it is the one that was announced: Python 3.10 or later, nothing else.

    python3 verify_draw.py FOLDER                      the whole draw
    python3 verify_draw.py FOLDER --merchant ID        and what became of one listing
    python3 verify_draw.py FOLDER --merchant ID --proof FILE    one listing alone, without the frame

It prints OK or MISMATCH and what differs. The exit code is 0 for OK, 1 for MISMATCH, 2 when a file cannot be read.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import heapq
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

LEAF, SPAN, SLACK, ORIGIN = 1024, 1 << 65, 8, "0" * 64
Report = list[tuple[str, str]]  # what was compared, and how it differs; an empty text means that it does not


class Place(NamedTuple):
    """One listing's place in its stratum, drawn again."""

    stratum: str
    rank: int
    id: str
    size: int
    ticket: int
    selected: bool
    certain: bool


class Frame(NamedTuple):
    """What was read of the frame: its hashes, and for each stratum the ids and their sizes."""

    sha256: str
    merkle_root: str
    lines: int
    strata: dict[str, tuple[list[bytes], list[int]]]
    faults: list[str]
    found: tuple[str, ...]


def main(words: Sequence[str] | None = None) -> int:
    """Give the exit code."""
    parser = argparse.ArgumentParser(description="Draws a published sample again and compares.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--merchant", metavar="ID", default="", help="the id of one listing, platform:item")
    parser.add_argument(
        "--proof", type=Path, metavar="FILE", help="a proof for that listing, checked without the frame"
    )
    chosen = parser.parse_args(words)
    try:
        report, said = _one_listing(chosen) if chosen.proof else _whole(chosen.folder, chosen.merchant)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError) as error:
        print(f"UNREADABLE {type(error).__name__}: {error}")
        return 2
    lines = [f"MISMATCH  {name}: {wrong}" if wrong else f"ok        {name}" for name, wrong in report]
    print("\n".join(lines + said))
    faults = [name for name, wrong in report if wrong]
    print(f"MISMATCH {len(faults)}: {', '.join(faults)}" if faults else "OK")
    return 1 if faults else 0


def _whole(folder: Path, merchant: str) -> tuple[Report, list[str]]:
    plan = _json(folder, "plan.json")
    frame = _read_frame(folder, merchant)
    plan_sha256 = hashlib.sha256((folder / "plan.json").read_bytes()).hexdigest()
    report: Report = [
        ("plan is in its canonical form", _differs(plan_sha256, hashlib.sha256(_canonical(plan)).hexdigest())),
        ("frame hash", _differs(frame.sha256, plan["frame_sha256"])),
        ("Merkle root", _differs(frame.merkle_root, plan["merkle_root"])),
        ("number of listings", _differs(frame.lines, plan["listings"])),
        ("every line of the frame", "; ".join(frame.faults[:3])),
    ]
    salts, beacon = _json(folder, "salts.json")["salts"], _json(folder, "beacon.json")
    report += _promises(plan, plan_sha256, salts, beacon, folder)
    salt = b"".join(bytes.fromhex(item["salt"]) for item in sorted(salts, key=lambda item: str(item["party"])))
    value = bytes.fromhex(beacon["value"])
    root = _framed(b"msw/draw/v1", bytes.fromhex(plan_sha256), bytes.fromhex(frame.sha256), salt, value)
    seed = _framed(b"listing", root).hex()
    taken = _taken(folder, plan, report)
    places = [
        place
        for name in sorted(set(frame.strata) | set(plan["n"]))
        for place in _draw(name, frame.strata.get(name, ([], [])), plan, taken, seed)
    ]
    report += _results(folder, places)
    drawn = sum(place.selected for place in places)
    said = [f"{drawn} listings drawn from {frame.lines}, seed {seed}", *_unproved(beacon)]
    return report, said + (_became(merchant, frame, places) if merchant else [])


def _read_frame(folder: Path, merchant: str) -> Frame:
    whole, wanted, last, previous, count = hashlib.sha256(), merchant.encode(), b"", b"", 0
    strata: dict[bytes, tuple[list[bytes], list[int]]] = {}
    leaves: list[bytes] = []
    faults: list[str] = []
    found: tuple[str, ...] = ()
    packed = folder / "frame.tsv.gz"
    with gzip.open(packed, "rb") if packed.exists() else (folder / "frame.tsv").open("rb") as file:
        while leaf := list(islice(file, LEAF)):
            data = b"".join(leaf)
            whole.update(data)
            leaves.append(hashlib.sha256(b"\0" + data).digest())
            for line in leaf:
                id_, stratum, number = line.split(b"\t")
                size, count = int(number), count + 1
                if size < 1 or id_ == last or line < previous:
                    faults.append(f"line {count} is out of order, there twice, or of a size below 1")
                    continue
                if stratum not in strata:
                    strata[stratum] = ([], [])
                ids, sizes = strata[stratum]
                ids.append(id_)
                sizes.append(size)
                if wanted and not found and id_ >= wanted:
                    found = (last.decode(), id_.decode(), str(count))
                last, previous = id_, line
    named = {name.decode(): held for name, held in strata.items()}
    return Frame(whole.hexdigest(), _root(leaves), count, named, faults, found or (last.decode(), "", str(count + 1)))


def _root(level: list[bytes]) -> str:
    level = level or [hashlib.sha256(b"\0").digest()]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()


def _taken(folder: Path, plan: dict[str, Any], report: Report) -> set[bytes]:
    """Give the ids that earlier rounds had taken: they cannot be drawn again."""
    path = folder / "taken.txt"
    data = path.read_bytes() if path.exists() else b""
    report.append(
        ("listings taken by earlier rounds", _differs(hashlib.sha256(data).hexdigest(), plan["taken_sha256"]))
    )
    return set(data.split(b"\n")) - {b""}


def _promises(
    plan: dict[str, Any], plan_sha256: str, salts: list[dict[str, str]], beacon: dict[str, Any], folder: Path
) -> Report:
    hashes = [hashlib.sha256(b"msw/salt/v1" + bytes.fromhex(item["salt"])).hexdigest() for item in salts]
    report = [
        (f"salt of {item['party']}", _differs(mine, item["commitment"]))
        for item, mine in zip(salts, hashes, strict=True)
    ]
    parties = sorted(str(item["party"]) for item in salts)
    report.append(("parties", _differs(", ".join(parties), ", ".join(plan["parties"]))))
    report.append(
        ("length of the salts", "" if all(len(item["salt"]) == 64 for item in salts) else "not 32 bytes each")
    )
    log = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    report.append(("chain of the log", _broken(log)))
    mine = [entry for entry in log if entry["noun"] == "draw" and entry["data"].get("number") == plan["number"]]
    report.append(("plan in the log", _logged(mine, "frozen", plan_sha256, "plan_sha256")))
    promised = sorted((item["party"], item["commitment"]) for item in salts)
    given = [entry for entry in mine if entry["type"] == "commitment_given"]
    logged = sorted((entry["data"]["party"], entry["data"]["sha256"]) for entry in given)
    report.append(("commitments in the log", "" if promised == logged else "they are not those of the salts"))
    due = plan["sources"][0]["due"]
    late = [
        entry["data"]["party"] for entry in given if datetime.fromisoformat(entry["at"]) >= datetime.fromisoformat(due)
    ]
    report.append(("commitments before the beacon", f"late: {', '.join(late)}" if late else ""))
    sample = hashlib.sha256((folder / "sample.txt").read_bytes()).hexdigest()
    report.append(("sample in the log", _logged(mine, "drawn", sample, "sample_sha256")))
    return report + _beacon(plan, beacon, [entry for entry in mine if entry["type"] == "beacon_missed"])


def _beacon(plan: dict[str, Any], beacon: dict[str, Any], missed: list[dict[str, Any]]) -> Report:
    source = plan["sources"][len(missed)] if len(missed) < len(plan["sources"]) else {"chain": "no source", "round": 0}
    early = [
        m
        for m, s in zip(missed, plan["sources"], strict=False)
        if datetime.fromisoformat(m["at"]) < datetime.fromisoformat(s["until"])
    ]
    return [
        ("beacon's chain", _differs(beacon["chain"], source["chain"])),
        ("beacon's round", _differs(beacon["round"], source["round"])),
        ("sources given up in time", "a source was given up before its time" if early else ""),
        ("beacon's value", _value(source, beacon)),
    ]


def _value(source: dict[str, Any], beacon: dict[str, Any]) -> str:
    answer, kind = beacon["answer"], source.get("kind")
    if kind == "drand":
        if answer["round"] != source["round"] or answer["chain_hash"] != source["chain_hash"]:
            return "the signature is of another round or chain"
        return _differs(beacon["value"], hashlib.sha256(bytes.fromhex(answer["signature"])).hexdigest())
    if kind == "ceremony":
        record = {"scheme": "msw/ceremony/v1", "chain": source["chain"], **answer}
        return _differs(beacon["value"], hashlib.sha256(_canonical(record)).hexdigest())
    if kind == "nist":
        return _differs(beacon["value"], _pulse(answer["pulse"], source))
    return f"no beacon of the kind {kind} is known here"


def _pulse(pulse: dict[str, Any], source: dict[str, Any]) -> str:
    """Give the output value that the pulse's fields hash to, or what makes it another pulse."""
    if not pulse["timeStamp"].startswith(source["due"][:19]) or pulse["chainIndex"] != source["chain_index"]:
        return "another minute or chain"
    outside = pulse["external"]
    values = [outside["value"], *(item["value"] for item in pulse["listValues"]), pulse["precommitmentValue"]]
    parts = [
        _led(pulse["uri"].encode()), _led(pulse["version"].encode()), _wide(pulse["cipherSuite"], 4),
        _wide(pulse["period"], 4), _led(bytes.fromhex(pulse["certificateId"])), _wide(pulse["chainIndex"], 8),
        _wide(pulse["pulseIndex"], 8), _led(pulse["timeStamp"].encode()),
        _led(bytes.fromhex(pulse["localRandomValue"])), _led(bytes.fromhex(outside["sourceId"])),
        _wide(outside["statusCode"], 4),
        *(_led(bytes.fromhex(value)) for value in values), _wide(pulse["statusCode"], 4),
    ]  # fmt: skip
    return hashlib.sha512(b"".join(parts) + bytes.fromhex(pulse["signatureValue"])).hexdigest()


def _broken(log: list[dict[str, Any]]) -> str:
    previous = ORIGIN
    for place, entry in enumerate(log, start=1):
        record = {name: value for name, value in entry.items() if name not in {"prev_hash", "hash"}}
        whole = hashlib.sha256(previous.encode() + _canonical(record)).hexdigest()
        if entry["seq"] != place or entry["prev_hash"] != previous or entry["hash"] != whole:
            return f"entry {place} does not continue from the one before"
        previous = entry["hash"]
    return ""


def _logged(entries: list[dict[str, Any]], type_: str, value: str, name: str) -> str:
    logged = [entry["data"].get(name) for entry in entries if entry["type"] == type_]
    return _differs(value, logged[0]) if len(logged) == 1 else f"{len(logged)} entries say {type_}"


def _draw(
    stratum: str, held: tuple[list[bytes], list[int]], plan: dict[str, Any], taken: set[bytes], seed: str
) -> list[Place]:
    pool: list[tuple[bytes, int]] = list(zip(*held, strict=True))
    pool = [unit for unit in pool if unit[0] not in taken] if taken else pool
    n, base = plan["n"].get(stratum, 0), hashlib.sha256(seed.encode())
    certain, pool, n = _certain(pool, n)
    ranked = _ranked(pool, n, base, n + plan["reserve"])
    both = [(unit, True) for unit in sorted(certain)] + [(unit, False) for unit in ranked]
    first = len(certain) + n
    return [
        Place(stratum, rank, id_.decode(), size, _odd(base, id_) >> 1, rank <= first, sure)
        for rank, ((id_, size), sure) in enumerate(both, start=1)
    ]


def _certain(pool: list[tuple[bytes, int]], n: int) -> tuple[list[tuple[bytes, int]], list[tuple[bytes, int]], int]:
    """Take every listing whose share of the sizes is a whole place or more, again and again."""
    if n >= len(pool):
        return pool, [], 0
    certain: list[tuple[bytes, int]] = []
    while n > 0:
        total = sum(size for _, size in pool)
        big = [unit for unit in pool if n * unit[1] >= total]
        if not big:
            break
        certain, n = certain + big, n - len(big)
        pool = [unit for unit in pool if (n + len(big)) * unit[1] < total]
    return certain, pool, n


def _ranked(pool: list[tuple[bytes, int]], n: int, base: Any, most: int) -> list[tuple[bytes, int]]:
    """Rank by the key u/(1-u) · (1-λ)/λ: fast in floats, then exactly around the cut."""
    total, share = sum(size for _, size in pool), max(n, 1)

    def keys() -> Iterator[tuple[float, bytes, int]]:
        copy, whole, from_bytes = base.copy, float(total), int.from_bytes
        for id_, size in pool:
            ticket = copy()
            ticket.update(id_)
            odd = 2 * from_bytes(ticket.digest()[:8], "big") + 1
            yield odd / (SPAN - odd) * (whole / (share * size) - 1.0), id_, size

    def exact(unit: tuple[bytes, int]) -> tuple[Fraction, bytes]:
        odd, weight = _odd(base, unit[0]), share * unit[1]
        return Fraction(odd * max(total - weight, 0), (SPAN - odd) * weight), unit[0]

    near = heapq.nsmallest(most + SLACK, keys())
    return sorted(((id_, size) for _, id_, size in near), key=exact)[:most]


def _odd(base: Any, id_: bytes) -> int:
    ticket = base.copy()
    ticket.update(id_)
    return 2 * int.from_bytes(ticket.digest()[:8], "big") + 1


def _results(folder: Path, places: Iterable[Place]) -> Report:
    mine = {p.id: p for p in places if p.selected}
    claimed = (folder / "sample.txt").read_text(encoding="utf-8").splitlines()
    apart = sorted(set(mine) ^ set(claimed))
    sample = f"{len(apart)} listings differ, the first is {apart[0]}" if apart else _differs(len(claimed), len(mine))
    reserve = [(p.stratum, str(p.rank), p.id, str(p.ticket)) for p in places if not p.selected]
    tickets = sorted(
        (p.stratum, str(p.rank), p.id, str(p.size), str(p.ticket), str(int(p.certain))) for p in mine.values()
    )
    return [
        ("sample", sample),
        ("reserve order", _rows(folder, "reserve.tsv", sorted(reserve))),
        ("tickets", _rows(folder, "tickets.tsv", sorted(tickets))),
    ]


def _rows(folder: Path, name: str, mine: Sequence[tuple[str, ...]]) -> str:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()[1:]
    width = len(mine[0]) if mine else 1
    theirs = sorted(tuple(line.split("\t")[:width]) for line in lines)
    apart = sorted(set(mine) ^ set(theirs))
    return (
        f"{len(apart)} lines differ, the first is {' '.join(apart[0])}" if apart else _differs(len(theirs), len(mine))
    )


def _became(merchant: str, frame: Frame, places: Iterable[Place]) -> list[str]:
    before, here, line = frame.found
    if here != merchant:
        return [
            f"{merchant} is not in the frame: it would stand between {before or 'its start'} and {here or 'its end'}"
        ]
    for place in places:
        if place.id == merchant:
            state = "drawn" if place.selected else "in reserve"
            return [f"{merchant} is line {line}: {state}, rank {place.rank} of {place.stratum}, ticket {place.ticket}"]
    return [f"{merchant} is line {line} of the frame: neither drawn nor in reserve"]


def _unproved(beacon: dict[str, Any]) -> list[str]:
    said = ["not checked here: the beacon's signature, which needs a library; anyone can check it by the pinned key"]
    return [*said, *(f"not proved by anyone: {name}" for name in beacon["unproved"])]


def _one_listing(chosen: argparse.Namespace) -> tuple[Report, list[str]]:
    plan, given = _json(chosen.folder, "plan.json"), json.loads(chosen.proof.read_text(encoding="utf-8"))
    roots = [_climb(proof, given["leaves"]) for proof in given["proofs"]]
    report = [("Merkle root", "" if set(roots) == {plan["merkle_root"]} else "a leaf does not belong to this frame")]
    lines = [line for proof in given["proofs"] for line in proof["lines"]]
    wanted, ids = chosen.merchant, [line.split("\t")[0] for line in lines]
    if wanted in ids:
        return report, [f"{wanted} is in the frame: {lines[ids.index(wanted)].strip()}"]
    leaves = [proof["leaf"] for proof in given["proofs"]]
    key = f"{wanted}\t".encode()
    closed = leaves == list(range(leaves[0], leaves[0] + len(leaves)))
    closed &= leaves[0] == 0 or lines[0].encode() < key
    closed &= leaves[-1] == given["leaves"] - 1 or key < lines[-1].encode()
    return [*report, ("no room for it", "" if closed else "the leaves leave room for it")], [
        f"{wanted} is not in the frame"
    ]


def _climb(proof: dict[str, Any], width: int) -> str:
    node = hashlib.sha256(b"\0" + "".join(proof["lines"]).encode()).digest()
    place, beside = proof["leaf"], iter(proof["path"])
    while width > 1:
        if place % 2 or place + 1 < width:
            other = bytes.fromhex(next(beside, ""))
            node = hashlib.sha256(b"\1" + (other + node if place % 2 else node + other)).digest()
        place, width = place // 2, (width + 1) // 2
    return node.hex()


def _json(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def _canonical(record: dict[str, Any]) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _framed(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(_led(part, 8) for part in parts)).digest()


def _led(data: bytes, width: int = 4) -> bytes:
    return _wide(len(data), width) + data


def _wide(value: int, width: int) -> bytes:
    return value.to_bytes(width, "big")


def _differs(mine: object, theirs: object) -> str:
    return "" if str(mine) == str(theirs) else f"{mine}, published {theirs}"


if __name__ == "__main__":
    sys.exit(main())
