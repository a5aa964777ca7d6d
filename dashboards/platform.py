"""The platform's pages: its inbox, one notice with its signature, and the answers to it."""

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.errors import NotYours
from dashboards.form import Done, Fault, Form
from dashboards.views import platform as views
from storage.acts import desk

CLAIMS = frozenset(desk.CLAIMS)


def inbox(ask: Ask) -> Response:
    """The notices issued to us."""
    return ask.page("platform/inbox.html", views.load_inbox(ask.unit, views.recipient_of(ask.who)))


def notice(ask: Ask) -> Response:
    """One notice, with its document and signature."""
    return ask.page("platform/notice.html", own_notice(ask))


def acknowledge(ask: Ask) -> Response:
    """Say that we have the notice."""
    desk.acknowledge(ask.unit, ask.id("notice"), views.recipient_of(ask.who), by=ask.by, at=ask.now)
    return ask.go("platform.notice", Done.ACKNOWLEDGED, notice=ask.id("notice"))


def claim(ask: Ask) -> Response:
    """Say that the listing was removed, or that we refuse and why."""
    claimed, reason = ask.text("claimed"), ask.text("reason")
    errors = {} if claimed in CLAIMS else {"claimed": Fault.MISSING}
    if claimed == "refused" and not reason:
        errors["reason"] = Fault.MISSING
    if errors:
        form = Form({"claimed": claimed, "reason": reason}, errors)
        return ask.page("platform/notice.html", own_notice(ask), form=form)
    to = views.recipient_of(ask.who)
    desk.claim(ask.unit, ask.id("notice"), to, claimed, reason or None, by=ask.by, at=ask.now)
    return ask.go("platform.notice", Done.CLAIM_TAKEN, notice=ask.id("notice"))


def contest(ask: Ask) -> Response:
    """Contest the demand, with our grounds."""
    grounds = ask.text("grounds")
    if not grounds:
        form = Form({}, {"grounds": Fault.MISSING})
        return ask.page("platform/notice.html", own_notice(ask), form=form)
    desk.contest(ask.unit, ask.id("notice"), views.recipient_of(ask.who), grounds, by=ask.by, at=ask.now)
    return ask.go("platform.notice", Done.CONTEST_TAKEN, notice=ask.id("notice"))


def own_notice(ask: Ask) -> views.NoticePage:
    """Give the notice of the path, or refuse one that is addressed to another."""
    view = views.load_notice(ask.unit, views.recipient_of(ask.who), ask.id("notice"))
    if view is None:
        raise NotYours("this notice is not addressed to you")
    return view
