"""A result against its limit as a picture: the value with its uncertainty, the limit and its guard band."""

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup, escape

from dashboards.language import catalogue
from dashboards.views.sample import Measured

WIDTH, HEIGHT = 420, 96
LEFT, RIGHT, MIDDLE = 10, 410, 44


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a value into a place on the picture."""

    low: float
    high: float

    def x(self, value: Decimal | float) -> float:
        """Give the place of a value, kept inside the picture."""
        share = (float(value) - self.low) / (self.high - self.low)
        return round(LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT), 1)


def draw(language: str, row: Measured) -> Markup:
    """Give one picture; empty where there is no number or no limit to compare."""
    ends = _limits(row)
    value = _value(row)
    if not ends or value is None or row.limit is None:
        return Markup("")
    scale = _scale(row, value, ends)
    text = catalogue(language)
    title = text.gettext("Result against the limit")
    parts = [
        f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{MIDDLE + 22}" y2="{MIDDLE + 22}"/>',
        *(_guard(scale, end, row) for end in ends),
        *(_limit(scale, end, text.gettext("limit"), row.limit.unit) for end in ends),
        _measured(scale, row, value),
    ]
    head = (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}: {escape(row.result.raw_text)} {escape(row.result.unit)}</title>"
    )
    return Markup(head + "".join(parts) + "</svg>")


def share(
    value: Decimal | float | str, *, low: Decimal | str | None = None, high: Decimal | str | None = None
) -> Markup:
    """Give a bar of a value from 0 to 100 with its interval."""
    scale = Scale(0, 100)
    x = scale.x(float(value))
    parts = [
        f'<rect class="track" x="{LEFT}" y="14" width="{RIGHT - LEFT}" height="16" rx="3"/>',
        f'<rect class="bar" x="{LEFT}" y="14" width="{round(x - LEFT, 1)}" height="16" rx="3"/>',
    ]
    if low is not None and high is not None:
        a, b = scale.x(float(low)), scale.x(float(high))
        parts.append(f'<line class="limit" x1="{a}" x2="{b}" y1="38" y2="38"/>')
    return Markup(
        f'<svg class="chart" viewBox="0 0 {WIDTH} 46" role="presentation" aria-hidden="true" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def _limits(row: Measured) -> tuple[Decimal, ...]:
    if row.limit is None:
        return ()
    return tuple(end for end in (row.limit.low, row.limit.high) if end is not None)


def _value(row: Measured) -> Decimal | None:
    """Give the point to mark: the middle of a closed interval, else its one end."""
    low, high = row.result.interval.low, row.result.interval.high
    if low is not None and high is not None:
        return (low + high) / 2
    return high if high is not None else low


def _scale(row: Measured, value: Decimal, ends: tuple[Decimal, ...]) -> Scale:
    spread = row.result.u_expanded or Decimal(0)
    guard = row.guard or Decimal(0)
    places = [value - spread, value + spread, *(end - guard for end in ends), *(end + guard for end in ends)]
    low, high = float(min(places)), float(max(places))
    low = 0.0 if low >= 0 else low
    margin = (high - low) * 0.15 or 1.0
    return Scale(low if low == 0.0 else low - margin, high + margin)


def _guard(scale: Scale, end: Decimal, row: Measured) -> str:
    if not row.guard:
        return ""
    a, b = scale.x(end - row.guard), scale.x(end + row.guard)
    return f'<rect class="guard" x="{a}" y="{MIDDLE - 22}" width="{round(b - a, 1)}" height="44"/>'


def _limit(scale: Scale, end: Decimal, word: str, unit: str) -> str:
    x = scale.x(end)
    anchor = "end" if x > WIDTH * 0.7 else "start"
    place = x - 6 if anchor == "end" else x + 6
    return (
        f'<line class="limit" x1="{x}" x2="{x}" y1="{MIDDLE - 26}" y2="{MIDDLE + 28}"/>'
        f'<text x="{place}" y="14" font-size="13" text-anchor="{anchor}">{escape(word)} {end} {escape(unit)}</text>'
    )


def _measured(scale: Scale, row: Measured, value: Decimal) -> str:
    x, spread = scale.x(value), row.result.u_expanded
    bar = ""
    if spread:
        a, b = scale.x(value - spread), scale.x(value + spread)
        bar = f'<line class="spread" x1="{a}" x2="{b}" y1="{MIDDLE}" y2="{MIDDLE}"/>'
    elif row.result.interval.low is None:
        bar = f'<line class="spread" x1="{scale.x(scale.low)}" x2="{x}" y1="{MIDDLE}" y2="{MIDDLE}"/>'
    anchor = "end" if x > WIDTH * 0.8 else "start" if x < WIDTH * 0.2 else "middle"
    label = f'<text x="{x}" y="{HEIGHT - 8}" font-size="14" font-weight="700" text-anchor="{anchor}">'
    told = f"{escape(row.result.raw_text)} {escape(row.result.unit)}</text>"
    return f'{bar}<circle class="point" cx="{x}" cy="{MIDDLE}" r="8"/>{label}{told}'
