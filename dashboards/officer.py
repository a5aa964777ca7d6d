"""The second person's pages: verdicts, objections, notices, messages and publications."""

from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.form import Done, Fault, Fields, Form
from dashboards.views import office as views
from dashboards.views.covers import load_covers
from dashboards.views.sample import load_sample
from dashboards.views.verdict import load_verdict
from labs.objection import ObjectionKind
from reputation.publication import PublicationEvent
from sampling.rulebook import load as load_rules
from storage import campaigns, objections, samples
from storage import notices as letters
from storage import publications as press_room
from storage.acts import disputes, office, press
from storage.errors import TooEarly

DECISIONS = frozenset(disputes.DECISIONS)
LONGEST = 10_000
"""The characters of what a party writes."""


def decisions(ask: Ask) -> Response:
    """What waits for a decision: verdicts and objections; beside them what is re-tested and what came too late."""
    return ask.page("office/decisions.html", views.load_decisions(ask.unit, ask.world.rulebook))


def confirm_verdict(ask: Ask) -> Response:
    """Confirm a verdict as the second person, who read the limits under a failure where nobody had."""
    verdict, read = ask.id("verdict"), ask.text("limits_read") == "yes"
    view = load_verdict(ask.unit, verdict)
    if view.may_settle and view.unread and not read:
        return ask.page("office/verdict.html", view, form=Form({}, {"limits_read": Fault.MISSING}))
    office.confirm_verdict(ask.unit, verdict, by=ask.by, at=ask.now, limits_read=read)
    return ask.go("officer.decisions", Done.CONFIRMED)


def lodge_objection(ask: Ask) -> Response:
    """Record an objection that a party sent in; a late one is kept as late."""
    id_, fields = ask.id("sample"), Fields({name: ask.text(name) for name in ("party", "kind", "grounds", "came_at")})
    party, grounds = fields.text("party"), fields.text("grounds", longest=LONGEST)
    kind = fields.choice("kind", frozenset(ObjectionKind))
    came_at = fields.past("came_at", _zone(ask, id_), ask.now)
    if not fields.form.ok:
        return ask.page("office/sample.html", load_sample(ask.unit, id_), form=fields.form)
    said = (party, ObjectionKind(kind), grounds)
    try:
        disputes.lodge_objection(ask.unit, id_, *said, by=ask.by, at=ask.now, came_at=came_at)
    except TooEarly:
        fields.refuse("came_at", Fault.TOO_EARLY)
        return ask.page("office/sample.html", load_sample(ask.unit, id_), form=fields.form)
    return ask.go("coordinator.sample", Done.OBJECTION_RECORDED, sample=id_)


def decide_objection(ask: Ask) -> Response:
    """Decide an objection: refuse, ask for its supplement, dismiss, uphold, or order a re-inspection."""
    decision, reason, id_ = ask.text("decision"), ask.text("reason"), ask.id("objection")
    errors = {f"{name}-{id_}": Fault.MISSING for name in ("decision", "reason") if not ask.text(name)}
    if decision and decision not in DECISIONS:
        errors[f"decision-{id_}"] = Fault.NOT_OFFERED
    if errors:
        return _decisions_again(ask, Form({f"reason-{id_}": reason, f"decision-{id_}": decision}, errors))
    disputes.decide_objection(ask.unit, id_, decision, reason, by=ask.by, at=ask.now)
    return ask.go("officer.decisions", Done.OBJECTION_DECIDED)


def supplement_objection(ask: Ask) -> Response:
    """Record the supplement that a party sent in; a late one is kept, and refuses its objection."""
    id_ = ask.id("objection")
    fields = Fields({f"{name}-{id_}": ask.text(name) for name in ("supplement", "came_at")})
    said = fields.text(f"supplement-{id_}", longest=LONGEST)
    zone = _zone(ask, objections.get(ask.unit, id_).sample_id)
    came_at = fields.past(f"came_at-{id_}", zone, ask.now)
    if not fields.form.ok:
        return _decisions_again(ask, fields.form)
    try:
        kept = disputes.supplement_objection(ask.unit, id_, said, by=ask.by, at=ask.now, came_at=came_at)
    except TooEarly:
        fields.refuse(f"came_at-{id_}", Fault.TOO_EARLY)
        return _decisions_again(ask, fields.form)
    return ask.go("coordinator.sample", Done.SUPPLEMENT_RECORDED, sample=kept.sample_id)


