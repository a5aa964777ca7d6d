"""Drafts of the documents that travel with goods: the manifest of a consignment and the receipt of a handover."""

from dataclasses import replace

from sqlalchemy.orm import Session

from sampling.documents.kind import DocumentKind
from sampling.documents.manifest import ManifestLine, Sent, manifest
from sampling.documents.receipt import Passed, handover_receipt
from sampling.text import Text
from storage import consignments, custody, laboratories, moves, samples
from storage.documents import Draft
from storage.errors import Conflict, NotFound
from storage.papers import Blind, case, find_unit
from storage.schema.custody import ConsignmentRow

PURPOSES = {"first": Text("初检", "first test"), "retest": Text("复检", "re-test")}


def of_consignment(unit: Session, number: str) -> Draft:
    """Give the manifest of a consignment by its number; an unknown one raises NotFound, one not packed Conflict."""
    row = moves.one(unit, ConsignmentRow, number=number)
    if row is None:
        raise NotFound(f"there is no consignment {number}")
    if row.manifest_sha256 is None:
        raise Conflict(f"consignment {number} is not packed yet")
    found = consignments.get(unit, row.id)
    names = {one.code: one.name for one in laboratories.listed(unit)}
    _, sample_id = next(iter(consignments.units_of(unit, row.id).values()))
    _, rules = case(unit, samples.get(unit, sample_id))
    sent = Sent(
        number, names.get(row.lab, row.lab), PURPOSES[row.purpose], row.packed_at.astimezone(rules.zone),
        row.manifest_sha256,
    )  # fmt: skip
    lines = tuple(ManifestLine(line.blind_code, line.seal_no, line.category, line.items) for line in found.lines)
    return Draft(
        DocumentKind.MANIFEST, number, "consignment", row.id, rules.zone,
        lambda stamped: manifest(sent, lines, stamped),
    )  # fmt: skip


def of_handover(unit: Session, named: str, blind: Blind) -> Draft:
    """Give the receipt of one entry of a unit's chain, named as `unit code/entry`; an unknown one raises NotFound."""
    code, _, place = named.partition("/")
    sample, part = find_unit(unit, code)
    _, rules = case(unit, sample)
    entry = next((one for one in custody.handovers(unit, part.id) if str(one.seq) == place), None)
    if entry is None:
        raise NotFound(f"the chain of {code} has no entry {place or '(say which: CODE/1)'}")
    known = blind(sample, part.role)
    passed = Passed(known, replace(entry, at=entry.at.astimezone(rules.zone)))
    return Draft(
        DocumentKind.HANDOVER_RECEIPT, f"{known}-{entry.seq}", "sample", sample.id, rules.zone,
        lambda stamped: handover_receipt(passed, stamped),
    )  # fmt: skip
