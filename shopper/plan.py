"""The commands of a plan: what it would draw, cost and show, the go for it, findings, a reserve for what is gone."""

import unicodedata
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from labs import limits
from sampling import beacons, rulebook
from sampling.campaign import Campaign, CampaignState
from sampling.ceremony import is_party
from sampling.framefile import parse
from sampling.money import Money
from sampling.places import refuse_full_merchants
from sampling.preview import Choice, Preview, StratumPreview, preview
from sampling.table import to_csv
from sampling.workload import PICKED, Workload, expect, needed_of
from shopper.administer import opened
from shopper.errors import CommandError
from storage import campaigns, clock, frames, parties, samples
from storage.acts import office, planning
from storage.settings import load
from storage.store import open_objects
from storage.unit import Unit

BY = "command"
MOST_SHOWN = 50
SENTENCES: Mapping[str, str] = {
    "no_listing": "No listing was found for the {asked} samples.",
    "size_below_least": "{asked} samples are too few: with at least {least} of each, {strata} strata need {needed}.",
    "budget_below_least": "A budget of {budget} is too small: {strata} strata need {needed} samples for {cost}.",
    "costs_nothing": "A sample of some stratum would cost nothing, so that the budget says no number.",
    "over_budget": "The samples cost {cost}, the budget is {budget}: it buys {bought} samples.",
    "frame_short": "{asked} samples are asked for, the frame has {listings} listings: all would be taken.",
    "strata_short": "Strata with fewer listings than the {least} asked of each: {strata}; {lacking} are lacking.",
    "reserve_short": "Strata with fewer than {reserve} listings left to stand by: {strata}.",
    "price_guessed": "Strata without a known price: {strata}, with {listings} listings; their samples ({samples}) are "
                     "counted at the middle price of the frame.",
    "nothing_random": "All {picked} samples are picked: they say nothing about the other listings.",
}  # fmt: skip
AMOUNTS = ("budget", "cost")
HEAD = ("stratum", "listings", "samples", "reserve", "error", "seen from", "cost")


def show(chosen: Namespace) -> int:
    """Print the preview of a campaign's plan, with other numbers where some are given."""
    with _at(chosen.number) as (unit, campaign, now):
        choice = _choice(campaign, chosen)
        made = _preview(unit, campaign, choice)
        print("\n".join([*_table(made), "", *_totals(made, choice), *_sentences(made)]))
        print("\n".join(_work(unit, campaign, made, now)))
    if chosen.csv:
        _write(chosen.csv, to_csv(made))
    return 0


def approve(chosen: Namespace) -> int:
    """Let the gathered frame be drawn with the campaign's numbers, or with others where some are given."""
    wrong = [name for name in chosen.party or [] if not is_party(name)]
    if wrong:
        raise CommandError(f"{wrong[0]!r} is no name of a party: letters, digits, dot and dash, no spaces.")
    chain_codes = [beacons.chain(code).code for code in chosen.beacon or []]
    with _at(chosen.number) as (unit, campaign, now):
        if campaign.state is not CampaignState.FRAMED:
            raise CommandError(f"{campaign.number} is {campaign.state}: only a gathered frame waits for a go.")
        choice = _choice(campaign, chosen)
        made = _preview(unit, campaign, choice)
        if not made.possible:
            raise CommandError(" ".join(_sentences(made)))
        if choice.design.cap and campaign.frame is not None:
            data = open_objects(load()).get(campaign.frame.sha256)
            given = {row.name: row.n for row in made.rows}
            refuse_full_merchants(parse(data, merchants=True), given, choice.design.cap)
        planning.approve(
            unit, campaign.id, sample_size=choice.sample_size, budget=choice.budget, design=choice.design,
            beacons=chain_codes or campaign.beacons, parties=chosen.party or campaign.parties, by=BY, at=now,
        )  # fmt: skip
    print(f"{chosen.number} is approved: {made.n} samples for about {made.cost}.")
    return 0


def findings(chosen: Namespace) -> int:
    """Print how often what was wrong with the sources of a frame; the file holds every row."""
    with _at(chosen.number) as (unit, campaign, _):
        counts = frames.finding_counts(unit, campaign.id)
    if campaign.frame is None:
        raise CommandError(f"{campaign.number} is {campaign.state}: its frame is not gathered yet.")
    for (source, column, reason), count in sorted(counts.items(), key=lambda found: (-found[1], found[0])):
        print(f"{count:>9}  {source}  {column or '-'}  {reason}")
    print(f"{sum(counts.values()):>9}  in all")
    if chosen.csv:
        _write(chosen.csv, open_objects(load()).get(campaign.frame.findings))
    return 0


def reserve(chosen: Namespace) -> int:
    """Give up a drawn listing that is gone; the next plan sweep opens the next of its stratum's reserve."""
    if chosen.reason not in office.LOST:
        raise CommandError(f"{chosen.reason!r} is no reason for that; the reasons are {', '.join(office.LOST)}.")
    with opened(load()) as database, database.unit() as unit:
        lost = samples.by_code(unit, chosen.sample)
        office.skip(unit, lost.id, chosen.reason, by=BY, at=clock.now(unit))
    print(f"{lost.code} is given up ({chosen.reason}); the plan flow opens the next of {lost.stratum}.")
    return 0


