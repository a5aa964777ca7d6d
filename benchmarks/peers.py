"""The claim: a draw by size is ten times as fast as samplics' and takes at most one and a half times svy's CPU time.

One million listings, 100 strata, 20 of each. Every contestant runs in a process of its own, with the columns in memory
before the clock starts. The sizes are bounded as the product bounds them, 20 to 1, so that none is certain: samplics
refuses a frame that holds a certain one. The peers draw systematically, on a generator; ours draws on tickets that a
stranger can recompute. They come from `peers.lock`, into an environment of their own under var/bench. Written by
`printf 'samplics==0.6.1\\nsvy==0.35.0\\n' | uv pip compile - --generate-hashes --no-emit-index-url --no-header
--universal --python-version 3.11 -o benchmarks/peers.lock`.
"""

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import process_time
from typing import Any

ROWS, STRATA, EACH = 1_000_000, 100, 20
LEAST_TIMES_SAMPLICS, MOST_TIMES_SVY = 10.0, 1.5
HERE = Path(__file__).parent
LOCK, FOLDER = HERE / "peers.lock", HERE.parent / "var" / "bench"
VENV = FOLDER / "peers"
SEED = "ab" * 32

Draw = Callable[[], int]
"""Draws once and gives how many it drew."""


def main(words: Sequence[str]) -> int:
    """Print each contestant's best CPU time and give 1 when a ratio is missed; with a name, be that contestant."""
    if words:
        contest(words[0])
        return 0
    prepare()
    ours = Path(sys.executable)
    best = {name: run(name, python) for name, python in
            (("ours", ours), ("samplics", VENV / "bin" / "python"), ("svy", VENV / "bin" / "python"))}  # fmt: skip
    faster, slower = best["samplics"] / best["ours"], best["ours"] / best["svy"]
    print(f"{faster:.1f} times as fast as samplics, at least {LEAST_TIMES_SAMPLICS:.0f} wanted;"
          f" {slower:.2f} times the CPU time of svy, at most {MOST_TIMES_SVY} wanted")  # fmt: skip
    return faster < LEAST_TIMES_SAMPLICS or slower > MOST_TIMES_SVY


def prepare() -> None:
    """Write the frame, and make the peers' environment when it is not that of the lock."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    FOLDER.mkdir(parents=True, exist_ok=True)
    dice = np.random.default_rng(7)
    size = np.ceil(dice.lognormal(4, 0.8, ROWS)).clip(15, 300).astype(np.int64)
    ids = pa.array([f"mart:{item}" for item in range(10**9, 10**9 + ROWS)], pa.large_string())
    stratum = dice.integers(0, STRATA, ROWS).astype(np.int32)
    pq.write_table(pa.table({"id": ids, "stratum": stratum, "size": size}), FOLDER / "peers.parquet")
    stamp = VENV / "peers.lock"
    if stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(VENV / "bin" / "python"), "--require-hashes"]
    subprocess.run([*install, "-r", str(LOCK)], check=True)
    shutil.copyfile(LOCK, stamp)


def run(name: str, python: Path) -> float:
    """Give the best CPU time of one contestant."""
    words = [str(python), __file__, name]
    told = json.loads(subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()[-1])
    if told["drawn"] != [STRATA * EACH] * len(told["cpu"]):
        raise SystemExit(f"{name} drew {told['drawn']}, {STRATA * EACH} were asked for")
    times = " ".join(f"{cpu:.3f}" for cpu in told["cpu"])
    print(f"{told['said']:44s} best {min(told['cpu']):6.3f} CPU s of {times}", flush=True)
    return float(min(told["cpu"]))


def contest(name: str) -> None:
    """Draw several times as one of the contestants and print the CPU times as JSON."""
    times = 3 if name == "samplics" else 9
    said, draws = {"ours": ours, "samplics": samplics, "svy": svy}[name](times)
    cpu, drawn = [], []
    for draw in draws:
        began = process_time()
        drawn.append(draw())
        cpu.append(process_time() - began)
    print(json.dumps({"said": said, "cpu": cpu, "drawn": drawn}))


def ours(times: int) -> tuple[str, Iterator[Draw]]:
    """Give draws by the product: tally, tickets, keys, order and chances."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    from sampling.ceremony import DrawPlan
    from sampling.places import place

    table = pq.read_table(FOLDER / "peers.parquet")
    names = pc.binary_join_element_wise("s", table["stratum"].cast(pa.string()), "").combine_chunks()
    frame = pa.table({"listing_id": table["id"], "stratum": names.dictionary_encode(), "size": table["size"]})
    n = dict.fromkeys(names.unique().to_pylist(), EACH)
    plan = DrawPlan(campaign="peers", number=1, frame_sha256="", merkle_root="", listings=ROWS, n=n, reserve=0,
                    rules="", code="", parties=(), sources=())  # fmt: skip
    place(frame, plan, SEED)  # compiles the loops, or loads what was compiled before

    def draw() -> int:
        return sum(one.selected for one in place(frame, plan, SEED))

    return "ours, tickets and Pareto keys, compiled before", iter([draw] * times)


def samplics(times: int) -> tuple[str, Iterator[Draw]]:
    """Give draws by samplics; strata are numbers, which it compares faster than names."""
    warnings.simplefilter("ignore")  # it says that it is archived
    import numpy as np
    import pyarrow.parquet as pq
    from samplics.sampling import SampleSelection  # type: ignore[import-not-found]
    from samplics.utils.types import SelectMethod  # type: ignore[import-not-found]

    table = pq.read_table(FOLDER / "peers.parquet")
    stratum, size, ids = table["stratum"].to_numpy(), table["size"].to_numpy(), np.arange(ROWS)

    def draw() -> int:
        chosen = SampleSelection(method=SelectMethod.pps_sys, strat=True, wr=False)
        sample, _, _ = chosen.select(ids, dict.fromkeys(range(STRATA), EACH), stratum, size)
        return int(sample.sum())

    return "samplics 0.6.1 pps_sys", iter([draw] * times)


def svy(times: int) -> tuple[str, Iterator[Draw]]:
    """Give draws by svy, each from a sample of its own, for a draw changes it in place."""
    import polars as pl  # type: ignore[import-not-found]
    import svy as peer  # type: ignore[import-not-found]

    table = pl.read_parquet(FOLDER / "peers.parquet")

    def fresh(seed: int) -> Draw:
        sample: Any = peer.Sample(table, peer.Design(stratum="stratum", mos="size"))
        return lambda: len(sample.sampling.pps_sys(EACH, rstate=seed).data)

    return f"svy {peer.__version__} pps_sys", map(fresh, range(times))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
