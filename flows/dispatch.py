"""Dispatch: packs what is sealed for the laboratories, prints its papers, and tells them what is on its way."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from prefect import flow

from flows.blinding import PURPOSES, blinding
from flows.report import Report, tally
from flows.tick import ALL, LEFT, each, joined, now
from flows.wiring import World, open_world, printed
from labs.accreditation import pick_retest_lab
from labs.consignment import Consignment, ConsignmentEvent, ConsignmentState
from labs.verdict import Outcome
from sampling import rulebook
from sampling.calendar import due as deadline_of
from sampling.custody import Role
from sampling.sample import Sample, SampleState
from storage import (
    accounts,
    campaigns,
    consignments,
    custody,
    documents,
    laboratories,
    papers,
    parcel_papers,
    receipt_links,
    samples,
    verdicts,
)
from storage.consignments import Kept, Packed
from storage.papers import issuer
from storage.role import UserRole
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:dispatch"
FIRST, RETEST = "first", PURPOSES[Role.BACKUP]
LINK_LIFE = "receipt_link_life"
Group = tuple[str, tuple[int, ...]]
"""What travels together: the laboratory, and the coldest and warmest degrees where a rule names them."""


@flow(name="dispatch")
def dispatch(limit: int = 100) -> str:
    """Pack, print and announce what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Pack one consignment a laboratory and temperature, then tell the laboratories of those that have left."""
    with world.database.turn("packing", "all") as mine:
        packed = [*_pack_first(world, limit), *_pack_retests(world, limit)] if mine else []
    with world.database.unit() as unit:
        unprinted = [one for one in consignments.in_state(unit, ConsignmentState.PACKED) if not _has_papers(unit, one)]
        left = consignments.in_state(unit, ConsignmentState.HANDED_OVER)
    papered = each("dispatch", world, "consignment", unprinted, _print, most=limit)
    told = each("dispatch", world, "consignment", left, _announce, most=limit)
    return joined("dispatch", [tally("dispatch", packed), papered, told])


def _pack_first(world: World, limit: int) -> list[str]:
    at = now(world)
    with world.database.unit() as unit:
        waiting = samples.in_state(unit, SampleState.NOTICE_SENT, limit=ALL)
        fresh = [sample for sample in waiting if not consignments.of_sample(unit, sample.id)][:limit]
        groups = {sample.id: _group(unit, sample, sample.lab or "") for sample in fresh}
        for (lab, range_), group in groupby(
            sorted(fresh, key=lambda sample: groups[sample.id]), key=lambda sample: groups[sample.id]
        ):
            packed = [_packed(world, unit, sample, Role.TEST, sample.blind_code, ()) for sample in group]
            consignments.pack(unit, lab, packed, purpose=FIRST, by=ACTOR, at=at, kept=_kept(range_))
    return ["packed"] * len(fresh)


def _pack_retests(world: World, limit: int) -> list[str]:
    at, done, blind = now(world), [], blinding(world.blind_key)
    with world.database.unit() as unit:
        scopes = laboratories.scopes(unit)
        codes = [lab.code for lab in laboratories.listed(unit)]
        for sample in samples.in_state(unit, SampleState.REINSPECTION, limit=limit):
            if any(order.purpose == RETEST for order in consignments.of_sample(unit, sample.id)):
                continue
            failed = _failed_items(unit, sample)
            seed = str(sample.id)
            lab = pick_retest_lab(
                codes, sample.lab or "", seed.encode(), [(item, "*") for item in failed], at.date(), scopes=scopes
            )
            if lab is None:
                done.append("left: no second laboratory")
                continue
            packed = _packed(world, unit, sample, Role.BACKUP, blind(sample, Role.BACKUP), failed)
            kept = _kept(_group(unit, sample, lab)[1])
            consignments.pack(unit, lab, [packed], purpose=RETEST, by=ACTOR, at=at, kept=kept)
            done.append("packed for re-test")
    return done


def _packed(world: World, unit: Unit, sample: Sample, role: Role, code: str, items: tuple[str, ...]) -> Packed:
    ordered = items or world.limits.items(sample.category, now(world).date())
    return Packed(custody.of_role(unit, sample.id, role), code, sample.category, ordered)


def _failed_items(unit: Unit, sample: Sample) -> tuple[str, ...]:
    first = verdicts.effective(unit, sample.id)
    return tuple(item.item for item in first.items if item.outcome is Outcome.FAIL) if first else ()


def _group(unit: Unit, sample: Sample, lab: str) -> Group:
    rules = rulebook.load(campaigns.get(unit, sample.campaign_id).rulebook)
    rule = rules.rules.get(f"transport.{sample.category}")
    return lab, rule.numbers if rule else ()


def _kept(range_: tuple[int, ...]) -> Kept | None:
    return Kept(Decimal(range_[0]), Decimal(range_[1])) if range_ else None


def _has_papers(unit: Unit, consignment: Consignment) -> bool:
    return documents.last(unit, parcel_papers.manifest_number(consignment.number)) is not None


def _print(world: World, consignment: Consignment) -> str:
    """Release the manifest, and the label of every unit of the samples in it, so that each can be told apart."""
    with world.database.unit() as unit:
        found = consignments.units_of(unit, consignment.id).values()
        codes = [part.code for _, sample_id in found for part in custody.units(unit, sample_id)]
        blind = blinding(world.blind_key)
        drafts = [parcel_papers.of_consignment(unit, consignment.number)]
        drafts += [papers.of_unit(unit, code, blind) for code in codes]
        _release(world, unit, drafts)
    return "printed"


def _announce(world: World, consignment: Consignment) -> str:
    """Print a receipt of each handover; a laboratory without an account gets a link, any other sees it on its page."""
    at = now(world)
    with world.database.unit() as unit:
        if consignments.hold(unit, consignment.id).state is not ConsignmentState.HANDED_OVER:
            return LEFT
        _release(world, unit, [parcel_papers.of_leaving(unit, *pair, blinding(world.blind_key))
                               for pair in consignments.units_of(unit, consignment.id).values()])  # fmt: skip
        consignments.record(unit, consignment.id, ConsignmentEvent.ANNOUNCED, by=ACTOR, at=at)
        if any(user.lab == consignment.lab for user in accounts.list_users(unit, UserRole.LAB)):
            return "announced"
        receipt_links.make(unit, consignment.id, expires_at=_ends(unit, consignment, at), by=ACTOR, at=at)
    return "announced by link"


def _ends(unit: Unit, consignment: Consignment, at: datetime) -> datetime:
    _, sample_id = next(iter(consignments.units_of(unit, consignment.id).values()))
    rules = rulebook.load(campaigns.get(unit, samples.get(unit, sample_id).campaign_id).rulebook)
    return deadline_of(at, rules.rule(LINK_LIFE), rules.zone).due_at


def _release(world: World, unit: Unit, drafts: Sequence[documents.Draft]) -> None:
    for draft in drafts:
        documents.release(
            unit, world.objects, draft, issuer(world.settings), printed, by=ACTOR, at=now(world)
        )  # fmt: skip
