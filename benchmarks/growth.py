"""The claim: a hundred times the listings take a hundred times the CPU time, from 100,000 to ten million.

From one size to the next, ten times as large, the CPU time a row rises by 30 in a hundred at most. The job is the one
of `national_frame.py`, in memory; the small ones are repeated and the best counts. A draw takes a share of its frame,
two listings of a thousand: 20,000 out of 100,000 have most of their cost in the exact chances of small strata, a fixed
cost that would hide a rise. The figures with 20,000 at every size are printed beside it.
"""

import sys
from functools import partial
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from benchmarks.figures import alone, cpu, verdict
from benchmarks.frames import FOLDER, SIZES, frame
from benchmarks.national_frame import SAMPLES, in_memory, warmed

TIMES = {"100k": 5, "1m": 4, "10m": 2}
SHARE = 500
"""One listing of so many is drawn."""
MOST_RISE = 1.3


def main() -> int:
    """Print the CPU time a row at each size and give 1 when it rises too much."""
    print("rows          drawn     CPU s   µs a row")
    fixed = rises({name: cost(name, SAMPLES, 1) for name in TIMES})
    shared = rises({name: cost(name, SIZES[name] // SHARE, 0) for name in TIMES})
    print("with 20,000 drawn at every size: " + "; ".join(fixed))
    return verdict({f"{said}, {MOST_RISE} allowed": rise <= MOST_RISE for said, rise in shared.items()})


def rises(each: dict[str, float]) -> dict[str, float]:
    """Give from one size to the next how many times as much a row takes, by a sentence that says it."""
    found = {(small, large): each[large] / each[small] for small, large in pairwise(each)}
    return {f"{rise:.2f} times as much a row from {small} to {large}": rise for (small, large), rise in found.items()}


def cost(name: str, samples: int, least: int) -> float:
    """Give the CPU time a row in microseconds when so many are drawn, so many at least of each stratum."""
    path, way = frame(name), partial(in_memory, samples=samples, least=least)
    rows: int = pq.ParquetFile(path).metadata.num_rows
    with TemporaryDirectory(dir=FOLDER) as folder:
        # Each in a process of its own: one that has run before has its memory already.
        best = min(cpu(alone(warmed, way, path, Path(folder))[1]) for _ in range(TIMES[name]))
    print(f"{rows:9d} {samples:9d} {best:9.2f} {best / rows * 1e6:10.3f}", flush=True)
    return best / rows * 1e6


if __name__ == "__main__":
    sys.exit(main())
