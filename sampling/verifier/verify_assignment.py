#!/usr/bin/env python3
"""Checks that the samples of a published draw went where their tickets sent them: Python 3.10 or later, nothing else.

    python3 verify_assignment.py FOLDER

What a sample costs with each party is computed again from tickets. The published prices then show that no other
assignment serves more samples, or as many for less: no sample has a cheaper place left, and only full places have a
price. It prints OK, or MISMATCH and which sample is not at its cheapest place; the exit code is 0 for OK, 1 for
MISMATCH, 2 when a file cannot be read. That the salts, the beacon and the sample are the promised ones is what
verify_draw.py checks.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

MOST, BITS, LARGEST = 37, 40, 1 << 61
LN2, HALF = 0.6931471805599453, 0.7071067811865476
UNCHECKED = "not checked here: that skills, capacities and conflicts are true; laboratories are those promised"
Report = list[tuple[str, str]]  # what was compared, and how it differs; an empty text means that it does not
Record = Mapping[str, Any]
Place = tuple[str, str]  # a party, or a party's one meeting with what several samples share


class Draw(NamedTuple):
    """What an assignment must fit: the draw's root and hash, the promised laboratories, its sample, reserves taken."""

    root: bytes
    labs: str
    sha256: str
    sample: frozenset[str]
    reserve: frozenset[str]


class Network(NamedTuple):
    """What each sample costs with each party that may take it, which of its places that is, and how many each holds."""

    cost: dict[str, dict[str, int]]
    place: dict[tuple[str, str], Place]
    room: dict[Place, int]


