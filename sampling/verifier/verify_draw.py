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
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

LEAF, SPAN, SLACK, ORIGIN, SALT, WHOLE = 1024, 1 << 65, 8, "0" * 64, b"msw/salt/v1", "targeted/"
Json = dict[str, Any]
Report = list[tuple[str, str]]  # what was compared, and how it differs; an empty text means that it does not
Packed = tuple[bytearray, "array[int]", "array[int]"]  # a stratum's ids, sizes and merchants: 10 million fit into 1 GB
Pool = tuple[Sequence[bytes], Sequence[int], Any]  # ids, sizes, and the hash that the tickets begin with
Order = list[tuple[int, bool]]  # listings by their place in a pool, and whether each is certain
Row = tuple[str, str, str, str, str, str]  # stratum, rank, id, size, ticket, 1 for certain


class Frame(NamedTuple):
    """What was read of the frame: its hashes, its strata, what is wrong with it, and where one listing stands."""

    sha256: str
    merkle_root: str
    lines: int
    strata: dict[str, Packed]
    merchants: list[bytes]
    faults: list[str]
    found: tuple[str, ...]


def main(words: Sequence[str] | None = None) -> int:
    """Give the exit code."""
    parser = argparse.ArgumentParser(description="Draws a published sample again and compares.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--merchant", metavar="ID", default="", help="the id of one listing, platform:item")
    parser.add_argument("--proof", type=Path, metavar="FILE", help="its proof, checked without the frame")
    chosen = parser.parse_args(words)
    try:
        report, said = _one_listing(chosen) if chosen.proof else _whole(chosen.folder, chosen.merchant)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, OverflowError) as error:
        print(f"UNREADABLE {type(error).__name__}: {error}")
        return 2
    print(
        "\n".join([*(f"MISMATCH  {name}: {wrong}" if wrong else f"ok        {name}" for name, wrong in report), *said])
    )
    faults = [name for name, wrong in report if wrong]
    print(f"MISMATCH {len(faults)}: {', '.join(faults)}" if faults else "OK")
    return 1 if faults else 0


def _whole(folder: Path, merchant: str) -> tuple[Report, list[str]]:
    plan = _json(folder, "plan.json")
    taken = (folder / "taken.txt").read_bytes() if (folder / "taken.txt").exists() else b""
    columns = 4 if plan.get("cap") or plan.get("each") else 3
    frame = _read_frame(folder, merchant, set(taken.split(b"\n")), columns)
    plan_sha256 = _sha256((folder / "plan.json").read_bytes())
    report: Report = [
        ("plan is in its canonical form", _differs(plan_sha256, _sha256(_canonical(plan)))),
        ("frame hash", _differs(frame.sha256, plan["frame_sha256"])),
        ("Merkle root", _differs(frame.merkle_root, plan["merkle_root"])),
        ("number of listings", _differs(frame.lines, plan["listings"])),
        ("every line of the frame", "; ".join(frame.faults[:3])),
        ("listings taken by earlier rounds", _differs(_sha256(taken), plan["taken_sha256"])),
    ]
    salts, beacon = _json(folder, "salts.json")["salts"], _json(folder, "beacon.json")
    report += _promises(plan, plan_sha256, salts, beacon, folder)
    salt = b"".join(bytes.fromhex(item["salt"]) for item in sorted(salts, key=lambda item: str(item["party"])))
    value = bytes.fromhex(beacon["value"])
    root = _framed(b"msw/draw/v1", bytes.fromhex(plan_sha256), bytes.fromhex(frame.sha256), salt, value)
    seed = _framed(b"listing", root).hex()
    drawn, reserve = _places(frame, plan, seed)
    report += [
        ("sample", _apart([(row[2],) for row in drawn], _lines(folder, "sample.txt"))),
        ("reserve order", _apart([(*row[:3], row[4]) for row in reserve], _lines(folder, "reserve.tsv")[1:])),
        ("tickets", _apart(drawn, _lines(folder, "tickets.tsv")[1:])),
    ]
    said = [
        f"{len(drawn)} listings drawn from {frame.lines}, seed {seed}",
        "not checked here: the beacon's signature, which needs a library; anyone can check it by the pinned key",
        *(f"not proved by anyone: {name}" for name in beacon["unproved"]),
    ]
    return report, said + ([_became(merchant, frame, drawn, reserve)] if merchant else [])


