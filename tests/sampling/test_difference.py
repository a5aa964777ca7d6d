"""Pictures are compared where they belong together: what moved is not different, what is different gets a frame."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from sampling.evidence import difference
from sampling.evidence.difference import Difference, Region, differ, framed

WIDTH = 400


def png(image: Image.Image) -> bytes:
    data = BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def a_page(
    *, banner: int = 0, price: int = 0, side: int = 0, height: int = 600, tint: int = 255, width: int = WIDTH
) -> Image.Image:
    """Rows of bars, each row its own; a banner pushes the left column down, `side` the right one."""
    page = Image.new("RGB", (width, height + banner), (tint,) * 3)
    draw = ImageDraw.Draw(page)
    for number, y in enumerate(range(10, height - 20, 20)):
        draw.rectangle((10, y + banner, 30 + number * 4 % 90, y + banner + 8), fill=(0, number * 7 % 200, 0))
        draw.rectangle(
            (250, y + banner - side, 260 + number * 11 % 90, y + banner - side + 8), fill=(0, 0, number % 200)
        )
    if banner:
        draw.rectangle((0, 0, width - 1, banner - 1), fill=(0, 0, 160))
    if price:
        draw.rectangle((150, 300 + banner, 150 + price, 312 + banner), fill=(200, 0, 0))
    return page


def test_the_same_page_is_wholly_alike() -> None:
    assert differ([png(a_page())], [png(a_page())]) == Difference(1000, (), ())


def test_a_difference_that_no_eye_sees_is_none() -> None:
    assert differ([png(a_page())], [png(a_page(tint=250))]) == Difference(1000, (), ())


def test_a_changed_price_is_framed_on_both_pictures() -> None:
    found = differ([png(a_page(price=20))], [png(a_page(price=40))])
    assert found == Difference(998, (), (Region(171, 300, 20, 13),))
    assert differ([png(a_page(price=20))], [png(a_page())]) == Difference(998, (Region(150, 300, 21, 13),), ())


def test_a_banner_marks_itself_and_nothing_below_it() -> None:
    found = differ([png(a_page(price=20))], [png(a_page(banner=50, price=20))])
    assert found is not None
    assert (found.before, found.after) == ((), (Region(0, 0, WIDTH, 50),))
    assert found.similarity == 1000 - -(-1000 * 50 // 1250)


def test_a_column_that_stayed_is_not_marked_when_the_other_one_moved() -> None:
    found = differ([png(a_page())], [png(a_page(banner=40, side=40))])
    assert found is not None
    below = [region for region in found.after if region.y >= 60]
    assert all(region.y > 500 for region in below)


def test_lines_that_are_all_the_same_are_known_to_have_moved() -> None:
    page = Image.new("RGB", (WIDTH, 600), "white")
    draw = ImageDraw.Draw(page)
    for y in range(100, 400, 30):
        draw.polygon([(20, y), (20, y + 12), (180, y + 12)], fill=(0, 0, 0))
    moved = Image.new("RGB", (WIDTH, 600), "white")
    moved.paste(page, (0, 7))
    ImageDraw.Draw(moved).rectangle((20, 60, 80, 70), fill=(200, 0, 0))
    found = differ([png(page)], [png(moved)])
    assert found is not None
    assert (found.before, found.after) == ((), (Region(20, 60, 61, 11),))


def test_an_empty_row_more_differs_and_has_no_frame() -> None:
    page = a_page()
    longer = Image.new("RGB", (WIDTH, page.height + 30), "white")
    longer.paste(page, (0, 0))
    found = differ([png(page)], [png(longer)])
    assert found is not None
    assert (found.before, found.after) == ((), ())
    assert found.similarity < 1000


def test_pages_of_another_width_are_compared_as_far_as_they_go() -> None:
    found = differ([png(a_page())], [png(a_page(width=WIDTH + 100))])
    assert found == Difference(1000, (), ())


def test_a_page_in_tiles_is_one_page() -> None:
    page = a_page(price=20)
    tiles = [png(page.crop((0, top, WIDTH, min(top + 250, 600)))) for top in range(0, 600, 250)]
    assert differ([png(page)], tiles) == Difference(1000, (), ())
    found = differ(tiles, [png(a_page(price=40))])
    assert found is not None and found.after == (Region(171, 300, 20, 13),)
    shown = [Image.open(BytesIO(tile)) for tile in framed(tiles, found.after)]
    assert [image.size for image in shown] == [(WIDTH, 250), (WIDTH, 250), (WIDTH, 100)]
    assert [[220, 0, 0] in np.unique(np.asarray(image).reshape(-1, 3), axis=0).tolist() for image in shown] == [
        False,
        True,
        False,
    ]
    assert shown[1].getpixel((168, 48)) == (220, 0, 0)


def test_very_large_pages_are_compared_in_grey(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "_MOST_COLOURED", 1)
    found = differ([png(a_page(price=20))], [png(a_page(price=40))])
    assert found is not None and found.after == (Region(171, 300, 20, 13),)


def test_many_small_differences_are_told_as_few() -> None:
    page = Image.new("RGB", (1200, 1200), "white")
    dotted = page.copy()
    for x in range(8, 1200, 60):
        for y in range(8, 1200, 60):
            dotted.putpixel((x, y), (0, 0, 0))
    found = differ([png(page)], [png(dotted)])
    assert found is not None
    assert 0 < len(found.after) <= difference.MOST_REGIONS
    assert found.similarity == 999


@pytest.mark.parametrize("broken", [b"", b"\x89PNG picture", png(a_page())[:900]])
def test_a_picture_that_cannot_be_read_is_not_compared(broken: bytes) -> None:
    assert differ([broken], [png(a_page())]) is None
    assert differ([png(a_page())], [png(a_page()), broken]) is None
    assert framed([broken, broken], [Region(1, 1, 1, 1)]) == (broken, broken)


def test_no_picture_is_not_compared() -> None:
    assert differ([], [png(a_page())]) is None


def test_the_record_is_plain() -> None:
    assert Difference(990, (), (Region(1, 2, 3, 4),)).to_json() == {
        "similarity": 990,
        "before": (),
        "after": ({"x": 1, "y": 2, "width": 3, "height": 4},),
    }