def main(words: Sequence[str] | None = None) -> int:
    """Give the exit code."""
    parser = argparse.ArgumentParser(description="Checks that every sample is at its cheapest place.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args(words).folder
    try:
        draw = _draw(folder)
        records = _json(folder, "assignment.json")["assignments"]
        report = [line for number, record in enumerate(records, start=1) for line in _checked(record, number, draw)]
        said = [UNCHECKED, *(line for purpose in sorted({record["purpose"] for record in records})
                for line in _said(purpose, [one for one in records if one["purpose"] == purpose], draw))]  # fmt: skip
    except (OSError, ValueError, LookupError, TypeError, AttributeError, StopIteration) as error:
        print(f"UNREADABLE {type(error).__name__}: {error}")
        return 2
    print(
        "\n".join([*(f"MISMATCH  {name}: {wrong}" if wrong else f"ok        {name}" for name, wrong in report), *said])
    )
    faults = [name for name, wrong in report if wrong]
    print(f"MISMATCH {len(faults)}: {', '.join(faults)}" if faults else "OK")
    return 1 if faults else 0


def logarithm(ticket: int) -> float:
    """Give -ln u of a 64-bit ticket t, u = (2 (t >> 12) + 1) / 2^53, by + - x / alone: the same on every machine."""
    part, power = math.frexp(((ticket >> 12) * 2 + 1) / 2.0**53)
    if part < HALF:
        part, power = part * 2, power - 1
    ratio = (part - 1) / (part + 1)
    square, series = ratio * ratio, 0.0
    for odd in range(25, 0, -2):
        series = series * square + 1 / odd
    return -(power * LN2 + 2 * ratio * series)


def costs(record: Record) -> dict[str, dict[str, int]]:
    """Give what each sample costs with each party that may take it: a race of tickets at the capacities' speeds."""
    parties = sorted(record["parties"], key=lambda party: str(party["name"]))
    slowest = float(min((max(party["capacity"], 1) for party in parties), default=1))
    base = hashlib.sha256(record["seed"].encode())
    found: dict[str, dict[str, int]] = {}
    for need in record["needs"]:
        head = base.copy()
        head.update(f"{need['id']}/".encode())
        arcs = found[need["id"]] = {}
        for party in parties:
            if (
                party["capacity"] > 0
                and need["skill"] in party["skills"]
                and need["conflict"] not in party["conflicts"]
            ):
                ticket = head.copy()
                ticket.update(party["name"].encode())
                race = logarithm(int.from_bytes(ticket.digest()[:8], "big")) / MOST
                arcs[party["name"]] = math.floor(race * (slowest / float(max(party["capacity"], 1))) * 2.0**BITS)
    return found


def _network(record: Record) -> Network:
    cost, needs = costs(record), {need["id"]: need["conflict"] for need in record["needs"]}
    counted = Counter(conflict for conflict in needs.values() if record["once"] and conflict)
    place = {(id_, name): (name, needs[id_] if counted[needs[id_]] > 1 else "") for id_ in cost for name in cost[id_]}
    room = {(party["name"], ""): max(party["capacity"], 0) for party in record["parties"]}
    return Network(cost, place, room | {one: 1 for one in place.values() if one[1]})


def _checked(record: Record, number: int, draw: Draw) -> Report:
    network, given = _network(record), {id_: tuple(names) for id_, names in record["given"].items()}
    pairs = [(id_, name) for id_, names in given.items() for name in names]
    held = {pair for pair in pairs if pair in network.place}
    load = Counter(network.place[pair] for pair in held)
    load.update((name, "") for id_, name in held if network.place[id_, name][1])
    price = _prices(record, network)
    named = Counter(("sample", need["id"]) for need in record["needs"])
    named.update(("party", party["name"]) for party in record["parties"])
    found: list[tuple[str, Iterable[str]]] = [
        ("seed", () if record["seed"] in _seeds(record, draw) else ("it does not follow from the draw",)),
        ("parties", () if _promised(record, draw) else ("they are not those that were promised before the beacon",)),
        ("not of this draw", set(network.cost) - draw.sample - draw.reserve),
        ("there twice", (" ".join(name) for name, times in named.items() if times > 1)),
        ("may not take it", (f"{id_} {name}" for (id_, name), times in Counter(pairs).items()
                             if (id_, name) not in held or times > 1)),
        ("more than were wanted", (id_ for id_, names in given.items() if len(names) > record["each"])),
        ("over capacity", (_label(place) for place, many in load.items() if many > network.room[place])),
        ("wrong price", (_label(place) for place in network.room if not _fair(place, price, load, network.room))),
        ("not at its cheapest place", _dear(network, held, price, record["each"])),
    ]  # fmt: skip
    title = f"{record['purpose']} {number}"
    faults = [(f"{title}, {name}", wrong) for name, names in found if (wrong := _first(names))]
    return faults or [(f"{title}, {len(network.cost)} samples at their cheapest places", "")]


def _prices(record: Record, network: Network) -> dict[Place, int]:
    own = record["prices"]["parties"]
    meetings = {(name, what): price for name, what, price in record["prices"]["meetings"]}
    return {(name, what): meetings.get((name, what), own.get(name, 0)) if what else own.get(name, 0)
            for name, what in network.room}  # fmt: skip


def _fair(place: Place, price: Mapping[Place, int], load: Mapping[Place, int], room: Mapping[Place, int]) -> bool:
    """Tell whether a price is none below nothing or the party's own, and none above them where room is left."""
    least = price[place[0], ""] if place[1] else 0
    return price[place] >= max(least, 0) and (price[place] == least or load.get(place, 0) >= room[place])


def _dear(network: Network, held: set[tuple[str, str]], price: Mapping[Place, int], each: int) -> list[str]:
    """Give the samples that a cheaper place was left for; nobody is a place as well, dearer than any chain of moves."""
    dearest = max((cost for arcs in network.cost.values() for cost in arcs.values()), default=0) + 1
    nobody, found = min(dearest * (len(network.room) + 2), LARGEST), []
    for id_, arcs in network.cost.items():
        worth = {name: cost + price[network.place[id_, name]] for name, cost in arcs.items()}
        has = [worth[name] for name in arcs if (id_, name) in held]
        lacks = [worth[name] for name in arcs if (id_, name) not in held]
        if max([*has, nobody if len(has) < each else 0]) > min([*lacks, nobody]):
            found.append(id_)
    return found


def _draw(folder: Path) -> Draw:
    plan, salts = _json(folder, "plan.json"), _json(folder, "salts.json")["salts"]
    salt = b"".join(bytes.fromhex(item["salt"]) for item in sorted(salts, key=lambda item: str(item["party"])))
    plan_sha256 = hashlib.sha256((folder / "plan.json").read_bytes()).digest()
    value = bytes.fromhex(_json(folder, "beacon.json")["value"])
    root = _framed(b"msw/draw/v1", plan_sha256, bytes.fromhex(plan["frame_sha256"]), salt, value)
    log = [json.loads(line) for line in _lines(folder, "log.jsonl")]
    mine = [one["data"] for one in log if (one["noun"], one["type"]) == ("draw", "drawn")]
    drawn = next(data for data in mine if data.get("number") == plan["number"])
    reserve = frozenset(one["data"]["listing"] for one in log if one["type"] == "reserve_taken")
    return Draw(
        root,
        plan.get("labs_sha256", ""),
        drawn.get("draw_sha256", ""),
        frozenset(_lines(folder, "sample.txt")),
        reserve,
    )


def _seeds(record: Record, draw: Draw) -> set[str]:
    """Give the seeds an assignment may have: the draw's own for its purpose, or that of one reserve that was taken."""
    roots = [draw.root]
    if len(record["needs"]) == 1 and record["needs"][0]["id"] in draw.reserve:
        told = {"draw": draw.sha256, "reserve": record["needs"][0]["id"]}
        roots.append(hashlib.sha256(_canonical(told)).digest())
    return {_framed(record["purpose"].encode(), root).hex() for root in roots}


def _promised(record: Record, draw: Draw) -> bool:
    """Tell whether the laboratories are as the plan promised; those of a single reserve are as they were then."""
    if record["purpose"] != "lab" or not draw.labs or record["seed"] != _framed(b"lab", draw.root).hex():
        return True
    told = [{name: party[name] for name in ("name", "skills", "capacity")} for party in record["parties"]]
    return hashlib.sha256(_canonical({"parties": told})).hexdigest() == draw.labs


def _said(purpose: str, records: Sequence[Record], draw: Draw) -> list[str]:
    given = {id_: names for record in records for id_, names in record["given"].items()}
    alone, out = sum(not names for names in given.values()), draw.sample - set(given)
    return [
        *([f"{purpose}: {alone} samples with nobody; no more could be served"] if alone else []),
        *([f"{purpose}: {len(out)} drawn listings in no assignment, the first is {min(out)}"] if out else []),
    ]


def _label(place: Place) -> str:
    return " ".join(place).strip()


def _first(names: Iterable[str]) -> str:
    found = list(names)
    return ", ".join(sorted(found)[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _lines(folder: Path, name: str) -> list[str]:
    return [line for line in (folder / name).read_text(encoding="utf-8").split("\n") if line]


def _json(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def _canonical(record: Record) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def _framed(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()


if __name__ == "__main__":
    sys.exit(main())
