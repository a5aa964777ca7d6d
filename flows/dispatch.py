"""Dispatch: packs what is sealed for the laboratories, prints its papers, and tells them what is on its way."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial

from prefect import flow

from flows.blinding import PURPOSES, blinding
from flows.doubling import sendable
from flows.packing import Part, group_of, kept, ordered, pack_groups, packed
from flows.report import Report, tally
from flows.tick import ALL, LEFT, each, guarded, joined, now
from flows.wiring import World, open_world, printed
from labs import method
from labs.accreditation import ANY, LabDraw, ScopeEntry, pick_retest_lab
from labs.consignment import DUPLICATE, ENDED, FIRST, UNDER_WAY, Consignment, ConsignmentEvent, ConsignmentState
from labs.objection import Objection
from sampling.custody import Role
from sampling.digest import canonical, sha256
from sampling.documents.kind import document_number
from sampling.sample import Sample, SampleState
from storage import (
    accounts,
    bases,
    campaigns,
    consignments,
    coverage,
    custody,
    documents,
    events,
    laboratories,
    objections,
    papers,
    parcel_papers,
    receipt_links,
    returns,
    samples,
    unpacked,
)
from storage.acts import reinspection
from storage.acts.reinspection import Wanted
from storage.consignments import Order
from storage.papers import issuer
from storage.role import UserRole
from storage.service import procedure_of
from storage.settings import load
from storage.unit import Unit

ACTOR = "flow:dispatch"
LAB_DRAWN = "lab_drawn"
LEFT_US = (*UNDER_WAY, *ENDED)


@flow(name="dispatch")
def dispatch(limit: int = 100) -> str:
    """Pack, print and announce what is due; give the report as one line."""
    with open_world(load()) as world:
        return str(sweep(world, limit))


def sweep(world: World, limit: int) -> Report:
    """Pack one consignment a laboratory and temperature, then tell the laboratories of those that have left."""
    with world.database.turn("packing", "all") as mine:
        sent = _pack_all(world, limit) if mine else []
    with world.database.unit() as unit:
        unprinted = [one for one in consignments.in_state(unit, ConsignmentState.PACKED) if not _has_papers(unit, one)]
        left = [one for one in consignments.in_state(unit, *LEFT_US) if _is_untold(world, unit, one)]
    papered = each("dispatch", world, "consignment", unprinted, _print, most=limit)
    told = each("dispatch", world, "consignment", left, _announce, most=limit)
    return joined("dispatch", [tally("dispatch", sent), papered, told])


def _pack_all(world: World, limit: int) -> list[str]:
    return [*_pack_first(world, limit), *_pack_retests(world, limit)]


def _pack_first(world: World, limit: int) -> list[str]:
    at = now(world)
    with world.database.unit() as unit:
        waiting = samples.in_state(unit, SampleState.NOTICE_SENT, limit=ALL)
        due = [sample for sample in waiting if not _is_ordered(unit, sample)][:limit]
        scopes = laboratories.scopes(unit)
        lacking = {sample.id: _out_of_scope(world, scopes, sample, at) for sample in due}
        for sample in due:
            unpacked.tell(unit, sample, lacking[sample.id], by=ACTOR, at=at)
        fresh = [sample for sample in due if not lacking[sample.id]]
        parts = [Part(group_of(unit, sample, sample.lab or ""), sample, Role.TEST) for sample in fresh]
        doubles, refused = sendable(world, unit, limit, {sample.id for sample in fresh}, by=ACTOR)
    done = refused + pack_groups(world, [*parts, *doubles], by=ACTOR)
    return done + ["left: out of the laboratory's scope"] * (len(due) - len(fresh))


def _is_ordered(unit: Unit, sample: Sample) -> bool:
    return any(order.purpose == FIRST for order in consignments.of_sample(unit, sample.id))


def _pack_retests(world: World, limit: int) -> list[str]:
    """Pack so many at the most; one that cannot be, or of which nothing is due, uses up nobody's place."""
    with world.database.unit() as unit:
        waiting = samples.in_state(unit, SampleState.REINSPECTION, limit=ALL)
    done, sent = list[str](), 0
    for sample in waiting:
        said = guarded("dispatch", f"re-test of {sample.code}", partial(_pack_retest, world, sample))
        done += [said] if said else []
        sent += said.startswith("packed")
        if sent >= limit:
            break
    return done


def _pack_retest(world: World, sample: Sample) -> str:
    with world.database.unit() as unit:
        return _pack_next(world, unit, sample)


