"""The check of frame files: what a campaign would take from each, and what is wrong with it."""

from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv

from sampling.edge.sources import read_marks_file, read_source
from sampling.edge.tables import mapping_of
from sampling.errors import UnreadableSource, WrongMapping
from sampling.finding import counted, is_useless, named
from sampling.mapping import Mapped, read_mapping
from shopper.errors import CommandError

MOST_SHOWN = 20


def check(chosen: Namespace) -> int:
    """Print what each file holds; give 0 when every one can be read, else 1."""
    mapping = mapping_at(chosen.mapping)
    found: list[tuple[str, pa.Table]] = []
    for path in chosen.files:
        held, findings = looked_at(path, mapping)
        print("\n".join(described(path, held, findings)))
        found.append((str(path), findings))
    if chosen.csv:
        _write(chosen.csv, found)
    return 1 if any(is_useless(findings) for _, findings in found) else 0


def looked_at(path: Path, mapping: Mapped | None) -> tuple[str, pa.Table]:
    """Give how much a file holds of what, and the findings about it; a file that is not there raises CommandError."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({error.strerror}).") from error
    if _kind(path, mapping) == "marks":
        marked = read_marks_file(path, mapping=mapping)
        return f"{len(marked.marks)} marks", marked.findings
    part = read_source(path, mapping=mapping)
    return f"{pc.count_distinct(part.listings.column('listing_id')).as_py()} listings", part.findings


def described(path: Path, held: str, findings: pa.Table) -> Iterable[str]:
    """Give the lines about one file: what it holds, findings by column and reason, and the first of them one by one."""
    yield f"{path}: {held}, {len(findings)} findings"
    for column, reason, count in counted(findings):
        yield f"  {count:>7}  {column or '-'}  {reason}"
    for finding in findings.slice(0, MOST_SHOWN).to_pylist():
        said = f" ({finding['found']!r})" if finding["found"] else ""
        yield f"  row {finding['row']}, column {finding['column'] or '-'}: {finding['reason']}{said}"
    if len(findings) > MOST_SHOWN:
        yield f"  and {len(findings) - MOST_SHOWN} more"


def _kind(path: Path, mapping: Mapped | None) -> str:
    try:
        held = mapping or mapping_of(path)
    except UnreadableSource:
        return "listings"
    return held.kind if held else "listings"


def mapping_at(path: Path | None) -> Mapped | None:
    """Give the mapping that a file describes, or None without one; what is none raises CommandError."""
    if path is None:
        return None
    try:
        return read_mapping(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, WrongMapping) as error:
        raise CommandError(f"{path} cannot be used as a mapping: {error}.") from error


def _write(path: Path, found: Sequence[tuple[str, pa.Table]]) -> None:
    try:
        csv.write_csv(named(found), path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror or error}).") from error
