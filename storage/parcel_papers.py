"""Drafts of the documents that travel with goods: the manifest of a consignment and the receipt of a handover."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from labs.items import items
from sampling.category import category_name
from sampling.custody import UnitEvent
from sampling.documents.kind import DocumentKind, document_number
from sampling.documents.manifest import ManifestLine, Sent, manifest
from sampling.documents.receipt import Passed, handover_receipt
from storage import consignments, custody, laboratories, moves, samples
from storage.documents import Draft
from storage.errors import Conflict, NotFound
from storage.papers import Blind, case, find_unit
from storage.schema.custody import ConsignmentRow


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
    kept = None if row.coldest is None else (f"{row.coldest:f}", f"{row.warmest:f}")
    packed_at = row.packed_at.astimezone(rules.zone)
    sent = Sent(number, names.get(row.lab, row.lab), packed_at, row.manifest_sha256, kept)
    lines = tuple(
        ManifestLine(
            line.blind_code, line.seal_no, category_name(line.category), line.items, line.methods, names=items()
        )
        for line in found.lines
    )
    return Draft(
        DocumentKind.MANIFEST, number, "consignment", row.id, rules.zone,
        lambda stamped: manifest(sent, lines, stamped),
    )  # fmt: skip


def manifest_number(number: str) -> str:
    """Give the number under which the manifest of a consignment is released."""
    return document_number(DocumentKind.MANIFEST, number)


def of_leaving(unit: Session, unit_id: UUID, sample_id: UUID, blind: Blind) -> Draft:
    """Give the receipt of the entry in which a unit left the station last."""
    left = [one for one in custody.handovers(unit, unit_id) if one.event is UnitEvent.HANDED_OVER]
    code = next(part.code for part in custody.units(unit, sample_id) if part.id == unit_id)
    return of_handover(unit, f"{code}/{left[-1].seq}", blind)


def of_handover(unit: Session, named: str, blind: Blind) -> Draft:
    """Give the receipt of one entry of a unit's chain, named as `unit code/entry`.

    An unknown one, and one at which the unit did not change hands, raises NotFound.
    """
    code, _, place = named.partition("/")
    sample, part = find_unit(unit, code)
    _, rules = case(unit, sample)
    passings = [one for one in custody.handovers(unit, part.id) if one.passes]
    found = next(((at, one) for at, one in enumerate(passings, 1) if str(one.seq) == place), None)
    if found is None:
        raise NotFound(f"the chain of {code} has no handover {place or '(say which: CODE/1)'}")
    (number, entry), known = found, blind(sample, part.role)
    passed = Passed(known, number, replace(entry, at=entry.at.astimezone(rules.zone)))
    return Draft(
        DocumentKind.HANDOVER_RECEIPT, f"{known}-{number}", "sample", sample.id, rules.zone,
        lambda stamped: handover_receipt(passed, stamped),
    )  # fmt: skip
