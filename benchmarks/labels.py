"""The claim: a hundred labels a second on two cores, the code of every one read back from its printed page.

Each of two processes prints rolls of labels as PDF/A and reads the Data Matrix of every page from its picture at the
resolution of the label printer; a code that reads otherwise, or not at all, would end it. Starting the processes and
loading the font, which each does once, count as well.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from resource import RUSAGE_CHILDREN, getrusage
from time import perf_counter

from sampling.edge.paper.codes import DPI
from sampling.edge.paper.printer import printed
from tests.sampling.papers import labels

CORES, ROLLS, LABELS = 2, 10, 200
LEAST = 100.0


def main() -> int:
    """Print the rate and the count, and give 1 when it was too slow."""
    started = perf_counter()
    with ProcessPoolExecutor(CORES, mp_context=get_context("spawn")) as pool:
        read = sum(pool.map(roll, range(ROLLS)))
    seconds = perf_counter() - started
    rate = read / seconds
    print(f"{read} labels printed and all {read} codes read back at {DPI} dpi in {seconds:.1f} s on {CORES} cores")
    used = getrusage(RUSAGE_CHILDREN)
    print(f"{rate:.0f} labels a second; at least {LEAST:.0f} are asked for")
    print(f"{read / (used.ru_utime + used.ru_stime):.0f} labels a second of CPU, which a busy machine does not change")
    return 0 if read == ROLLS * LABELS and rate >= LEAST else 1


def roll(_: int) -> int:
    """Print one roll and give how many labels it has; a code that does not read back raises WrongDocument."""
    document = labels(LABELS)
    printed(document)
    return len(document.labels)


if __name__ == "__main__":
    sys.exit(main())
