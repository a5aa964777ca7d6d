"""All that is on file about the custody of one sample, read together for the verifier and for the export."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sampling.custody import Handover, UnitEvent
from sampling.digest import Digest
from sampling.dossier import Dossier, Logged, SealBatch
from sampling.seal import SEAL, Seal, SealEvent
from storage import custody, events, ledger, samples, seals
from storage.records import record_of
from storage.schema.custody import SealRow
from storage.schema.event import EventRow
from storage.schema.evidence import LedgerEntryRow


def gather(unit: Session, code: str) -> Dossier:
    """Give the dossier of the sample of that code, or raise NotFound."""
    sample = samples.by_code(unit, code)
    log = events.history(unit, sample.id)
    units = custody.units(unit, sample.id)
    chains = {one.id: custody.handovers(unit, one.id) for one in units}
    registered = _seals(unit, [one.id for one in units], log)
    return Dossier(
        sample_id=sample.id,
        code=sample.code,
        units=units,
        chains=chains,
        seals=registered,
        log=tuple(Logged(one.noun, one.subject_id, one.type, one.at, one.actor, one.data) for one in log),
        log_breaks=events.breaks(log),
        batches=_batches(unit, registered),
        applied=_applied(unit, [seal.number for seal in registered]),
        entered=_entered(unit, chains),
    )


def with_units(unit: Session) -> tuple[str, ...]:
    """Give the codes of all samples that were sealed, in their order."""
    wanted = select(EventRow.case_id).where(EventRow.noun == "unit", EventRow.type == UnitEvent.SEALED).distinct()
    return tuple(sorted(samples.get(unit, case).code for case in unit.scalars(wanted)))


def _seals(unit: Session, unit_ids: Sequence[UUID], log: Sequence[events.Entry]) -> tuple[Seal, ...]:
    """The seals that say they are on these units, and those of which the log says so."""
    told = {one.subject_id for one in log if one.noun == SEAL.noun}
    wanted = select(SealRow).where(SealRow.unit_id.in_(unit_ids) | SealRow.number.in_(told))
    return tuple(record_of(Seal, row) for row in unit.scalars(wanted.order_by(SealRow.number)))


def _batches(unit: Session, registered: Sequence[Seal]) -> Mapping[UUID, SealBatch]:
    ids = {seal.batch_id for seal in registered if seal.batch_id}
    return {id_: found for id_ in ids if (found := seals.batch(unit, id_))}


def _applied(unit: Session, numbers: Sequence[str]) -> Mapping[str, int]:
    wanted = select(EventRow.subject_id, func.count()).where(
        EventRow.noun == SEAL.noun, EventRow.type == SealEvent.APPLIED, EventRow.subject_id.in_(numbers)
    )
    return {number: often for number, often in unit.execute(wanted.group_by(EventRow.subject_id))}


def _entered(unit: Session, chains: Mapping[UUID, Sequence[Handover]]) -> Mapping[UUID, Digest]:
    ids = [str(entry.id) for chain in chains.values() for entry in chain]
    wanted = select(LedgerEntryRow.subject, LedgerEntryRow.sha256).where(
        LedgerEntryRow.kind == ledger.CUSTODY, LedgerEntryRow.subject.in_(ids)
    )
    return {UUID(subject): sha256 for subject, sha256 in unit.execute(wanted)}
