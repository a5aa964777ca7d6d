"""Obstacles: how many walls are told with the right reason, and how many ordinary pages are taken for one.

The walls and the ordinary pages that were held back while the rules were written are scored for themselves. Exits 1
when fewer than 95 % of the walls are found, fewer than 90 % with the right reason, or any ordinary page is called a
wall.
"""

import sys
from time import process_time

from sampling.evidence.obstacle import Outcome, classify
from tests.world.walls import Page, ordinary, walls

LEAST_FOUND = 0.95
LEAST_RIGHT = 0.90


def main() -> int:
    """Print the score of both parts; give the exit code."""
    missed = False
    for name, held_back in (("tuned on", False), ("held back", True)):
        met, plain = score(walls(held_back=held_back)), score(ordinary(held_back=held_back))
        found = [page for page, outcome in met if outcome.reason is not None]
        right = [page for page, outcome in met if outcome.reason == page.reason]
        alarms = [page for page, outcome in plain if outcome.reason is not None]
        print(f"{name:10s} {len(met):4d} walls of {len({page.reason for page, _ in met})} kinds:", end=" ")
        print(f"found {len(found) / len(met):.3f}, right reason {len(right) / len(met):.3f};", end=" ")
        print(f"{len(plain)} ordinary pages: {len(alarms)} taken for a wall")
        for page, outcome in (*met, *plain):
            if outcome.reason != page.reason:
                print(f"  {page.name}: {outcome.reason} instead of {page.reason}: {dict(outcome.signals)}")
        missed |= len(found) < LEAST_FOUND * len(met) or len(right) < LEAST_RIGHT * len(met) or bool(alarms)
    return 1 if missed else 0


def score(pages: list[Page]) -> list[tuple[Page, Outcome]]:
    """Give each page with what it is taken for; the time is printed."""
    began = process_time()
    told = [(page, classify(page.met)) for page in pages]
    print(f"{len(pages)} pages in {1000 * (process_time() - began) / len(pages):.2f} ms each")
    return told


if __name__ == "__main__":
    sys.exit(main())
