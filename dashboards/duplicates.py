"""The page of blind duplicates: a share of a campaign's samples is drawn by lot, or samples are named."""

from decimal import Decimal

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.form import Done, Fault, Fields, Form
from dashboards.views.duplicates import load_duplicates
from storage.acts import doubling


def show(ask: Ask) -> Response:
    """The blind duplicates of a campaign, with the forms that plan more."""
    return _page(ask, Form())


def draw(ask: Ask) -> Response:
    """Draw so many of a hundred samples by lot."""
    fields = Fields({"share": ask.text("share")})
    share = fields.count("share", most=100)
    if fields.form.ok and not load_duplicates(ask.unit, ask.id("campaign")).able:
        fields.refuse("share", Fault.NOT_OFFERED)
    if not fields.form.ok:
        return _page(ask, fields.form)
    doubling.draw(ask.unit, ask.id("campaign"), Decimal(share) / 100, by=ask.by, at=ask.now)
    return ask.go("duplicates.show", Done.DUPLICATES_PLANNED, campaign=ask.id("campaign"))


def name(ask: Ask) -> Response:
    """Plan a duplicate of each sample that was ticked."""
    codes = [value for value in ask.form.getlist("samples") if isinstance(value, str)]
    able = {one.code for one in load_duplicates(ask.unit, ask.id("campaign")).able}
    if not codes or not set(codes) <= able:
        fault = Fault.NOT_OFFERED if codes else Fault.MISSING
        return _page(ask, Form({"samples": ",".join(codes)}, {"samples": fault}))
    doubling.name(ask.unit, ask.id("campaign"), codes, by=ask.by, at=ask.now)
    return ask.go("duplicates.show", Done.DUPLICATES_PLANNED, campaign=ask.id("campaign"))


def _page(ask: Ask, form: Form) -> Response:
    return ask.page("office/duplicates.html", load_duplicates(ask.unit, ask.id("campaign")), form=form)
