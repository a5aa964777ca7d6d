"""Whole draws made in memory: plan, salts, log and places, as the ceremony would have left them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from sampling import beacons, ceremony, draw, framefile, places
from sampling.beacons.interface import Pulse
from sampling.ceremony import Commitment, DrawPlan, Source
from sampling.digest import ORIGIN, chained, sha256
from sampling.framefile import COLUMNS
from sampling.published import Published, folder

QUICKNET = beacons.chain("drand-quicknet")
ROUND = 42
DUE = QUICKNET.due(ROUND)
SIGNATURE = "95a9f9f5b231b7714de1553105d8ffdf3dcda24cfdb1e689319bccf79a9c8ce430a91b811fbfaf763900bc998b5d686a"
VALUE = "8ada64bae5c6c0f5540a6a13af56e663240edfbd2c76ac6a8f27671eb7259ce3"
SALT = bytes(range(32))
SALTS = {"agency": SALT, "consumers": bytes(range(1, 33))}
CASE = "00000000-0000-0000-0000-00000000000c"
Units = Mapping[str, Sequence[draw.Unit]]


def frozen_at() -> datetime:
    """An hour before the round of the recorded signature."""
    return DUE - timedelta(hours=1)


def quicknet(round_: int = ROUND, wait: timedelta = timedelta(hours=2)) -> Source:
    """Give a round of quicknet as a source."""
    return Source(QUICKNET, round_, QUICKNET.due(round_) + wait)


def pulse() -> Pulse:
    """Give the recorded value of round 42."""
    return beacons.read(QUICKNET, ROUND, {"round": ROUND, "signature": SIGNATURE})


def frame(units: Units) -> pa.Table:
    """Give these listings as the columns of a frame file."""
    rows = sorted((id_.encode(), name, size) for name, held in units.items() for id_, size in held)
    ids, strata, sizes = zip(*rows, strict=True) if rows else ((), (), ())
    columns = [pa.array(ids, pa.binary()).cast(pa.large_string()), pa.array(strata, pa.string()).dictionary_encode(),
               pa.array(sizes, pa.int64())]  # fmt: skip
    return pa.table(dict(zip(COLUMNS, columns, strict=True)))


def file(units: Units) -> bytes:
    """Give the frame file of these listings."""
    return b"".join(framefile.lines(frame(units)))


def plan(units: Units, n: Mapping[str, int], **changes: Any) -> DrawPlan:
    """Give a plan over these listings."""
    held = framefile.seal([file(units)])
    made = DrawPlan(
        campaign="C2026-001", number=1, frame_sha256=held.sha256, merkle_root=held.merkle_root,
        listings=held.listings, n=dict(n), reserve=5, rules="cn-product@1", code="0.1.0", parties=tuple(SALTS),
        sources=(quicknet(),),
    )  # fmt: skip
    return replace(made, **changes)


def commitments(made: DrawPlan) -> tuple[Commitment, ...]:
    """Give the parties' commitments, half an hour before the beacon."""
    at = frozen_at() + timedelta(minutes=30)
    return tuple(Commitment(party, ceremony.commitment(SALTS[party]), at) for party in made.parties)


def log(made: DrawPlan, sample: bytes, before: Sequence[tuple[str, dict[str, Any], datetime]] = ()) -> list[Any]:
    """Give the entries that a draw leaves, chained."""
    number, at = {"number": made.number}, frozen_at()
    told = [("frozen", {**number, "plan_sha256": made.sha256, "frame_sha256": made.frame_sha256}, at)]
    told += [("commitment_given", {**number, "party": one.party, "sha256": one.sha256}, one.at)
             for one in commitments(made)]  # fmt: skip
    told += [*before, ("drawn", {**number, "sample_sha256": sha256(sample)}, DUE + timedelta(minutes=1))]
    entries: list[Any] = []
    previous = ORIGIN
    for seq, (type_, data, moment) in enumerate(told, start=1):
        when = moment.astimezone(UTC).isoformat(timespec="microseconds")
        record = {"case": CASE, "seq": seq, "noun": "draw", "subject": "1", "type": type_, "at": when, "actor": "a",
                  "data": data}  # fmt: skip
        entries.append({**record, "prev_hash": previous, "hash": chained(previous, record)})
        previous = entries[-1]["hash"]
    return entries


def published(
    units: Units, n: Mapping[str, int], taken: Sequence[str] = (), value: Pulse | None = None, **changes: Any
) -> Published:
    """Give a finished draw over these listings."""
    made = plan(units, n, taken_sha256=sha256(places.taken_file(taken)), **changes)
    out = value or pulse()
    root = ceremony.root_of(made, SALTS, out.value)
    drawn = places.place(frame(units), made, draw.seed_for("listing", root), taken)
    return Published(
        made, commitments(made), SALTS, out, drawn, log(made, places.sample_file(drawn)), tuple(taken)
    )  # fmt: skip


def write(path: Path, units: Units, finished: Published) -> Path:
    """Write the folder of a finished draw."""
    path.mkdir(exist_ok=True)
    for name, data in folder(finished, file(units)).items():
        (path / name).write_bytes(data)
    return path


def some(
    seed: int, strata: int = 4, most: int = 40, zero: bool = False
) -> tuple[dict[str, list[draw.Unit]], dict[str, int]]:
    """Give a frame of uneven strata and sizes, and how many to draw of each."""
    dice = random.Random(seed)
    units = {
        f"层{name}/toys": [
            (f"p{name}:{item}é", dice.choice([1, 2, 3, 20, 20, 400])) for item in range(dice.randint(1, most))
        ]
        for name in range(strata)
    }
    n = {name: dice.randint(0 if zero else 1, min(len(held), 12)) for name, held in units.items()}
    return units, n