def _read_frame(folder: Path, merchant: str, taken: set[bytes], columns: int) -> Frame:
    """Give what the frame holds but for the listings that earlier rounds had taken: they cannot be drawn again."""
    whole, leaves, wanted, last, previous, count = hashlib.sha256(), list[bytes](), merchant.encode(), b"", b"", 0
    strata: dict[bytes, Packed] = defaultdict(lambda: (bytearray(), array("Q"), array("I")))
    names: dict[bytes, int] = {}
    faults: list[str] = []
    found: tuple[str, ...] = ()
    for line in _hashed(folder, whole, leaves):
        id_, stratum, number, *more = line.rstrip(b"\n").split(b"\t")
        size, count = int(number), count + 1
        if size < 1 or id_ == last or line < previous or len(more) != columns - 3:
            faults.append(f"line {count} is out of order, there twice, of a size below 1 or of other columns")
            continue
        if id_ not in taken:
            ids, sizes, merchants = strata[stratum]
            ids += id_ + b"\n"
            sizes.append(size)
            if more:
                merchants.append(names.setdefault(more[0], len(names)))
        if wanted and not found and id_ >= wanted:
            found = (last.decode(), id_.decode(), str(count))
        last, previous = id_, line
    found, named = found or (last.decode(), "", str(count + 1)), {name.decode(): held for name, held in strata.items()}
    return Frame(whole.hexdigest(), _root(leaves), count, named, list(names), faults, found)


def _hashed(folder: Path, whole: Any, leaves: list[bytes]) -> Iterator[bytes]:
    packed = folder / "frame.tsv.gz"
    with gzip.open(packed, "rb") if packed.exists() else (folder / "frame.tsv").open("rb") as file:
        while leaf := list(islice(file, LEAF)):
            data = b"".join(leaf)
            whole.update(data)
            leaves.append(hashlib.sha256(b"\0" + data).digest())
            yield from leaf


def _root(level: list[bytes]) -> str:
    level = level or [hashlib.sha256(b"\0").digest()]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\1" + level[at] + level[at + 1]).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0].hex()


def _promises(plan: Json, plan_sha256: str, salts: list[dict[str, str]], beacon: Json, folder: Path) -> Report:
    log = [json.loads(line) for line in _lines(folder, "log.jsonl")]
    mine = [entry for entry in log if entry["noun"] == "draw" and entry["data"].get("number") == plan["number"]]
    given = [entry for entry in mine if entry["type"] == "commitment_given"]
    promised = sorted((item["party"], item["commitment"]) for item in salts)
    logged = sorted((entry["data"]["party"], entry["data"]["sha256"]) for entry in given)
    due = datetime.fromisoformat(plan["sources"][0]["due"])
    late = [entry["data"]["party"] for entry in given if datetime.fromisoformat(entry["at"]) >= due]
    return [
        *((f"salt of {item['party']}", _differs(_sha256(SALT + bytes.fromhex(item["salt"])), item["commitment"]))
          for item in salts),
        ("parties", _differs(", ".join(party for party, _ in promised), ", ".join(plan["parties"]))),
        ("length of the salts", "" if all(len(item["salt"]) == 64 for item in salts) else "not 32 bytes each"),
        ("chain of the log", _broken(log)),
        ("plan in the log", _logged(mine, "frozen", plan_sha256, "plan_sha256")),
        ("commitments in the log", "" if promised == logged else "they are not those of the salts"),
        ("commitments before the beacon", f"late: {', '.join(late)}" if late else ""),
        ("sample in the log", _logged(mine, "drawn", _sha256((folder / "sample.txt").read_bytes()), "sample_sha256")),
        *_beacon(plan["sources"], beacon, [entry["at"] for entry in mine if entry["type"] == "beacon_missed"]),
    ]  # fmt: skip