@contextmanager
def _at(number: str) -> Iterator[tuple[Unit, Campaign, datetime]]:
    with opened(load()) as database, database.unit() as unit:
        yield unit, campaigns.by_number(unit, number), clock.now(unit)


def _preview(unit: Unit, campaign: Campaign, choice: Choice) -> Preview:
    if campaign.frame is None:
        raise CommandError(f"{campaign.number} is {campaign.state}: its frame is not gathered yet.")
    return preview(frames.strata(unit, campaign.id), choice)


def _choice(campaign: Campaign, chosen: Namespace) -> Choice:
    known = campaign.design
    design = replace(
        known,
        least=chosen.least or known.least,
        by=chosen.by or known.by,
        test_cost=amount("--test-cost", chosen.test_cost, known.test_cost),
    )
    budget = Money(amount("--budget", chosen.budget, campaign.budget.amount), campaign.budget.currency)
    return Choice(chosen.size or campaign.sample_size, budget, campaign.units_each, design)


def amount(name: str, text: str | None, known: Decimal) -> Decimal:
    """Give the amount that an option says, or the known one where it says none; another text raises CommandError."""
    if text is None:
        return known
    try:
        said = Decimal(text)
        whole = said.quantize(Decimal("0.01")) == said >= 0
    except InvalidOperation:
        whole = False
    if not whole:
        raise CommandError(f"{name} is {text!r}: give an amount with at most two places.")
    return said


def _table(made: Preview) -> Iterator[str]:
    greatest = sorted(made.rows, key=lambda row: (-row.n, row.name))
    cells = [HEAD, *map(_cells, greatest[:MOST_SHOWN])]
    wide = [max(_width(row[place]) for row in cells) for place in range(len(HEAD))]
    for row in cells:
        blank = [" " * (wide[at] - _width(cell)) for at, cell in enumerate(row)]
        yield "  ".join(gap + cell if at else cell + gap for at, (cell, gap) in enumerate(zip(row, blank, strict=True)))
    if len(greatest) > MOST_SHOWN:
        yield f"and {len(greatest) - MOST_SHOWN} more; --csv FILE writes all of them"


def _width(text: str) -> int:
    # A Chinese character takes two places of a terminal.
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _cells(row: StratumPreview) -> tuple[str, ...]:
    marks = " (picked)" * row.targeted + " (fewer than asked)" * row.short + " (price guessed)" * row.guessed
    return (
        row.name + marks, str(row.listings), str(row.n), str(row.reserve), _percent(row.error),
        _percent(row.smallest_rate), f"{row.cost.amount:.2f}",
    )  # fmt: skip


def _totals(made: Preview, choice: Choice) -> Iterator[str]:
    confidence = _percent(choice.design.confidence)
    facts = [
        ("samples", f"{made.n} of {made.listings} listings, {made.n - made.random_n} of them picked"),
        ("cost", f"{made.cost}, the budget is {choice.budget}, left {made.left}"),
        ("error", f"{_percent(made.error)} of the failure rate, {_percent(made.simple_error)} without strata"),
        ("seen from", f"a defect rate of {_percent(made.smallest_rate)} with a confidence of {confidence}"),
        ("least", f"{made.least_n} samples for {made.least_cost}"),
    ]
    if made.refused:
        facts.append(("refused", f"{made.refused}; the table shows the least"))
    yield from (f"{name:12} {text}" for name, text in facts)


def _work(unit: Unit, campaign: Campaign, made: Preview, now: datetime) -> Iterator[str]:
    given, rules = {row.name: row.n for row in made.rows}, rulebook.load(campaign.rulebook)
    tests, buys = needed_of(given, 1), needed_of(given, 0)
    labs = parties.labs(unit, campaign, set(tests) - {PICKED}, limits.load(limits.IN_FORCE), now)
    yield from _expected("laboratory", expect(_known(tests), labs))
    yield from _expected("shopper", expect(_known(buys), parties.shoppers(unit, rules, now)))
    if tests.get(PICKED):
        yield f"{'picked':12} {tests[PICKED]} samples, whose laboratory and shopper depend on the listings"
    yield "These are expectations; who gets which sample is drawn by tickets after the sample."


def _expected(noun: str, made: Workload) -> Iterator[str]:
    for name, count in made.totals.items():
        yield f"{noun:12} {name}: about {count} samples, room for {made.capacity[name]}"
    for skill, count in made.unplaced.items():
        yield f"{noun:12} nobody for {count} samples of {skill}"


def _known(needed: Mapping[str, int]) -> dict[str, int]:
    return {skill: count for skill, count in needed.items() if skill != PICKED}


def _sentences(made: Preview) -> Iterator[str]:
    for one in made.concerns:
        told = {name: _number(name, value, made.cost.currency) for name, value in one.numbers.items()}
        yield SENTENCES[one.code].format(**told)


def _number(name: str, value: Decimal | int, currency: str) -> str:
    return f"{value:.2f} {currency}" if name in AMOUNTS else str(value)


def _percent(share: Decimal | float | None) -> str:
    return "-" if share is None else f"{float(share) * 100:.2f} %"


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{path} cannot be written ({error.strerror}).") from error
    print(f"written      {path}")
