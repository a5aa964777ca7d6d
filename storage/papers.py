"""Drafts of documents: what is known of a subject, gathered for the document that tells it."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from labs.objection import ObjectionKind
from sampling import rulebook
from sampling.campaign import Campaign
from sampling.category import category_name
from sampling.custody import Role, Unit, UnitState
from sampling.documents.kind import DocumentKind
from sampling.documents.label import Label, Labels, sample_label, seal_label
from sampling.documents.mandate import Mandate, task_mandate
from sampling.documents.notice import platform_copy, seller_notice
from sampling.documents.paper import Issuer, Paper, Stamped, Value
from sampling.documents.retention import KeptUnit, retention_list
from sampling.documents.sheet import Bought, SealedUnit, sampling_sheet
from sampling.retention import KEPT
from sampling.rulebook import Rulebook
from sampling.sample import Sample
from sampling.text import Text
from storage import campaigns, captures, custody, purchases, retention, samples, seals
from storage.documents import Draft
from storage.errors import Conflict, NotFound
from storage.schema.custody import UnitRow
from storage.schema.sample import TaskRow
from storage.service import procedure_of
from storage.settings import Settings

Blind: TypeAlias = Callable[[Sample, Role], str]
"""Gives the code under which a laboratory knows the test or the backup unit of a sample."""
NAMES_ORDER = "notice_names_order"
PAGE = "/verify-document"
ANY_PLACE = Text("常温", "ambient")
"""How goods are kept of which no rule says so."""
LISTED = (*KEPT, UnitState.DISPOSED, UnitState.GIVEN_BACK)
"""The states in which a test unit stands on the retention list."""
_K = DocumentKind


def issuer(settings: Settings) -> Issuer:
    """Give who stands on the documents of this installation, and where they are verified."""
    who = settings.authority
    return Issuer(Text(who.zh, who.en), who.contact, settings.base_url.rstrip("/") + PAGE)


def of_sample(unit: Session, kind: DocumentKind, code: str) -> Draft:
    """Give the sheet, the notice, its copy or the mandate of a sample by its code.

    An unknown code raises NotFound; a sample that is not sealed, or was given to nobody, Conflict.
    """
    sample = samples.by_code(unit, code)
    campaign, rules = case(unit, sample)
    if kind is _K.TASK_MANDATE:
        mandate = _mandate(unit, campaign, rules, sample)
        return Draft(kind, code, "sample", sample.id, rules.zone, lambda stamped: task_mandate(mandate, stamped))
    sealed = _sealed(unit, sample, rules.zone)
    if not sealed:
        raise Conflict(f"sample {code} is not sealed yet")
    bought = _bought(unit, campaign, rules, sample)

    def made(stamped: Stamped) -> Paper:
        match kind:
            case _K.SAMPLING_SHEET:
                return sampling_sheet(bought, sealed, stamped)
            case _K.SAMPLING_NOTICE:
                order = rules.rule(NAMES_ORDER).flag
                window = procedure_of(unit, sample.id, stamped.at).window(ObjectionKind.RESULT).rule
                return seller_notice(bought, sealed, window, stamped, names_order=order)
            case _:
                return platform_copy(bought, sealed, stamped)

    return Draft(kind, code, "sample", sample.id, rules.zone, made)


def of_unit(unit: Session, code: str, blind: Blind) -> Draft:
    """Give the label of a unit by its code: one of an unknown code raises NotFound, of an unsealed unit Conflict."""
    sample, part = find_unit(unit, code)
    if part.seal_no is None:
        raise Conflict(f"unit {code} bears no seal yet")
    known = blind(sample, part.role)
    label = sample_label(known, part.role, seal_no=part.seal_no, storage=_kept_at(unit, sample))
    return _label(unit, _K.SAMPLE_LABEL, sample, known, label)


def of_seal(unit: Session, number: str) -> Draft:
    """Give the label beside a seal by its number; a seal that is on no unit raises Conflict."""
    seal = seals.find(unit, number)
    if seal is None:
        raise NotFound(f"there is no seal {number}")
    row = None if seal.unit_id is None else unit.get(UnitRow, seal.unit_id)
    if row is None:
        raise Conflict(f"the seal {number} is on no unit")
    sample = samples.get(unit, row.sample_id)
    label = seal_label(seal.number, row.role, storage=_kept_at(unit, sample))
    return _label(unit, _K.SEAL_LABEL, sample, seal.number, label)


def of_campaign(unit: Session, number: str) -> Draft:
    """Give the list of what a campaign keeps by its number: the twins, and what the tests left of their units."""
    campaign = campaigns.by_number(unit, number)
    zone = rulebook.load(campaign.rulebook).zone
    parts = [part for one in samples.of_campaign(unit, campaign.id) for part in custody.units(unit, one.id)]
    kept = tuple(_listed(unit, part, zone) for part in parts if part.role is not Role.TEST or part.state in LISTED)
    return Draft(
        _K.RETENTION_LIST, number, "campaign", campaign.id, zone,
        lambda stamped: retention_list(campaign.name, number, kept, stamped),
    )  # fmt: skip


def case(unit: Session, sample: Sample) -> tuple[Campaign, Rulebook]:
    """Give the campaign of a sample and the rules it goes by."""
    campaign = campaigns.get(unit, sample.campaign_id)
    return campaign, rulebook.load(campaign.rulebook)


def find_unit(unit: Session, code: str) -> tuple[Sample, Unit]:
    """Give the sample and the unit of a unit's code, or raise NotFound."""
    sample_code, _, letter = code.rpartition("-")
    sample = samples.by_code(unit, sample_code)
    for part in custody.units(unit, sample.id):
        if part.role.value == letter:
            return sample, part
    raise NotFound(f"there is no unit {code}")