def _beacon(sources: list[Json], beacon: Json, missed: list[str]) -> Report:
    source = sources[len(missed)] if len(missed) < len(sources) else {"chain": "no source", "round": 0}
    ends = [(at, one["until"]) for at, one in zip(missed, sources, strict=False)]
    early = any(datetime.fromisoformat(at) < datetime.fromisoformat(until) for at, until in ends)
    return [
        ("beacon's chain", _differs(beacon["chain"], source["chain"])),
        ("beacon's round", _differs(beacon["round"], source["round"])),
        ("sources given up in time", "a source was given up before its time" if early else ""),
        ("beacon's value", _value(source, beacon)),
    ]


def _value(source: Json, beacon: Json) -> str:
    answer, kind = beacon["answer"], source.get("kind")
    if kind == "drand":
        if answer["round"] != source["round"] or answer["chain_hash"] != source["chain_hash"]:
            return "the signature is of another round or chain"
        return _differs(beacon["value"], _sha256(bytes.fromhex(answer["signature"])))
    if kind == "ceremony":
        record = {"scheme": "msw/ceremony/v1", "chain": source["chain"], **answer}
        return _differs(beacon["value"], _sha256(_canonical(record)))
    if kind == "nist":
        return _differs(beacon["value"], _pulse(answer["pulse"], source))
    return f"no beacon of the kind {kind} is known here"


def _pulse(pulse: Json, source: Json) -> str:
    """Give the output value that the pulse's fields hash to, or what makes it another pulse."""
    if not pulse["timeStamp"].startswith(source["due"][:19]) or pulse["chainIndex"] != source["chain_index"]:
        return "another minute or chain"
    outside = pulse["external"]
    values = [outside["value"], *(item["value"] for item in pulse["listValues"]), pulse["precommitmentValue"]]
    parts = [
        _led(pulse["uri"].encode()), _led(pulse["version"].encode()), pulse["cipherSuite"].to_bytes(4, "big"),
        pulse["period"].to_bytes(4, "big"), _led(bytes.fromhex(pulse["certificateId"])),
        pulse["chainIndex"].to_bytes(8, "big"), pulse["pulseIndex"].to_bytes(8, "big"),
        _led(pulse["timeStamp"].encode()), _led(bytes.fromhex(pulse["localRandomValue"])),
        _led(bytes.fromhex(outside["sourceId"])), outside["statusCode"].to_bytes(4, "big"),
        *(_led(bytes.fromhex(value)) for value in values), pulse["statusCode"].to_bytes(4, "big"),
        bytes.fromhex(pulse["signatureValue"]),
    ]  # fmt: skip
    return hashlib.sha512(b"".join(parts)).hexdigest()


def _broken(log: list[Json]) -> str:
    previous = ORIGIN
    for place, entry in enumerate(log, start=1):
        record = {name: value for name, value in entry.items() if name not in {"prev_hash", "hash"}}
        whole = _sha256(previous.encode() + _canonical(record))
        if entry["seq"] != place or entry["prev_hash"] != previous or entry["hash"] != whole:
            return f"entry {place} does not continue from the one before"
        previous = entry["hash"]
    return ""


def _logged(entries: list[Json], type_: str, value: str, name: str) -> str:
    logged = [entry["data"].get(name) for entry in entries if entry["type"] == type_]
    return _differs(value, logged[0]) if len(logged) == 1 else f"{len(logged)} entries say {type_}"


