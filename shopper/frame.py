"""The check of frame files: what a campaign would take from each, and what is wrong with it."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from flows.gathering import read_bytes
from sampling.frame import Gathered
from shopper.errors import CommandError

MOST_SHOWN = 20
UNREADABLE = frozenset({"source_unreadable", "no_source_fits", "column_missing"})
"""The findings about a file as a whole: nothing can be drawn from it."""


def check(chosen: Namespace) -> int:
    """Print what each file holds; give 0 when every one can be read, else 1."""
    results = [(path, read_bytes(_bytes(path))) for path in chosen.files]
    for path, gathered in results:
        print("\n".join(described(path, gathered)))
    return 1 if any(unreadable(gathered) for _, gathered in results) else 0


def described(path: Path, gathered: Gathered) -> Iterable[str]:
    """Give the lines about one file: listings, findings by column and reason, and the first of them one by one."""
    found = gathered.findings
    yield f"{path}: {len(gathered.listings)} listings, {len(found)} findings"
    counted = Counter(zip(found["column"], found["reason"], strict=True))
    for (column, reason), count in sorted(counted.items()):
        yield f"  {count:>7}  {column or '-'}  {reason}"
    for row, column, reason, said in found.head(MOST_SHOWN).itertuples(index=False):
        yield f"  row {row}, column {column or '-'}: {reason}" + (f" ({said!r})" if said else "")
    if len(found) > MOST_SHOWN:
        yield f"  and {len(found) - MOST_SHOWN} more"


def unreadable(gathered: Gathered) -> bool:
    """Tell whether the file as a whole is of no use."""
    return not UNREADABLE.isdisjoint(gathered.findings["reason"])


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({error.strerror}).") from error