def _pack_next(world: World, unit: Unit, sample: Sample) -> str:
    """Send the backup unit, or the third one where two laboratories differ, to one that has not tested the goods.

    Why that cannot be is said once and kept for the officer; nothing where all is under way.
    """
    at, orders = now(world), consignments.of_sample(unit, sample.id)
    objection = objections.retested(unit, sample.id)
    wanted = reinspection.next_test(unit, sample.id, [order.purpose for order in orders])
    if wanted is None or objection is None:
        return ""
    refusal = reinspection.unit_refusal(unit, sample.id, wanted.role, at)
    methods = [] if refusal else _methods(unit, wanted, orders)
    draw = None if refusal or not wanted.items else _draw(unit, objection, sample, wanted.role, orders, methods, at)
    if draw is None or draw.lab is None:
        reason = refusal or f"no_laboratory_for_{PURPOSES[wanted.role]}"
        return f"left: {reason}" if objections.hold(unit, objection, reason, by=ACTOR, at=at) else ""
    told = {"for": PURPOSES[wanted.role], **asdict(draw)}
    events.append(unit, sample.id, objections.NOUN, objection.id, LAB_DRAWN, by=ACTOR, at=at, data=told)
    asked = {item: tuple(method.named(how, of) for what, how, of in methods if what == item) for item in wanted.items}
    part, group = packed(world, unit, sample, wanted.role, asked), group_of(unit, sample, draw.lab)
    consignments.pack(unit, draw.lab, [part], purpose=PURPOSES[wanted.role], by=ACTOR, at=at, kept=kept(group))
    return f"packed for {PURPOSES[wanted.role]}"


def _methods(unit: Unit, wanted: Wanted, orders: Sequence[Order]) -> list[tuple[str, str, str]]:
    """Give each item that is wanted with the method and edition that it was first tested by."""
    first = next(order for order in orders if order.purpose == FIRST)
    found = bases.results_of(unit, first.sample_id, first.blind_code).values()
    tested = [(one.item, one.method, one.method_edition or ANY) for one in found if one.item in wanted.items]
    return list(dict.fromkeys(tested))


def _draw(
    unit: Unit, objection: Objection, sample: Sample, role: Role, orders: Sequence[Order],
    methods: Sequence[tuple[str, str, str]], at: datetime,
) -> LabDraw:  # fmt: skip
    """Draw one laboratory in scope for the methods of the first; the published draw leads to the seed."""
    rules = procedure_of(unit, sample.id, objection.received_at)
    # A laboratory with a blind duplicate is another one still: where few are in scope, it must not use them up.
    judged = [order.lab for order in orders if order.purpose != DUPLICATE]
    tested = judged if rules.rule("retest_lab_is_another").flag else []
    tested += returns.refusers(unit, sample.id)  # one that sent a twin back is not asked twice
    published = campaigns.get(unit, sample.campaign_id).draw_sha256
    seed = sha256(canonical({"draw": published, "sample": sample.code, "for": PURPOSES[role]}))
    codes = [lab.code for lab in laboratories.listed(unit)]
    return pick_retest_lab(
        codes, tested, seed, methods, at.date(), scopes=laboratories.scopes(unit), category=sample.category
    )


def _out_of_scope(world: World, scopes: Sequence[ScopeEntry], sample: Sample, at: datetime) -> tuple[str, ...]:
    return coverage.out_of_scope(scopes, sample.lab or "", sample.category, ordered(world, sample, at), at)


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
        stands = consignments.hold(unit, consignment.id)
        if not _is_untold(world, unit, stands):
            return LEFT
        _release(world, unit, [parcel_papers.of_leaving(unit, *pair, blinding(world.blind_key))
                               for pair in consignments.units_of(unit, consignment.id).values()])  # fmt: skip
        if stands.state is not ConsignmentState.HANDED_OVER:
            return "receipts printed"  # the laboratory was faster than we are
        consignments.record(unit, consignment.id, ConsignmentEvent.ANNOUNCED, by=ACTOR, at=at)
        if any(user.lab == consignment.lab for user in accounts.list_users(unit, UserRole.LAB)):
            return "announced"
        receipt_links.make(
            unit, consignment.id, expires_at=receipt_links.ends(unit, consignment.id, at), by=ACTOR, at=at
        )
    return "announced by link"


def _is_untold(world: World, unit: Unit, consignment: Consignment) -> bool:
    """Whether nobody was told yet that it left, or the receipts of it were never printed: they are all at once."""
    if consignment.state is ConsignmentState.HANDED_OVER:
        return True
    pair = next(iter(consignments.units_of(unit, consignment.id).values()))
    draft = parcel_papers.of_leaving(unit, *pair, blinding(world.blind_key))
    return documents.last(unit, document_number(draft.kind, draft.subject)) is None


def _release(world: World, unit: Unit, drafts: Sequence[documents.Draft]) -> None:
    for draft in drafts:
        documents.release(
            unit, world.objects, draft, issuer(world.settings), printed, by=ACTOR, at=now(world)
        )  # fmt: skip
