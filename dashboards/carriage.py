"""The station's page of consignments: hand over, cancel, lose, take back, account for, and links to laboratories."""

from collections.abc import Mapping

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.form import Done, Fault, Fields, Form
from dashboards.views.carriage import load_journeys
from dashboards.witness import chosen
from labs.consignment import Consignment
from sampling.text import Text
from storage import accounts, custody, receipt_links, resealing, samples, seals
from storage import consignments as travelling
from storage.acts import carriage, office
from storage.errors import Conflict
from storage.resealing import Resealing

WHOLE, BROKEN = "whole", "broken"


def consignments(ask: Ask) -> Response:
    """The consignments, packed, under way, arrived and ended, with whose move each is."""
    return _page(ask, Form())


def hand_over(ask: Ask) -> Response:
    """Give a consignment to the carrier."""
    id_ = ask.id("consignment")
    fields = Fields({"waybill": ask.text("waybill"), "courier": ask.text("courier")})
    waybill, courier = fields.text("waybill", longest=60), fields.text("courier", longest=60, needed=False)
    if not fields.form.ok:
        return _page(ask, _of(id_, fields))
    looked = ask.text("seals") == WHOLE
    office.hand_over(ask.unit, id_, waybill, courier=courier or None, seals_whole=looked, by=ask.by, at=ask.now)
    return ask.go("carriage.consignments", Done.HANDED_OVER)


def cancel(ask: Ask) -> Response:
    """Take a consignment apart that has not left."""
    return _give_up(ask, "cancel", Done.CONSIGNMENT_CANCELLED)


def lose(ask: Ask) -> Response:
    """Give a consignment up that the courier cannot find."""
    return _give_up(ask, "lose", Done.CONSIGNMENT_LOST)


def take_back(ask: Ask) -> Response:
    """Take a unit back that the laboratory refused."""
    found = travelling.get(ask.unit, ask.id("consignment"))
    code, seal = ask.text("code"), ask.text("seal")
    if code not in {line.blind_code for line in found.lines} or seal not in (WHOLE, BROKEN):
        return _page(ask, Form({}, {f"seal-{code}": Fault.MISSING}))
    carriage.take_back(ask.unit, found.id, code, seal == WHOLE, by=ask.by, at=ask.now)
    return ask.go("carriage.consignments", Done.TAKEN_BACK)


def reconcile(ask: Ask) -> Response:
    """Close a consignment of which every unit is accounted for."""
    carriage.reconcile(ask.unit, ask.id("consignment"), by=ask.by, at=ask.now)
    return ask.go("carriage.consignments", Done.RECONCILED)


def make_link(ask: Ask) -> Response:
    """Make a link for a laboratory without an account; the one before ends."""
    found = travelling.get(ask.unit, ask.id("consignment"))
    ends = receipt_links.ends(ask.unit, found.id, ask.now)
    receipt_links.make(ask.unit, found.id, expires_at=ends, by=ask.by, at=ask.now)
    return ask.go("carriage.consignments", Done.LINK_MADE)


def revoke_link(ask: Ask) -> Response:
    """End every open link of a consignment."""
    found = travelling.get(ask.unit, ask.id("consignment"))
    for one in receipt_links.live(ask.unit, found.id, ask.now):
        receipt_links.revoke(ask.unit, one.id, by=ask.by, at=ask.now)
    return ask.go("carriage.consignments", Done.LINK_REVOKED)


def show_reseal(ask: Ask) -> Response:
    """The form that puts another seal on a unit."""
    return _reseal_page(ask, Form())


def reseal(ask: Ask) -> Response:
    """Break the seal of a unit with authority, and put another on before a witness."""
    unit_id = ask.id("part")
    if refusal := resealing.refused(ask.unit, unit_id):
        raise Conflict(refusal)
    fields = Fields({name: ask.text(name) for name in ("seal", "old", "witness", "authority", "reason")})
    old = fields.choice("old", frozenset({WHOLE, BROKEN}))
    number, witness = fields.text("seal", longest=40), chosen(ask, fields)
    authority, reason = fields.text("authority", longest=120), fields.text("reason", longest=300)
    if number and (sentence := seals.refusal(ask.unit, number)):
        fields.refuse("seal", sentence)
    if not fields.form.ok:
        return _reseal_page(ask, fields.form)
    new = Resealing(number, witness, authority, reason, old_whole=old == WHOLE)
    resealing.reseal(ask.unit, unit_id, new, by=ask.by, at=ask.now)
    done = Done.RESEALED if new.old_whole else Done.SEAL_FOUND_BROKEN
    return ask.go("coordinator.sample", done, sample=custody.get(ask.unit, unit_id).sample_id)


def _reseal_page(ask: Ask, form: Form) -> Response:
    part = custody.get(ask.unit, ask.id("part"))
    view = {"part": part, "sample": samples.get(ask.unit, part.sample_id),
            "colleagues": accounts.colleagues(ask.unit, ask.who.name)}  # fmt: skip
    return ask.page("office/reseal.html", view, form=form)


def _give_up(ask: Ask, name: str, done: Done) -> Response:
    found: Consignment = travelling.get(ask.unit, ask.id("consignment"))
    fields = Fields({"reason": ask.text("reason")})
    reason = fields.choice("reason", frozenset(carriage.GIVEN_UP))
    if not fields.form.ok:
        return _page(ask, _of(f"{name}-{found.id}", fields))
    act = carriage.cancel if name == "cancel" else carriage.lose
    act(ask.unit, found.id, reason, by=ask.by, at=ask.now)
    return ask.go("carriage.consignments", done)


def _of(key: object, fields: Fields) -> Form:
    """The faults at the fields of one consignment: the page shows the same form once for each."""
    values = {f"{name}-{key}": value for name, value in fields.values.items()}
    errors: Mapping[str, Fault | Text] = {f"{name}-{key}": fault for name, fault in fields.errors.items()}
    return Form(values, errors)


def _page(ask: Ask, form: Form) -> Response:
    view = load_journeys(ask.unit, ask.world.receipts.key, ask.now)
    return ask.page("office/consignments.html", view, form=form)
