"""A plan as pictures: the strata with what they hold and give, and what other sizes would cost and show."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from dashboards.language import catalogue, money, number, percent
from sampling.levels import Level
from sampling.preview import StratumPreview

WIDTH, LEFT, RIGHT = 420, 4, 416
NAME, THICK, GAP = 18, 12, 12
SHADES = ("bar", "bar bar--other")
END = 100
"""What is kept free behind the longest bar for its figure."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the picture: its name, and for each value what is written behind it."""

    name: str
    values: tuple[float, ...]
    told: tuple[str, ...]


def strata(language: str, rows: Sequence[StratumPreview]) -> Markup:
    """Give the listings and the samples of a few strata."""
    text = catalogue(language)
    bars = [
        Bar(row.name, (float(row.listings), float(row.n)), (number(language, row.listings), number(language, row.n)))
        for row in rows
    ]
    legend = (text.gettext("Listings"), text.gettext("Samples"))
    return draw(text.gettext("Listings and samples by stratum"), bars, legend)


def levels(language: str, rows: Sequence[Level]) -> Markup:
    """Give the cost and the standard error of a few sizes of a plan."""
    text = catalogue(language)
    bars = [
        Bar(
            text.gettext("%(n)s samples") % {"n": number(language, row.n)},
            (float(row.cost.amount), row.error),
            (money(language, row.cost.amount, row.cost.currency), percent(language, row.error, places=2)),
        )
        for row in rows
    ]
    legend = (text.gettext("Cost"), text.gettext("Standard error"))
    return draw(text.gettext("Cost and precision by number of samples"), bars, legend)


def draw(title: str, bars: Sequence[Bar], legend: Sequence[str] = ()) -> Markup:
    """Give the picture, its bars measured by the greatest value of their own shade; empty without rows."""
    if not bars:
        return Markup("")
    most = [max(values) or 1.0 for values in zip(*(bar.values for bar in bars), strict=True)]
    parts, y = [_key(legend)] if legend else [], 24 if legend else 0
    for bar in bars:
        parts.append(f'<text x="{LEFT}" y="{y + 14}" font-size="13">{escape(bar.name)}</text>')
        y += NAME
        for shade, value, whole, told in zip(SHADES, bar.values, most, bar.told, strict=False):
            parts.append(_one(shade, y, value / whole, told))
            y += THICK
        y += GAP
    head = (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {y}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>"
    )
    return Markup(head + "".join(parts) + "</svg>")


def _one(shade: str, y: int, share: float, told: str) -> str:
    long = round(max(share * (RIGHT - LEFT - END), 1.0), 1)
    figure = f'<text x="{round(LEFT + long + 6, 1)}" y="{y + 10}" font-size="12">{escape(told)}</text>'
    return f'<rect class="{shade}" x="{LEFT}" y="{y}" width="{long}" height="{THICK - 2}"/>{figure}'


def _key(legend: Sequence[str]) -> str:
    parts, x = [], LEFT
    for shade, word in zip(SHADES, legend, strict=False):
        parts.append(f'<rect class="{shade}" x="{x}" y="4" width="10" height="10"/>')
        parts.append(f'<text x="{x + 15}" y="14" font-size="13">{escape(word)}</text>')
        x += (RIGHT - LEFT) // 2
    return "".join(parts)
