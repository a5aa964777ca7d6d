"""The commands of a laboratory's file: print every finding and store nothing, or submit it."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from cryptography.x509 import load_pem_x509_certificates

from labs.edge.door import Scan, take_in
from labs.finding_list import to_json
from labs.findings import told
from labs.formats import MOST_BYTES, Expected, refusal_of_size
from labs.limits import IN_FORCE
from labs.limits import load as load_limits
from labs.mapping import PLAIN, FileMapping, codes, read_mapping, shipped, version_of
from labs.report import Reading, UploadState
from labs.result import Finding
from labs.signed import MOST_BYTES as MOST_REPORT
from labs.signed import ReportRule, Sent
from sampling.digest import sha256
from shopper.administer import opened
from shopper.errors import CommandError
from storage import clock, expectations, report_rules, uploads
from storage.settings import load
from storage.store import open_objects

BY = "command"


def check(chosen: Namespace) -> int:
    """Print every finding of a file and store nothing; 1 where the file would be held or refused."""
    from flows.wiring import scanning

    settings, mapping = load(), _mapping(chosen.mapping)
    with opened(settings) as database, database.unit() as unit:
        at = clock.now(unit)
        known = expectations.expected(
            unit, chosen.lab, at, load_limits(IN_FORCE), mapping=mapping, announced=chosen.sha256
        )
        rule = report_rules.of_lab(unit, chosen.lab)
    reading = _reading(chosen, known, rule, at=at, scan=scanning(settings))
    sys.stdout.writelines(to_json(reading.findings) if chosen.json else _lines(reading, chosen.file))
    return 1 if reading.refused or reading.held else 0


def submit(chosen: Namespace) -> int:
    """Keep a file for ever, read it, and commit, hold or reject it; the same bytes again give the first receipt."""
    from flows.intake import take
    from flows.wiring import scanning

    settings, mapping = load(), _mapping(chosen.mapping)
    if mapping and mapping.outside:
        raise CommandError(f"{mapping.code} maps samples that were never ordered here: lab check alone reads them.")
    if (size := _size(chosen.file)) > MOST_BYTES:
        raise CommandError(f"{chosen.file} has {size} bytes, more than the {MOST_BYTES} that are taken.")
    data, report, objects = _read(chosen.file), _beside(chosen.report), open_objects(settings)
    if chosen.sha256 not in {"", sha256(data)}:
        raise CommandError(f"{chosen.file} has the SHA-256 {sha256(data)}, not the one that was named.")
    with opened(settings) as database:
        with ExitStack() as held:
            with database.unit() as unit:
                at = clock.now(unit)
                upload = uploads.receive(unit, objects, chosen.lab, chosen.file.name, data, by=BY, at=at, report=report)
                mine = held.enter_context(database.turn("upload", upload.id))  # before a sweep can see the file
            if mine:
                take(database, objects, load_limits(IN_FORCE), upload, at, mapping, scan=scanning(settings))
        with database.unit() as unit:
            kept = uploads.get(unit, upload.id)
    print(f"{chosen.file}: receipt {kept.id}, SHA-256 {kept.sha256}, {kept.state.value}")
    sys.stdout.writelines(_line(finding) for finding in kept.findings)
    return 0 if kept.state is UploadState.COMMITTED else 1


def mappings(_: Namespace) -> int:
    """Print each mapping that is shipped: code, version, the hash of all that it says, and how it reads."""
    for one in (PLAIN, *map(shipped, codes())):
        told = version_of(one)
        outside = ", samples of another programme" if one.outside else ""
        dates = f"{one.layout}, decimal {one.decimal}, dates {one.dates}{outside}"
        print(f"{told.code:28} {told.version:4} {told.sha256}  {dates}")
    return 0


def reports(chosen: Namespace) -> int:
    """Keep whether a laboratory's tables need a signed report, and whose signatures are believed from now on."""
    certificates = tuple(_certificates(path) for path in chosen.certificates)
    rule = ReportRule(chosen.asked, certificates)
    with opened(load()) as database, database.unit() as unit:
        report_rules.keep(unit, chosen.lab, rule, by=BY, at=clock.now(unit))
    asked = "a table without a signed report is held" if rule.asked else "a signed report is not asked for"
    print(f"{chosen.lab}: {asked}; {len(certificates)} certificates are believed.")
    return 0


def _certificates(path: Path) -> str:
    try:
        text = _read(path).decode("ascii")
        load_pem_x509_certificates(text.encode())
    except ValueError as error:
        raise CommandError(f"{path} holds no certificates as PEM.") from error
    return text


def _lines(reading: Reading, file: Path) -> Iterator[str]:
    yield from (_line(finding) for finding in reading.findings)
    stands = "rejected" if reading.refused else "held" if reading.held else "would be committed"
    yield f"{file}: {stands}; {len(reading.reports)} reports, {len(reading.results)} results, "
    yield f"{len(reading.findings)} findings\n"


def _line(finding: Finding) -> str:
    return f"{finding.reaction:6} {finding.rule} {finding.cell or finding.row or '-'}: {told(finding, 'en')}\n"


def _mapping(word: str | None) -> FileMapping | None:
    """A mapping's code, or a file of one; without a word the laboratory's own is taken."""
    if word is None:
        return None
    if not word.endswith(".toml"):
        return shipped(word)
    return read_mapping(_read(Path(word)).decode("utf-8"))


def _reading(chosen: Namespace, known: Expected, rule: ReportRule, *, at: datetime, scan: Scan | None) -> Reading:
    size = _size(chosen.file)
    if size > MOST_BYTES:
        return Reading((), (refusal_of_size(size),))
    sent = Sent(chosen.file.name, _read(chosen.file), _beside(chosen.report))
    return take_in(sent, known, rule, at=at, scan=scan)[0]


def _beside(path: Path | None) -> bytes | None:
    """One byte more than is taken is enough to refuse a report for its size."""
    if path is None:
        return None
    _size(path)
    with path.open("rb") as file:
        return file.read(MOST_REPORT + 1)


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
