"""The choices of a plan as a form gives them: the design of the sample, its beacons, its parties, its picks."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import replace

from dashboards.ask import Ask
from dashboards.form import Fault, Fields
from sampling import beacons
from sampling.campaign import Campaign
from sampling.ceremony import is_party
from sampling.design import PLAIN, WAYS, Design
from sampling.errors import ImpossiblePlan
from sampling.money import Money
from sampling.preview import Choice

MOST_SAMPLES, MOST_LEAST = 100_000, 1_000
PICK_COLUMNS = ["id", "label"]


def typed(campaign: Campaign) -> dict[str, str]:
    """Give a campaign's choices as its form would hold them."""
    design = campaign.design
    return {
        "sample_size": str(campaign.sample_size), "budget": str(campaign.budget.amount), "least": str(design.least),
        "by": design.by, "test_cost": str(design.test_cost), "beacons": ",".join(campaign.beacons),
        "parties": ", ".join(campaign.parties),
    }  # fmt: skip


def read_choice(fields: Fields, campaign: Campaign) -> Choice:
    """Give what is tried out on a gathered frame; where a field is wrong, the campaign's own choice."""
    size = fields.count("sample_size", most=MOST_SAMPLES)
    budget = Money(fields.amount("budget"), campaign.budget.currency)
    least, by = fields.count("least", most=MOST_LEAST), fields.choice("by", frozenset(WAYS))
    test_cost = fields.amount("test_cost", needed=False)
    if not fields.form.ok:
        return Choice(campaign.sample_size, campaign.budget, campaign.units_each, campaign.design)
    design = replace(campaign.design, least=least, by=by, test_cost=test_cost)
    return Choice(size, budget, campaign.units_each, design)


def read_design(ask: Ask, fields: Fields) -> Design:
    """Give the design of a campaign that is planned; what is wrong is noted in the fields."""
    least = fields.count("least", most=MOST_LEAST, needed=False) or PLAIN.least
    by = fields.choice("by", frozenset(WAYS)) if fields.values.get("by") else PLAIN.by
    test_cost = fields.amount("test_cost", needed=False)
    cap, each = (fields.count(name, most=MOST_LEAST, needed=False) for name in ("cap", "each"))
    if cap and each:
        fields.refuse("each", Fault.CAPPED_TWICE)
    picks = _picks(ask, fields)
    hold = _boxes(ask, fields, "hold", ("yes",)) == ["yes"]
    if not fields.form.ok:
        return PLAIN
    return replace(PLAIN, least=least, by=by, test_cost=test_cost, cap=cap, each=each, hold=hold, picks=picks)


def read_beacons(ask: Ask, fields: Fields) -> list[str]:
    """Give the chosen chains in the order in which they are pinned and apply."""
    chosen = _boxes(ask, fields, "beacons", beacons.codes())
    return [code for code in beacons.codes() if code in chosen]


def read_parties(fields: Fields) -> list[str]:
    """Give the names of the parties, which commas part."""
    text = fields.text("parties", needed=False)
    names = [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
    if len(set(names)) < len(names) or not all(map(is_party, names)):
        fields.refuse("parties", Fault.NOT_A_PARTY)
    return names


def _boxes(ask: Ask, fields: Fields, name: str, offered: Iterable[str]) -> list[str]:
    values = [value for value in ask.form.getlist(name) if isinstance(value, str)]
    fields.values[name] = ",".join(values)
    if not set(values) <= set(offered):
        fields.refuse(name, Fault.NOT_OFFERED)
    return values


def _picks(ask: Ask, fields: Fields) -> Mapping[str, str]:
    """Give the picked listings of an uploaded table of ids and labels."""
    sent = ask.file("picks")
    if sent is None:
        return {}
    try:
        rows = [row for row in csv.reader(io.StringIO(sent[1].decode("utf-8-sig")), strict=True) if row]
        rows = rows[1:] if rows[:1] == [PICK_COLUMNS] else rows
        picks = {id_.strip(): label.strip() for id_, label in rows}
        if not picks or len(picks) < len(rows):
            raise ValueError("a pick is missing, or stands there twice")
        return replace(PLAIN, picks=picks).picks
    except (ValueError, csv.Error, ImpossiblePlan):
        fields.refuse("picks", Fault.NOT_PICKS)
        return {}