def withdraw_objection(ask: Ask) -> Response:
    """Record that a party took its objection back, and how it said so."""
    id_, said = ask.id("objection"), ask.text("withdrawal")
    if not said:
        return _decisions_again(ask, Form({}, {f"withdrawal-{id_}": Fault.MISSING}))
    disputes.withdraw_objection(ask.unit, id_, said, by=ask.by, at=ask.now)
    return ask.go("coordinator.sample", Done.WITHDRAWN, sample=objections.get(ask.unit, id_).sample_id)


def notices(ask: Ask) -> Response:
    """The notices: to approve, open, done."""
    return ask.page("office/notices.html", views.load_notices(ask.unit))


def approve_notice(ask: Ask) -> Response:
    """Approve a notice as the second person."""
    office.approve_notice(ask.unit, ask.id("notice"), by=ask.by, at=ask.now)
    return ask.go("officer.notices", Done.APPROVED)


def prove_service(ask: Ask) -> Response:
    """Write down how a party without an account was reached; its window starts now."""
    proof, named = ask.text("proof"), ask.text("zone")
    errors = {} if proof else {f"proof-{ask.id('notice')}": Fault.MISSING}
    if named and named not in available_timezones():
        errors[f"zone-{ask.id('notice')}"] = Fault.NOT_OFFERED
    if errors:
        return ask.page("office/notices.html", views.load_notices(ask.unit), form=Form({}, errors))
    zone = ZoneInfo(named) if named else None
    office.prove_service(ask.unit, ask.id("notice"), proof, by=ask.by, at=ask.now, zone=zone)
    if ask.text("sample"):  # sent from the sample's page
        return ask.go("coordinator.sample", Done.SERVED, sample=letters.get(ask.unit, ask.id("notice")).sample_id)
    return ask.go("officer.notices", Done.SERVED)


def deliveries(ask: Ask) -> Response:
    """The messages with every attempt."""
    return ask.page("office/deliveries.html", views.load_deliveries(ask.unit))


def covers(ask: Ask) -> Response:
    """Which covers there are, and who opened which, for which case and what; never what one holds."""
    return ask.page("office/covers.html", load_covers(ask.unit))


def publications(ask: Ask) -> Response:
    """The publications: to approve, on their way, published."""
    return ask.page("office/publications.html", views.load_publications(ask.unit))


def approve_publication(ask: Ask) -> Response:
    """Approve a publication as the second person."""
    press.approve_publication(ask.unit, ask.id("publication"), by=ask.by, at=ask.now)
    return ask.go("officer.publications", Done.APPROVED)


def refuse_publication(ask: Ask) -> Response:
    """Refuse a proposed publication, with a reason."""
    return _end_publication(ask, PublicationEvent.REFUSED, Done.REFUSED)


def withdraw_publication(ask: Ask) -> Response:
    """Take back a published result; its number, dates and the reason stay public."""
    return _end_publication(ask, PublicationEvent.WITHDRAWN, Done.WITHDRAWN)


def _zone(ask: Ask, sample_id: UUID) -> ZoneInfo:
    """The zone in which people write down when something about a sample came in."""
    return load_rules(campaigns.get(ask.unit, samples.get(ask.unit, sample_id).campaign_id).rulebook).zone


def _decisions_again(ask: Ask, form: Form) -> Response:
    return ask.page("office/decisions.html", views.load_decisions(ask.unit, ask.world.rulebook), form=form)


def _end_publication(ask: Ask, event: PublicationEvent, done: Done) -> Response:
    id_, reason = ask.id("publication"), ask.text("reason")
    if not reason:
        form = Form({}, {f"reason-{id_}": Fault.MISSING})
        return ask.page("office/publications.html", views.load_publications(ask.unit), form=form)
    press_room.record(ask.unit, id_, event, by=ask.by, at=ask.now, reason=reason)
    return ask.go("officer.publications", done)
