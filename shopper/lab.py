"""The commands of a laboratory's file: print every finding and store nothing, or submit it."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from labs.edge.inbox import read_in_child
from labs.findings import told
from labs.formats import MOST_BYTES, Expected, refusal_of_size
from labs.limits import IN_FORCE
from labs.limits import load as load_limits
from labs.mapping import FileMapping, read_mapping, shipped
from labs.report import Reading, UploadState
from labs.result import Finding
from shopper.administer import opened
from shopper.errors import CommandError
from storage import clock, expectations, uploads
from storage.settings import load
from storage.store import open_objects

BY = "command"


def check(chosen: Namespace) -> int:
    """Print every finding of a file and store nothing; 1 where the file would be held or refused."""
    mapping = _mapping(chosen.mapping)
    with opened(load()) as database, database.unit() as unit:
        today = clock.now(unit).date()
        known = expectations.expected(
            unit, chosen.lab, today, load_limits(IN_FORCE), mapping=mapping, announced=chosen.sha256
        )
    reading = _reading(chosen.file, known)
    sys.stdout.writelines(_json(reading) if chosen.json else _lines(reading, chosen.file))
    return 1 if reading.refused or reading.held else 0


def submit(chosen: Namespace) -> int:
    """Keep a file for ever, read it, and commit, hold or reject it; the same bytes again give the first receipt."""
    from flows.intake import take

    settings, mapping = load(), _mapping(chosen.mapping)
    if mapping and mapping.outside:
        raise CommandError(f"{mapping.code} maps samples that were never ordered here: lab check alone reads them.")
    if (size := _size(chosen.file)) > MOST_BYTES:
        raise CommandError(f"{chosen.file} has {size} bytes, more than the {MOST_BYTES} that are taken.")
    data, objects = _read(chosen.file), open_objects(settings)
    with opened(settings) as database:
        with database.unit() as unit:
            at = clock.now(unit)
            upload = uploads.receive(unit, objects, chosen.lab, chosen.file.name, data, by=BY, at=at)
        take(database, objects, load_limits(IN_FORCE), upload, at, mapping)
        with database.unit() as unit:
            kept = uploads.get(unit, upload.id)
    print(f"{chosen.file}: receipt {kept.id}, SHA-256 {kept.sha256}, {kept.state.value}")
    sys.stdout.writelines(_line(finding) for finding in kept.findings)
    return 0 if kept.state is UploadState.COMMITTED else 1


def _lines(reading: Reading, file: Path) -> Iterator[str]:
    yield from (_line(finding) for finding in reading.findings)
    stands = "rejected" if reading.refused else "held" if reading.held else "would be committed"
    yield f"{file}: {stands}; {len(reading.reports)} reports, {len(reading.results)} results, "
    yield f"{len(reading.findings)} findings\n"


def _line(finding: Finding) -> str:
    return f"{finding.reaction:6} {finding.rule} {finding.cell or finding.row or '-'}: {told(finding, 'en')}\n"


def _json(reading: Reading) -> Iterator[str]:
    """One finding a line, so that a long list can be read as it comes."""
    for finding in reading.findings:
        record = {
            "rule": finding.rule, "reaction": finding.reaction, "row": finding.row, "column": finding.column,
            "cell": finding.cell, "found": finding.found, "expected": finding.expected,
            "zh": told(finding, "zh"), "en": told(finding, "en"),
        }  # fmt: skip
        yield json.dumps(record, ensure_ascii=False) + "\n"


def _mapping(word: str | None) -> FileMapping | None:
    """A mapping's code, or a file of one; without a word the laboratory's own is taken."""
    if word is None:
        return None
    if not word.endswith(".toml"):
        return shipped(word)
    return read_mapping(_read(Path(word)).decode("utf-8"))


def _reading(path: Path, known: Expected) -> Reading:
    size = _size(path)
    if size > MOST_BYTES:
        return Reading((), (refusal_of_size(size),))
    return read_in_child(_read(path), path.name, known)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
