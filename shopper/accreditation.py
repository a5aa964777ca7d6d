"""The commands of accreditation: import a file of a scope, and look at what falls when accreditation is taken away."""

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from labs.findings import explain
from labs.result import Finding
from labs.scope_file import read_scope
from labs.withdrawal import Reach, WithdrawalKind
from shopper.administer import opened
from shopper.errors import CommandError
from storage import clock, laboratories, withdrawals
from storage.acts import accreditation
from storage.acts.accreditation import Gap
from storage.settings import load
from storage.store import open_objects
from storage.unit import Unit

BY = "command"


def import_scope(chosen: Namespace) -> int:
    """Take the lines of a file, or none of them and print every finding; 1 where there is one."""
    data, settings = file_data(chosen.file), load()
    with opened(settings) as database, database.unit() as unit:
        read = read_scope(data, known=[one.code for one in laboratories.listed(unit)])
        if read.findings:
            _print_findings(read.findings, chosen)
            return 1
        done = laboratories.import_scope(
            unit, open_objects(settings), chosen.file.name, data, read.entries, by=BY, at=clock.now(unit)
        )
    if chosen.json:
        print(json.dumps({**asdict(done), "imported_at": done.imported_at.isoformat()}, ensure_ascii=False))
    else:
        when = done.imported_at.isoformat(timespec="minutes")
        print(f"{chosen.file}: {done.lines} lines, {done.fresh} of them told something that was not known.")
        print(f"Kept as {done.sha256}, brought by {done.imported_by} on {when}.")
    return 0


def withdraw(chosen: Namespace) -> int:
    """Print each verdict that would fall; with a proposal, keep it for an officer to carry out."""
    if chosen.propose and not chosen.reason:
        raise CommandError("A proposal needs its reason: give it with --reason.")
    if chosen.to and chosen.to < chosen.since:
        raise CommandError(f"The last day, {chosen.to}, lies before the first, {chosen.since}.")
    reach = Reach(chosen.lab, chosen.since, chosen.to, chosen.scheme, chosen.item, chosen.method)
    with opened(load()) as database, database.unit() as unit:
        at = clock.now(unit)
        gaps = accreditation.look(unit, reach, at=at)
        proposed = _propose(unit, reach, chosen, at) if chosen.propose else ""
    if chosen.json:
        print(json.dumps({"proposed": proposed, "verdicts": [_plain(gap) for gap in gaps]}, ensure_ascii=False))
        return 0
    for gap in gaps:
        print(_line(gap))
    print(f"{len(gaps)} verdicts rest on tests of {reach.lab} from {reach.from_day} on that nothing covers any more.")
    if proposed:
        print(f"Proposed as {proposed}: an officer carries it out under Laboratories.")
    return 0


def file_data(path: Path) -> bytes:
    """Give the bytes of a file, or raise CommandError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _propose(unit: Unit, reach: Reach, chosen: Namespace, at: datetime) -> str:
    made = withdrawals.propose(unit, WithdrawalKind(chosen.kind), reach, chosen.reason, by=BY, at=at)
    return str(made.id)


def _print_findings(findings: Sequence[Finding], chosen: Namespace) -> None:
    for finding in findings:
        text = explain(finding)
        if chosen.json:
            plain = {
                name: getattr(finding, name) for name in ("rule", "reaction", "row", "column", "found", "expected")
            }
            print(json.dumps({**plain, "zh": text.zh, "en": text.en}, ensure_ascii=False))
        else:
            print(f"{finding.reaction} {finding.rule} {finding.row or '-'}: {text.en}")


def _plain(gap: Gap) -> dict[str, Any]:
    return {
        "sample": gap.sample.code,
        "state": gap.sample.state.value,
        "verdict": str(gap.verdict.id),
        "outcome": gap.verdict.outcome.value,
        "items": list(gap.items),
        "publication": gap.publication.number if gap.publication else None,
        "notices": [one.number for one in gap.notices],
    }


def _line(gap: Gap) -> str:
    told = [gap.publication.number] if gap.publication else []
    with_it = ", ".join([*told, *(one.number for one in gap.notices)]) or "nothing"
    said = f"{gap.verdict.outcome.value} on {', '.join(gap.items)}"
    return f"{gap.sample.code} {gap.sample.state.value}: {said}; with it {with_it}"
