"""Keeping: a visit becomes a sealed bundle in the chain of its case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flows.wiring import World
from sampling.evidence.bundle import seal
from sampling.evidence.visit import Visit
from sampling.sample import Sample
from storage import captures
from storage.captures import Capture
from storage.unit import Unit


def keep(
    world: World,
    unit: Unit,
    sample: Sample,
    visit: Visit,
    purpose: str,
    *,
    read: Mapping[str, Any],
    by: str,
    at: datetime,
) -> Capture:
    """Seal what a visit left behind and keep it under its hashes, bound to the case's capture before it."""
    id_ = captures.fresh_id()
    bundle = seal(
        visit,
        capture_id=str(id_),
        case=str(sample.id),
        key=world.evidence_key,
        prev_sha256=captures.last_manifest(unit, sample.id),
        extracted=read or None,
    )
    return captures.save(
        unit,
        world.objects,
        id_=id_,
        sample_id=sample.id,
        purpose=purpose,
        kind=visit.kind.value,
        reason=visit.reason,
        url=visit.final_url,
        status=visit.status,
        bundle=bundle,
        listing=read,
        by=by,
        at=at,
    )
