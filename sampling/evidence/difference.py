"""A difference: where two pictures of a page differ, and how alike they are, also when one of them has moved down."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sampling.evidence.alignment import align, gaps

MOST_REGIONS = 200
"""Where more would be told, those near each other are told as one."""
_MOST_COLOURED = 48_000_000
"""Pixels of both pages; beyond them the shades of grey are compared, for a third of the memory."""
_UNSEEN = 16
"""A channel may differ by so much, of 255, and the eye sees the same: the browser paints letters' edges so."""
_CELL = 16
_RARE = 16
_NARROWEST = 160
"""A column of the page is not halved below this width."""
_FRAME = (220, 0, 0)

Pixels = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Region:
    """A box on the picture that the other one does not show, in pixels from the top left of the whole page."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two pictures differ; regions go from top to bottom."""

    similarity: int
    """0: nothing alike, to 1000: every pixel as far as the eye can tell."""
    before: tuple[Region, ...]
    after: tuple[Region, ...]

    def to_json(self) -> dict[str, Any]:
        """Give the record as plain JSON of whole numbers."""
        return asdict(self)


def differ(before: Sequence[bytes], after: Sequence[bytes]) -> Difference | None:
    """Give how two pages differ, each by its pictures from top to bottom; None where one cannot be read."""
    images = [_opened(tiles) for tiles in (before, after)]
    if not (images[0] and images[1]):
        return None
    mode = "RGB" if sum(image.width * image.height for side in images for image in side) <= _MOST_COLOURED else "L"
    width = max(image.width for side in images for image in side)
    one, other = (_page(side, mode, width) for side in images)
    marks = _marks(one, other, deeper=3)
    changed, whole = int(marks[0].sum()) + int(marks[1].sum()), marks[0].size + marks[1].size
    return Difference(
        similarity=1000 - -(-1000 * changed // whole),
        before=_regions(_inked(one, marks[0])),
        after=_regions(_inked(other, marks[1])),
    )


def framed(tiles: Sequence[bytes], regions: Sequence[Region]) -> tuple[bytes, ...]:
    """Give the pictures of a page with a red frame around each region, as PNG; one that cannot be read as it is."""
    shown, top = [], 0
    for tile in tiles:
        images = _opened([tile])
        shown.append(_drawn(images[0], regions, top) if images else tile)
        top += images[0].height if images else 0
    return tuple(shown)


def _opened(tiles: Sequence[bytes]) -> list[Image.Image]:
    """Nothing where any tile cannot be read: half a page cannot be compared with a whole one."""
    try:
        images: list[Image.Image] = [Image.open(BytesIO(tile), formats=("PNG", "JPEG", "WEBP")) for tile in tiles]
        for image in images:
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return []
    return images


def _page(images: Sequence[Image.Image], mode: str, width: int) -> Pixels:
    page = np.full((sum(image.height for image in images), width, len(mode)), 255, np.uint8)
    top = 0
    for image in images:
        pixels = np.asarray(image.convert(mode))
        page[top : top + image.height, : image.width] = pixels.reshape(image.height, image.width, len(mode))
        top += image.height
    return page


def _marks(one: Pixels, other: Pixels, *, deeper: int) -> tuple[Mask, Mask]:
    """The pixels of each that the other does not have in the place that answers to it.

    Rows that both have hold the two together. Where they differ, a page may still be made of columns of which one
    stayed and one moved: so each half is tried for itself, and kept where it explains more.
    """
    marks = np.zeros(one.shape[:2], np.bool_), np.zeros(other.shape[:2], np.bool_)
    rows, others = _rows(one), _rows(other)
    for start, end, above, below in gaps(align(rows, others), len(one), len(other)):
        part, twin = one[start:end], other[above:below]
        shifts = {0, len(twin) - len(part), _usual_shift(rows[start:end], others[above:below])}
        found = min((_in_place(part, twin, shift) for shift in sorted(shifts)), key=_weight)
        if deeper and len(part) and len(twin) and one.shape[1] >= 2 * _NARROWEST:
            found = min(found, _by_halves(part, twin, deeper - 1), key=_weight)
        marks[0][start:end], marks[1][above:below] = found
    return marks


def _rows(page: Pixels) -> list[int]:
    return [hash(row.tobytes()) for row in page]


def _usual_shift(rows: Sequence[int], others: Sequence[int]) -> int:
    """How far most rows that both have are apart, where none stands alone; rows as common as empty ones say nothing."""
    places: dict[int, list[int]] = {}
    for place, row in enumerate(others):
        places.setdefault(row, []).append(place)
    common = (
        place - here for here, row in enumerate(rows) if len(found := places.get(row, [])) <= _RARE for place in found
    )
    shifts = Counter(common).most_common(1)
    return shifts[0][0] if shifts else 0


def _in_place(part: Pixels, twin: Pixels, shift: int) -> tuple[Mask, Mask]:
    """Row by row, the twin's rows moved up by the shift; what has no row beside it is all different."""
    marks = np.ones(part.shape[:2], np.bool_), np.ones(twin.shape[:2], np.bool_)
    start, above = max(0, -shift), max(0, shift)
    rows = max(0, min(len(part) - start, len(twin) - above))
    unlike = _unlike(part[start : start + rows], twin[above : above + rows])
    marks[0][start : start + rows] = marks[1][above : above + rows] = unlike
    return marks


def _by_halves(part: Pixels, twin: Pixels, deeper: int) -> tuple[Mask, Mask]:
    middle = part.shape[1] // 2
    left = _marks(part[:, :middle], twin[:, :middle], deeper=deeper)
    right = _marks(part[:, middle:], twin[:, middle:], deeper=deeper)
    return np.hstack((left[0], right[0])), np.hstack((left[1], right[1]))


def _weight(marks: tuple[Mask, Mask]) -> int:
    return int(marks[0].sum()) + int(marks[1].sum())


def _unlike(part: Pixels, twin: Pixels) -> Mask:
    return np.asarray((np.maximum(part, twin) - np.minimum(part, twin) > _UNSEEN).any(axis=2))


def _inked(page: Pixels, marks: Mask) -> Mask:
    """The marks without the page's own background: an empty row more differs, but there is nothing to frame."""
    colours, counts = np.unique(page[::16, ::16].reshape(-1, page.shape[2]), axis=0, return_counts=True)
    rows = marks.any(axis=1)
    inked = marks.copy()
    inked[rows] &= _unlike(page[rows], np.broadcast_to(colours[counts.argmax()], page[rows].shape))
    return inked


def _regions(marks: Mask) -> tuple[Region, ...]:
    size = _CELL
    boxes = _boxes(_cells(marks, size))
    while len(boxes) > MOST_REGIONS:
        size *= 2
        boxes = _boxes(_cells(marks, size))
    return tuple(sorted((_tight(marks, box, size) for box in boxes), key=lambda region: (region.y, region.x)))


def _cells(marks: Mask, size: int) -> Mask:
    height, width = (-(-length // size) * size for length in marks.shape)
    whole = np.zeros((height, width), np.bool_)
    whole[: marks.shape[0], : marks.shape[1]] = marks
    return np.asarray(whole.reshape(height // size, size, width // size, size).any(axis=(1, 3)))


def _boxes(cells: Mask) -> list[tuple[int, int, int, int]]:
    """Left, top, right and bottom of the groups of marked cells with at most one unmarked cell between them."""
    boxes: list[tuple[int, int, int, int]] = []
    for y in np.flatnonzero(cells.any(axis=1)).tolist():
        edges = np.flatnonzero(np.diff(np.concatenate(([False], cells[y], [False])).astype(np.int8)))
        for left, right in edges.reshape(-1, 2).tolist():
            box = (left, y, right, y + 1)
            while near := [old for old in boxes if _touch(old, box)]:
                boxes = [old for old in boxes if old not in near]
                sides = list(zip(box, *near, strict=True))
                box = (min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3]))
            boxes.append(box)
    return boxes


def _touch(old: tuple[int, int, int, int], box: tuple[int, int, int, int]) -> bool:
    return old[0] <= box[2] + 1 and old[2] >= box[0] - 1 and old[1] <= box[3] + 1 and old[3] >= box[1] - 1


def _tight(marks: Mask, box: tuple[int, int, int, int], size: int) -> Region:
    left, top, right, bottom = (edge * size for edge in box)
    part = marks[top:bottom, left:right]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    return Region(
        x=left + int(columns[0]),
        y=top + int(rows[0]),
        width=int(columns[-1] - columns[0]) + 1,
        height=int(rows[-1] - rows[0]) + 1,
    )


def _drawn(image: Image.Image, regions: Sequence[Region], top: int) -> bytes:
    shown = image.convert("RGB")
    draw = ImageDraw.Draw(shown)
    for region in regions:
        left, above = region.x - 4, region.y - top - 4
        draw.rectangle((left, above, left + region.width + 7, above + region.height + 7), outline=_FRAME, width=3)
    data = BytesIO()
    shown.save(data, "PNG", compress_level=1)
    return data.getvalue()