def _places(frame: Frame, plan: Json, seed: str) -> tuple[list[Row], list[Row]]:
    """Draw every stratum again, plainly, with the plan's cap or in two stages; give what is drawn and the reserve."""
    base, drawn, reserve = hashlib.sha256(seed.encode()), list[Row](), list[Row]()
    over = hashlib.sha256(_framed(b"merchant", bytes.fromhex(seed)).hex().encode())
    for name in sorted(set(frame.strata) | set(plan["n"])):
        packed, sizes, merchants = frame.strata.get(name, (b"", (), ()))
        n, pool = plan["n"].get(name, 0), (bytes(packed).split(b"\n")[:-1], sizes, base)
        if name.startswith(WHOLE) or not merchants:
            order = _order(pool, n, n + plan["reserve"])
        elif plan.get("cap"):
            order = _capped(pool, merchants, n, plan)
        else:
            order, n = _staged(pool, merchants, frame.merchants, n, plan, over)
        for rank, (at, sure) in enumerate(order, start=1):
            ticket, id_ = str(_odd(base, pool[0][at]) >> 1), pool[0][at].decode()
            row = (name, str(rank), id_, str(sizes[at]), ticket, str(int(sure)))
            (drawn if rank <= n else reserve).append(row)
    return drawn, reserve


