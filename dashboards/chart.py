"""A result against its limit as a picture: the values it leaves possible, the limit, its band, and what fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from babel.support import Translations
from markupsafe import Markup, escape

from dashboards.language import catalogue
from dashboards.views.sample import Measured
from dashboards.zones import End, ends, width
from labs.errors import UnknownUnit
from labs.limits import Limit
from labs.result import Interval
from labs.units import convert, convert_interval

WIDTH, HEIGHT = 420, 112
LEFT, RIGHT, MIDDLE = 10, 410, 60
FIRST, SECOND = 14, 30
"""The lines of text above the picture: the limit, and below it what fails in any case."""
HALF, TIP = 7, 10
"""Half the height of a bar, and the length of an arrow's head."""
FAR = 10
"""What is so many times as far away as all else is told, and not drawn to scale."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a value into a place on the picture."""

    low: float
    high: float

    def x(self, value: Decimal | float) -> float:
        """Give the place of a value, kept inside the picture."""
        share = (float(value) - self.low) / (self.high - self.low)
        return round(LEFT + min(max(share, 0.0), 1.0) * (RIGHT - LEFT), 1)

    def has(self, value: Decimal) -> bool:
        """Tell whether a value lies inside the picture."""
        return self.low <= float(value) <= self.high


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn, all of it in the limit's unit."""

    told: str
    """As the laboratory reported it."""
    interval: Interval
    spread: Decimal
    """The expanded uncertainty of a single value; 0 where there is none."""
    limit: Limit
    ends: tuple[End, ...]

    @property
    def unit(self) -> str:
        """The unit of all that is drawn."""
        return self.limit.unit

    @property
    def mark(self) -> Decimal:
        """Where the report is written: at a single value, else at the end that the laboratory named."""
        low, high = self.interval.low, self.interval.high
        named = high if high is not None else low
        assert named is not None  # an interval without both ends is not drawn
        return named


def draw(language: str, row: Measured) -> Markup:
    """Give one picture with its words; empty where there is no number or no limit in a unit to compare with."""
    drawn = _drawn(row)
    if drawn is None:
        return Markup("")
    scale, text = _scale(drawn), catalogue(language)
    limit = text.gettext("limit")
    parts = [
        f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{MIDDLE + 22}" y2="{MIDDLE + 22}"/>',
        *(_zones(scale, drawn)),
        *(_line(scale, "limit", end.said, FIRST, f"{limit} {end.said} {drawn.unit}") for end in drawn.ends),
        *(_line(scale, "fails", end.fails, SECOND, _fails(text, drawn, end)) for end in _apart(drawn)),
        *_measured(scale, drawn),
    ]
    head = (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape('. '.join(_words(language, drawn)))}</title>"
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


def _drawn(row: Measured) -> Drawn | None:
    limit, result = row.limit, row.result
    if limit is None or (limit.low is None and limit.high is None):
        return None
    if result.interval.low is None and result.interval.high is None:
        return None
    kept = {"item": result.item, "unit": result.unit, "to": limit.unit}
    try:
        interval = convert_interval(result.interval, **kept)
        spread = convert(result.u_expanded or Decimal(0), **kept)
    except UnknownUnit:
        return None
    told = f"{result.raw_text} {result.unit}".strip()
    single = spread if interval.point is not None else Decimal(0)
    return Drawn(told, interval, single, limit, ends(limit, spread))


def _words(language: str, drawn: Drawn) -> Iterator[str]:
    """The same in words, for whoever does not see the picture."""
    text = catalogue(language)
    yield text.gettext("Result against the limit: %(result)s") % {"result": drawn.told}
    low, high = drawn.interval.low, drawn.interval.high
    if drawn.interval.point is None:
        ends = [f"{'>' if drawn.interval.low_open else '≥'} {low:f}"] if low is not None else []
        ends += [f"{'<' if drawn.interval.high_open else '≤'} {high:f}"] if high is not None else []
        yield text.gettext("The true value lies anywhere in %(range)s") % {"range": f"{', '.join(ends)} {drawn.unit}"}
    if drawn.spread:
        yield text.gettext("Expanded uncertainty ± %(width)s") % {"width": f"{drawn.spread:f} {drawn.unit}"}
    yield " ".join([text.gettext("limit"), " – ".join(f"{end.said:f}" for end in drawn.ends), drawn.unit])
    if any(end.band for end in drawn.ends):
        wide = width(drawn.limit, drawn.spread)
        yield _band(text, drawn.limit.decision_rule) % {"width": f"{wide:f} {drawn.unit}"}
    if drawn.limit.lenient is not None:
        yield text.gettext("Up to the limit of the most lenient form, it depends on the form of the goods")
    yield from (_fails(text, drawn, end) for end in _apart(drawn))


