"""The pages before a draw: the plan tried out on its frame and approved, and what was wrong with the sources."""

from collections.abc import Mapping

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.form import Done, Fault, Fields, Form
from dashboards.plan_form import read_beacons, read_choice, read_parties, typed
from dashboards.views import office as views
from dashboards.views.plan import load_plan, load_preview
from sampling.campaign import Campaign
from sampling.errors import ImpossiblePlan
from sampling.framefile import parse
from sampling.places import refuse_full_merchants
from sampling.preview import Choice, allocated
from sampling.table import to_csv
from storage import campaigns, frames
from storage.acts import planning

CSV = "text/csv; charset=utf-8"


def plan(ask: Ask) -> Response:
    """The preview of a plan, with the numbers of the address where it names any."""
    campaign = campaigns.get(ask.unit, ask.id("campaign"))
    fields = _tried(campaign, ask.request.query_params)
    read_choice(fields, campaign)
    return _page(ask, campaign, fields)


def plan_table(ask: Ask) -> Response:
    """The whole table of the preview, a row a stratum."""
    campaign = campaigns.get(ask.unit, ask.id("campaign"))
    choice = read_choice(_tried(campaign, ask.request.query_params), campaign)
    table = to_csv(load_preview(ask.unit, campaign.id, choice))
    return file_response(table, f"{campaign.number}-plan.csv", CSV)


def approve_plan(ask: Ask) -> Response:
    """Let the frame be drawn with the numbers that were shown; what they cannot pay or fill is refused."""
    campaign = campaigns.get(ask.unit, ask.id("campaign"))
    fields = _tried(campaign, {name: value for name, value in ask.form.items() if isinstance(value, str)})
    choice = read_choice(fields, campaign)
    beacons, parties = read_beacons(ask, fields), read_parties(fields)
    if fields.form.ok and not load_preview(ask.unit, campaign.id, choice).possible:
        fields.refuse("sample_size", Fault.IMPOSSIBLE_PLAN)
    if fields.form.ok and not _fits_cap(ask, campaign, choice):
        fields.refuse("sample_size", Fault.IMPOSSIBLE_PLAN)
    if not fields.form.ok:
        return _page(ask, campaign, fields)
    planning.approve(
        ask.unit, campaign.id, sample_size=choice.sample_size, budget=choice.budget, design=choice.design,
        beacons=beacons, parties=parties, by=ask.by, at=ask.now,
    )  # fmt: skip
    return ask.go("coordinator.board", Done.PLAN_APPROVED, campaign=campaign.id)


def findings(ask: Ask) -> Response:
    """What was wrong with the sources of a frame, counted and one by one."""
    return ask.page("office/findings.html", views.load_findings(ask.unit, ask.id("campaign"), _whole(ask, "page")))


def findings_table(ask: Ask) -> Response:
    """Everything that was wrong with the sources, as it was written when the frame was gathered."""
    campaign = campaigns.get(ask.unit, ask.id("campaign"))
    if campaign.frame is None:
        raise Unknown("findings.csv")
    return file_response(ask.world.objects.get(campaign.frame.findings), f"{campaign.number}-findings.csv", CSV)


def _fits_cap(ask: Ask, campaign: Campaign, choice: Choice) -> bool:
    """Tell whether merchants with so many listings each can give what is asked; the preview knows no merchants."""
    if not choice.design.cap or campaign.frame is None:
        return True
    frame = parse(ask.world.objects.get(campaign.frame.sha256), merchants=True)
    try:
        refuse_full_merchants(frame, allocated(frames.strata(ask.unit, campaign.id), choice), choice.design.cap)
    except ImpossiblePlan:
        return False
    return True


def _tried(campaign: Campaign, given: Mapping[str, str]) -> Fields:
    known = typed(campaign)
    return Fields({**known, **{name: value for name, value in given.items() if name in known}})


def _page(ask: Ask, campaign: Campaign, fields: Fields) -> Response:
    choice = read_choice(Fields(fields.values), campaign)
    view = load_plan(
        ask.unit, campaign.id, choice, find=ask.query("find")[:100], page=_whole(ask, "page"), at=ask.now
    )  # fmt: skip
    return ask.page("office/plan.html", view, form=Form(fields.values, fields.errors))


def _whole(ask: Ask, name: str) -> int:
    text = ask.query(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
