"""Keeping: a visit becomes a sealed bundle in the chain of its case."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from flows.wiring import World, set_aside
from sampling.digest import canonical
from sampling.evidence.bundle import seal
from sampling.evidence.visit import Visit
from sampling.evidence.withheld import aside
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
    replay: Mapping[str, Any] | None = None,
) -> Capture:
    """Seal what a visit left behind and keep it under its hashes, bound to the case's capture before it.

    Who bought stands in a file that only the holder of one key can open, and nowhere else in the bundle.
    """
    id_ = captures.fresh_id()
    bundle = seal(
        _from(world, visit),
        capture_id=str(id_),
        case=str(sample.id),
        keys=world.keys,
        prev_sha256=captures.last_manifest(unit, sample.id),
        extracted=read or None,
        sealed={name: set_aside(world.aside_key, data) for name, data in _aside(sample, visit, purpose, by=by)},
        replay=replay,
    )
    return captures.save(
        unit, world.objects, id_=id_, sample_id=sample.id, purpose=purpose, kind=visit.kind.value, reason=visit.reason,
        url=visit.final_url, status=visit.status, bundle=bundle, listing=read, by=by, at=at,
    )  # fmt: skip


def _aside(sample: Sample, visit: Visit, purpose: str, *, by: str) -> Iterator[tuple[str, bytes]]:
    if purpose == captures.ORDER:
        yield "identity", canonical({"shopper": sample.shopper, "platform": sample.platform, "by": by})
    if cookies := aside(visit.exchanges):
        yield "cookies", cookies


def _from(world: World, visit: Visit) -> Visit:
    """The visit with the place it went out from, as the operator states it."""
    egress = world.settings.egress
    told = {"egress_country": egress.country, "egress_address": egress.address}
    return replace(visit, tool={**visit.tool, **{name: value for name, value in told.items() if value}})