def _band(text: Translations, rule: str) -> str:
    """What the band of a decision rule means."""
    match rule:
        case "R0":
            return str(text.gettext("Within %(width)s of the limit the result is marked as near it"))
        case "R1":
            return str(text.gettext("Guard band of %(width)s inside the limit: what lies in it fails"))
        case "R2":
            return str(text.gettext("Guard band of %(width)s outside the limit: what lies in it does not fail"))
        case _:
            return str(text.gettext("Guard band of %(width)s on both sides: what lies in it is conditional"))


def _fails(text: Translations, drawn: Drawn, end: End) -> str:
    words = text.gettext("fails above %(value)s") if end.sign > 0 else text.gettext("fails below %(value)s")
    return str(words % {"value": f"{end.fails.normalize():f} {drawn.unit}"})


def _apart(drawn: Drawn) -> list[End]:
    """The ends at which what fails is not what lies beyond the number of the standard."""
    return [end for end in drawn.ends if end.fails != end.said and drawn.limit.kind not in ("absent", "plan")]


def _scale(drawn: Drawn) -> Scale:
    known = [end for end in (drawn.interval.low, drawn.interval.high) if end is not None]
    places = [
        *(value + by for value in known for by in (-drawn.spread, drawn.spread)),
        *(end.said for end in drawn.ends),
        *(edge for end in drawn.ends for edge in end.band or ()),
    ]
    reach = FAR * max(abs(place) for place in places)
    places += [end.fails for end in drawn.ends if abs(end.fails) <= reach]
    low, high = float(min(places)), float(max(places))
    low = 0.0 if low >= 0 else low
    margin = (high - low) * 0.15 or 1.0
    return Scale(low if low == 0.0 else low - margin, high + margin)


def _zones(scale: Scale, drawn: Drawn) -> Iterator[str]:
    """Where the form of the goods decides, and above it the band of the decision rule."""
    for end in drawn.ends:
        if drawn.limit.lenient is not None:
            yield _zone(scale, "unsure", *sorted((end.said, end.fails)))
        if end.band:
            yield _zone(scale, "guard", *end.band)


def _zone(scale: Scale, kind: str, low: Decimal, high: Decimal) -> str:
    a, b = scale.x(low), scale.x(high)
    return f'<rect class="{kind}" x="{a}" y="{MIDDLE - 22}" width="{round(b - a, 1)}" height="44"/>'


def _line(scale: Scale, kind: str, end: Decimal, y: int, words: str) -> str:
    """A line across the picture with its words; what lies outside the picture has words alone."""
    x = scale.x(end)
    anchor = "end" if x > WIDTH * 0.6 else "start"
    place = x - 6 if anchor == "end" else x + 6
    line = f'<line class="{kind}" x1="{x}" x2="{x}" y1="{MIDDLE - 26}" y2="{MIDDLE + 28}"/>' if scale.has(end) else ""
    return f'{line}<text x="{place}" y="{y}" font-size="13" text-anchor="{anchor}">{escape(words)}</text>'


def _measured(scale: Scale, drawn: Drawn) -> Iterator[str]:
    """A single value as a point with its uncertainty, a range as a bar, and one without an end as an arrow."""
    low, high, x = drawn.interval.low, drawn.interval.high, scale.x(drawn.mark)
    if drawn.interval.point is not None:
        if drawn.spread:
            a, b = scale.x(drawn.mark - drawn.spread), scale.x(drawn.mark + drawn.spread)
            yield f'<line class="spread" x1="{a}" x2="{b}" y1="{MIDDLE}" y2="{MIDDLE}"/>'
        yield f'<circle class="point" cx="{x}" cy="{MIDDLE}" r="8"/>'
    elif high is None:
        yield _arrow(x, RIGHT)
    elif not low:
        yield _arrow(x, LEFT if low is None else scale.x(low))
    else:
        a = scale.x(low)
        yield f'<rect class="bar" x="{a}" y="{MIDDLE - HALF}" width="{round(x - a, 1)}" height="{2 * HALF}"/>'
    anchor = "end" if x > WIDTH * 0.8 else "start" if x < WIDTH * 0.2 else "middle"
    label = f'<text x="{x}" y="{HEIGHT - 8}" font-size="14" font-weight="700" text-anchor="{anchor}">'
    yield f"{label}{escape(drawn.told)}</text>"


def _arrow(start: float, end: float) -> str:
    """From the number that was named towards where the true value lies."""
    tip = min(TIP, abs(end - start)) * (1 if end > start else -1)
    back = round(end - tip, 1)
    return (
        f'<line class="limit-of-report" x1="{start}" x2="{start}" y1="{MIDDLE - HALF}" y2="{MIDDLE + HALF}"/>'
        f'<line class="spread" x1="{start}" x2="{back}" y1="{MIDDLE}" y2="{MIDDLE}"/>'
        f'<polygon class="point" points="{end},{MIDDLE} {back},{MIDDLE - HALF} {back},{MIDDLE + HALF}"/>'
    )