def _staged(
    pool: Pool, merchants: Sequence[int], names: list[bytes], n: int, plan: Json, base: Any
) -> tuple[Order, int]:
    """Draw merchants by all they offer, then at most `each` listings of every one; give how many are drawn, too.

    The reserve goes to the next merchants, then to the next listings of all of them, one of each at a time.
    """
    (ids, sizes, own), each, reserve, totals = pool, plan["each"], plan["reserve"], Counter[int]()
    for merchant, size in zip(merchants, sizes, strict=True):
        totals[merchant] += size
    known, wanted = sorted(totals, key=names.__getitem__), -(-n // each)
    order = _order(([names[one] for one in known], [totals[one] for one in known], base), wanted, wanted + reserve)
    offers: dict[int, list[int]] = {known[place]: [] for place, _ in order}
    for at, merchant in enumerate(merchants):
        if merchant in offers:
            offers[merchant].append(at)
    found = []
    for rank, (mine, (_, sure)) in enumerate(zip(offers.values(), order, strict=True)):
        inside = _order(([ids[at] for at in mine], [sizes[at] for at in mine], own), each, each + reserve)
        for within, (at, certain) in enumerate(inside):
            turn = (2, within, rank) if within >= each else (int(rank >= wanted), rank, within)
            found.append((*turn, mine[at], sure and certain))
    drawn = sum(turn == 0 for turn, *_ in found)
    return [(at, sure) for *_, at, sure in sorted(found)[: drawn + reserve]], drawn


def _capped(pool: Pool, merchants: Sequence[int], n: int, plan: Json) -> Order:
    """Go on in the order past every merchant that has its cap, as far as it takes."""
    enough = most = n + plan["reserve"]
    while True:
        load, kept, order = Counter[int](), Order(), _order(pool, n, most)
        for at, sure in order:
            load[merchants[at]] += 1
            if load[merchants[at]] <= plan["cap"]:
                kept.append((at, sure))
        if len(kept) >= enough or len(order) < most:
            return kept[:enough]
        most *= 8


def _order(pool: Pool, n: int, most: int) -> Order:
    """Give so many listings: the certain ones first, then by the key u/(1-u) · (1-λ)/λ, exact around the cut."""
    ids, sizes, base = pool
    if n >= len(ids):
        return [(at, True) for at in sorted(range(len(ids)), key=ids.__getitem__)]
    total, sure = sum(sizes), set[int]()
    # Certain is whose share of the sizes is a whole place or more, when the larger ones are out.
    for at in heapq.nlargest(n, range(len(ids)), key=sizes.__getitem__):
        if (n - len(sure)) * sizes[at] < total:
            break
        sure.add(at)
        total -= sizes[at]
    share = max(n - len(sure), 1)

    def near(at: int) -> float:
        odd = _odd(base, ids[at])
        return odd / (SPAN - odd) * (total / (share * sizes[at]) - 1.0)

    def exact(at: int) -> tuple[Fraction, bytes]:
        odd, weight = _odd(base, ids[at]), share * sizes[at]
        return Fraction(odd * max(total - weight, 0), (SPAN - odd) * weight), ids[at]

    rest = (at for at in range(len(ids)) if at not in sure)
    ranked = sorted(heapq.nsmallest(most - len(sure) + SLACK, rest, key=near), key=exact)[: most - len(sure)]
    return [(at, True) for at in sorted(sure, key=ids.__getitem__)] + [(at, False) for at in ranked]


def _odd(base: Any, id_: bytes) -> int:
    ticket = base.copy()
    ticket.update(id_)
    return 2 * int.from_bytes(ticket.digest()[:8], "big") + 1


def _apart(mine: Sequence[tuple[str, ...]], lines: Sequence[str]) -> str:
    theirs = [tuple(line.split("\t")[: len(mine[0]) if mine else 1]) for line in lines]
    apart = sorted(set(mine) ^ set(theirs))
    said = f"{len(apart)} lines differ, the first is {' '.join(apart[0])}" if apart else ""
    return said or _differs(len(theirs), len(mine))


def _became(merchant: str, frame: Frame, drawn: list[Row], reserve: list[Row]) -> str:
    before, here, line = frame.found
    if here != merchant:
        between = f"{before or 'its start'} and {here or 'its end'}"
        return f"{merchant} is not in the frame: it would stand between {between}"
    for state, rows in (("drawn", drawn), ("in reserve", reserve)):
        for stratum, rank, id_, _, ticket, _ in rows:
            if id_ == merchant:
                return f"{merchant} is line {line}: {state}, rank {rank} of {stratum}, ticket {ticket}"
    return f"{merchant} is line {line} of the frame: neither drawn nor in reserve"


def _one_listing(chosen: argparse.Namespace) -> tuple[Report, list[str]]:
    plan, given = _json(chosen.folder, "plan.json"), json.loads(chosen.proof.read_text(encoding="utf-8"))
    roots = [_climb(proof, given["leaves"]) for proof in given["proofs"]]
    report = [("Merkle root", "" if set(roots) == {plan["merkle_root"]} else "a leaf does not belong to this frame")]
    lines = [line for proof in given["proofs"] for line in proof["lines"]]
    wanted, ids = chosen.merchant, [line.split("\t")[0] for line in lines]
    if wanted in ids:
        return report, [f"{wanted} is in the frame: {lines[ids.index(wanted)].strip()}"]
    leaves, key = [proof["leaf"] for proof in given["proofs"]], f"{wanted}\t".encode()
    closed = leaves == list(range(leaves[0], leaves[0] + len(leaves)))
    closed &= leaves[0] == 0 or lines[0].encode() < key
    closed &= leaves[-1] == given["leaves"] - 1 or key < lines[-1].encode()
    report.append(("no room for it", "" if closed else "the leaves leave room for it"))
    return report, [f"{wanted} is not in the frame"]


def _climb(proof: Json, width: int) -> str:
    node = hashlib.sha256(b"\0" + "".join(proof["lines"]).encode()).digest()
    place, beside = proof["leaf"], iter(proof["path"])
    while width > 1:
        if place % 2 or place + 1 < width:
            other = bytes.fromhex(next(beside, ""))
            node = hashlib.sha256(b"\1" + (other + node if place % 2 else node + other)).digest()
        place, width = place // 2, (width + 1) // 2
    return node.hex()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _lines(folder: Path, name: str) -> list[str]:
    return [line for line in (folder / name).read_text(encoding="utf-8").split("\n") if line]


def _json(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def _canonical(record: Json) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _framed(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(_led(part, 8) for part in parts)).digest()


def _led(data: bytes, width: int = 4) -> bytes:
    return len(data).to_bytes(width, "big") + data


def _differs(mine: object, theirs: object) -> str:
    return "" if str(mine) == str(theirs) else f"{mine}, published {theirs}"


if __name__ == "__main__":
    sys.exit(main())
