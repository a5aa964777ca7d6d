"""The coordinator's pages: campaigns, the board, one sample with its evidence, consignments, what was lost."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from mimetypes import guess_type

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.form import Done, Fault, Fields, Form
from dashboards.plan_form import read_beacons, read_design, read_parties
from dashboards.views import office as views
from dashboards.views.board import load_board
from dashboards.views.sample import PICTURES, load_sample
from platforms.sites import SITES
from sampling import beacons
from sampling.design import PLAIN, Design
from sampling.evidence.bundle import packed
from sampling.money import Money
from sampling.text import Text
from storage import campaigns as rounds
from storage import captures
from storage.acts import office, press
from storage.role import UserRole

SEED = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A campaign as it was asked for."""

    name: Text
    platforms: list[str]
    categories: list[str]
    sample_size: int
    units_each: int
    budget: Money
    seed: str
    design: Design
    beacons: list[str]
    parties: list[str]


def campaigns(ask: Ask) -> Response:
    """Every campaign."""
    return ask.page("office/campaigns.html", views.load_campaigns(ask.unit))


def new_campaign(ask: Ask) -> Response:
    """The form of a new campaign, with a fresh seed."""
    known = {"units_each": "2", "least": str(PLAIN.least), "by": PLAIN.by, "hold": "yes"}
    return _campaign_form(ask, Form({"seed": secrets.token_hex(32), **known}))


def plan_campaign(ask: Ask) -> Response:
    """Plan a campaign."""
    wanted, form = _read_campaign(ask)
    if not form.ok:
        return _campaign_form(ask, form)
    files = list(dict.fromkeys(ask.world.objects.put(data) for _, data in ask.files("frame")))
    campaign = rounds.plan(
        ask.unit, name=wanted.name, platforms=wanted.platforms, categories=wanted.categories,
        sample_size=wanted.sample_size, units_each=wanted.units_each, budget=wanted.budget, seed=wanted.seed,
        rulebook=ask.world.rulebook, files=files, design=wanted.design, beacons=wanted.beacons, parties=wanted.parties,
        by=ask.by, at=ask.now,
    )  # fmt: skip
    return ask.go("coordinator.board", Done.CAMPAIGN_PLANNED, campaign=campaign.id)


def board(ask: Ask) -> Response:
    """The board of a campaign."""
    return ask.page("office/board.html", load_board(ask.unit, ask.id("campaign")))


def sample(ask: Ask) -> Response:
    """Everything on file about one sample."""
    view = load_sample(ask.unit, ask.id("sample"), unfolded=ask.query("unfold") == "all")
    return ask.page("office/sample.html", view)


def take_reserve(ask: Ask) -> Response:
    """Give up a drawn listing that is gone, with the reason; the next of its reserve is opened by the flow."""
    fields = Fields({"reason": ask.text("reason")})
    reason = fields.choice("reason", frozenset(office.LOST))
    if not fields.form.ok:
        return ask.page("office/sample.html", load_sample(ask.unit, ask.id("sample")), form=fields.form)
    office.skip(ask.unit, ask.id("sample"), reason, by=ask.by, at=ask.now)
    return ask.go("coordinator.sample", Done.RESERVE_ASKED, sample=ask.id("sample"))


def evidence_file(ask: Ask) -> Response:
    """One file of a capture; pictures are shown in place, all else is downloaded."""
    capture = _opened(ask)
    name = str(ask.request.path_params["name"])
    picture = name.endswith(PICTURES)
    media_type = guess_type(name)[0] if picture else None
    content = captures.member(ask.world.objects, capture, name)
    return file_response(content, name.rpartition("/")[2], media_type or "application/octet-stream", inline=picture)


def evidence_bundle(ask: Ask) -> Response:
    """All files of a capture as one archive that `shopper evidence verify` reads; that it left the house is kept."""
    capture = _opened(ask)
    archive = packed(captures.export(ask.unit, ask.world.objects, capture, by=ask.by, at=ask.now))
    return file_response(archive, f"{capture.id}.zip", "application/zip")


def purchases(ask: Ask) -> Response:
    """The orders whose outcome nobody knows."""
    return ask.page("office/purchases.html", views.load_purchases(ask.unit))


def settle_purchase(ask: Ask) -> Response:
    """Say what became of such an order: its number, or that it was never placed."""
    id_, found, order_no = ask.id("purchase"), ask.text("found"), ask.text("order_no")
    if found not in ("yes", "no") or (found == "yes" and not order_no):
        name = f"order_no-{id_}" if found == "yes" else f"found-{id_}"
        form = Form({f"found-{id_}": found}, {name: Fault.MISSING})
        return ask.page("office/purchases.html", views.load_purchases(ask.unit), form=form)
    number = order_no if found == "yes" else None
    office.settle_purchase(ask.unit, id_, number, ask.text("order_url"), by=ask.by, at=ask.now)
    return ask.go("coordinator.purchases", Done.SETTLED)


def propose_publication(ask: Ask) -> Response:
    """Propose what the public shall be told of a sample; a gate still closed answers 409 with its name."""
    press.propose_publication(ask.unit, ask.id("sample"), by=ask.by, at=ask.now)
    return ask.go("coordinator.sample", Done.PROPOSED, sample=ask.id("sample"))


def _read_campaign(ask: Ask) -> tuple[_Wanted, Form]:
    fields = Fields({name: value for name, value in ask.form.items() if isinstance(value, str)})
    wanted = _Wanted(
        name=Text(zh=fields.text("name_zh", longest=120), en=fields.text("name_en", longest=120)),
        platforms=_ticked(ask, fields, "platforms", SITES, needed=not ask.files("frame")),
        categories=_ticked(ask, fields, "categories", views.CATEGORIES, needed=False),
        sample_size=fields.count("sample_size", most=10_000),
        units_each=fields.count("units_each", most=20),
        budget=Money(fields.amount("budget"), "CNY"),
        seed=fields.text("seed", longest=64).lower(),
        design=read_design(ask, fields),
        beacons=read_beacons(ask, fields),
        parties=read_parties(fields),
    )
    if wanted.seed and not SEED.fullmatch(wanted.seed):
        fields.refuse("seed", Fault.NOT_A_SEED)
    return wanted, fields.form


def _opened(ask: Ask) -> captures.Capture:
    """Give the capture of the path; one that shows a cover is opened by an officer alone, and the look is kept."""
    capture = captures.get(ask.unit, ask.id("capture"))
    if capture.restricted:
        ask.own(ask.who.role is UserRole.OFFICER)
        captures.looked_at(ask.unit, capture, by=ask.by, at=ask.now)
    return capture


def _campaign_form(ask: Ask, form: Form) -> Response:
    sites = {code: site.name for code, site in SITES.items()}
    offered = {"platforms": sites, "categories": views.CATEGORIES, "chains": beacons.codes()}
    return ask.page("office/campaign_form.html", offered, form=form)


def _ticked(ask: Ask, fields: Fields, name: str, offered: Iterable[str], *, needed: bool) -> list[str]:
    """Give the ticked boxes; one that was not on offer is a fault, and none where one is needed."""
    values = [value for value in ask.form.getlist(name) if isinstance(value, str)]
    fields.values[name] = ",".join(values)
    if needed and not values:
        fields.refuse(name, Fault.MISSING)
    elif not set(values) <= set(offered):
        fields.refuse(name, Fault.NOT_OFFERED)
    return values
