"""The claim: a hundred times the listings take a hundred times the CPU time, from 100,000 to ten million.

From one size to the next, ten times as large, the CPU time a row rises by 30 in a hundred at most. The job is the one
of `national_frame.py`, in memory, with 20,000 drawn at every size; the small ones are repeated and the best counts.
"""

import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from benchmarks.figures import Clock, alone, cpu, verdict
from benchmarks.frames import FOLDER, frame
from benchmarks.national_frame import in_memory, warmed

TIMES = {"100k": 7, "1m": 4, "10m": 2}
MOST_RISE = 1.3


def main() -> int:
    """Print the CPU time a row at each size and give 1 when it rises too much."""
    each = {}
    print("rows          CPU s   µs a row")
    for name, times in TIMES.items():
        path = frame(name)
        rows = pq.ParquetFile(path).metadata.num_rows
        with TemporaryDirectory(dir=FOLDER) as folder:
            best, _ = alone(least, path, Path(folder), times)
        each[name] = best / rows * 1e6
        print(f"{rows:9d} {best:9.2f} {each[name]:10.3f}", flush=True)
    rises = {(small, large): each[large] / each[small] for small, large in pairwise(TIMES)}
    return verdict({f"{rise:.2f} times as much a row from {small} to {large}, {MOST_RISE} allowed": rise <= MOST_RISE
                    for (small, large), rise in rises.items()})  # fmt: skip


def least(clock: Clock, path: Path, folder: Path, times: int) -> float:
    """Give the least CPU time of the job in so many runs."""
    warmed(clock, in_memory, frame("100k"), folder)
    runs = []
    for _ in range(times):
        one = Clock()
        in_memory(one, path, folder)
        runs.append(cpu(one.steps))
    return min(runs)


if __name__ == "__main__":
    sys.exit(main())