def _listed(unit: Session, part: Unit, zone: ZoneInfo) -> KeptUnit:
    dated, row = retention.last(unit, part.id), retention.standing_hold(unit, part.id)
    return KeptUnit(
        part.code, part.seal_no or "", part.state, part.place, local(dated.release_at if dated else None, zone),
        dated.rule if dated else "", dated.status if dated else "", held=row is not None,
    )  # fmt: skip


def _label(unit: Session, kind: DocumentKind, sample: Sample, subject: str, label: Label) -> Draft:
    _, rules = case(unit, sample)
    return Draft(kind, subject, "sample", sample.id, rules.zone, lambda stamped: Labels(kind, stamped, (label,)))


def _kept_at(unit: Session, sample: Sample) -> Value:
    """How cold the goods are kept: where they lie is no business of a laboratory, and changes when they are moved."""
    _, rules = case(unit, sample)
    rule = rules.rules.get(f"transport.{sample.category}")
    return f"{rule.numbers[0]}–{rule.numbers[1]} °C" if rule else ANY_PLACE


def _mandate(unit: Session, campaign: Campaign, rules: Rulebook, sample: Sample) -> Mandate:
    wanted = select(TaskRow.due_at).where(TaskRow.sample_id == sample.id).order_by(TaskRow.id.desc()).limit(1)
    due_at = unit.scalars(wanted).first()
    if due_at is None:
        raise Conflict(f"sample {sample.code} was given to nobody yet")
    return Mandate(
        sample=sample.code, campaign=campaign.name, number=campaign.number, category=category_name(sample.category),
        platform=sample.platform, units=campaign.units_each, rulebook=f"{rules.code}@{rules.version}",
        due_at=due_at.astimezone(rules.zone),
    )  # fmt: skip


def _sealed(unit: Session, sample: Sample, zone: ZoneInfo) -> tuple[SealedUnit, ...]:
    parts = custody.units(unit, sample.id)
    applied: dict[UUID | None, datetime | None] = {
        one.unit_id: one.applied_at for one in seals.of_units(unit, [part.id for part in parts])
    }
    return tuple(
        SealedUnit(
            part.code, part.role, part.lot, part.seal_no, local(applied.get(part.id), zone), part.place, part.stands_in
        )
        for part in parts
        if part.seal_no is not None
    )


def _bought(unit: Session, campaign: Campaign, rules: Rulebook, sample: Sample) -> Bought:
    purchase = purchases.live(unit, sample.id)
    seen = [one.captured_at for one in captures.of_sample(unit, sample.id) if one.purpose == captures.DRAW]
    return Bought(
        sample=sample.code, campaign=campaign.name, platform=sample.platform, seller=sample.seller, title=sample.title,
        brand=sample.brand, category=category_name(sample.category), url=sample.url, item=sample.item_id,
        captured_at=local(seen[0] if seen else None, rules.zone),
        order_no=purchase.order_no if purchase else None,
        ordered_at=local(purchase.intended_at if purchase else None, rules.zone),
        quantity=purchase.quantity if purchase else None,
        paid=purchase.paid if purchase else None,
        carrier=purchase.carrier if purchase else None,
        waybill=purchase.waybill if purchase else None,
    )  # fmt: skip


def local(at: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Give an instant in the zone that people read it in."""
    return None if at is None else at.astimezone(zone)
