"""Two captures of one sample side by side: what the later page says and shows otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from dashboards.views.proof import Picture, picture
from sampling.errors import UnreadableBundle
from sampling.evidence.comparison import Comparison, Side, compared
from sampling.evidence.contents import opened
from sampling.evidence.difference import Region, framed
from sampling.sample import Sample
from storage import captures, samples
from storage.captures import Capture
from storage.objects import Objects
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """A sample's captures to choose from, and how the two chosen ones differ."""

    sample: Sample
    choices: tuple[Capture, ...]
    before: Capture | None
    after: Capture | None
    found: Comparison | None
    """None where there are not two captures that can be compared."""
    pictures: tuple[tuple[Picture, ...], tuple[Picture, ...]] = ((), ())
    """The pages of both, what differs framed."""


def choose(unit: Unit, sample_id: UUID, *, restricted: bool) -> tuple[Capture, ...]:
    """Give the captures of a sample that may be compared, oldest first; those that show a cover only if asked for."""
    return tuple(one for one in captures.of_sample(unit, sample_id) if restricted or not one.restricted)


def load_comparison(
    unit: Unit, objects: Objects, sample_id: UUID, choices: tuple[Capture, ...], before: str, after: str
) -> ComparisonPage:
    """Give how two captures differ, by their ids; what the payment changed since the draw where none is named."""
    by_id, (drawn, paid) = {str(one.id): one for one in choices}, _usual(choices)
    first, last = by_id.get(before, drawn), by_id.get(after, paid)
    page = ComparisonPage(samples.get(unit, sample_id), choices, first, last, None)
    if first is None or last is None or first.id == last.id:
        return page
    sides = _side(objects, first), _side(objects, last)
    if sides[0] is None or sides[1] is None:
        return page
    found = compared(sides[0], sides[1])
    marks: tuple[Sequence[Region], Sequence[Region]] = ((), ())
    if found.picture is not None:
        marks = found.picture.before, found.picture.after
    return replace(page, found=found, pictures=(_framed(sides[0], marks[0]), _framed(sides[1], marks[1])))


def changes(unit: Unit, objects: Objects, sample_id: UUID) -> Comparison | None:
    """Give what the page says otherwise before the payment than at the draw; None while there are not both."""
    found = captures.of_sample(unit, sample_id)
    drawn = [one for one in found if one.purpose == captures.DRAW and one.kind == "listing"]
    paid = [one for one in found if one.purpose == captures.PAYMENT]
    if not drawn or not paid:
        return None
    before, after = _side(objects, drawn[-1]), _side(objects, paid[-1])
    if before is None or after is None:
        return None
    # What is told on a phone is words; comparing pictures would keep the shopper waiting.
    return compared(replace(before, picture=None, more=()), replace(after, picture=None, more=()))


def _usual(choices: tuple[Capture, ...]) -> tuple[Capture | None, Capture | None]:
    """The offer as drawn and as it was paid; before it is paid, the first and the last capture."""
    drawn = [one for one in choices if one.purpose == captures.DRAW]
    paid = [one for one in choices if one.purpose == captures.PAYMENT]
    first, last = drawn[-1:] or [*choices[:1]], paid[-1:] or [*choices[-1:]]
    return (first[0], last[0]) if choices else (None, None)


def _side(objects: Objects, capture: Capture) -> Side | None:
    try:
        return opened(captures.bundle(objects, capture)).side()
    except UnreadableBundle:
        return None  # one of the first, which were kept in another form


def _framed(side: Side, regions: Sequence[Region]) -> tuple[Picture, ...]:
    tiles = framed(side.tiles, regions)
    drawn = (picture(f"{number}", tile) for number, tile in enumerate(tiles, 1))
    return tuple(one for one in drawn if one is not None)
