"""The script that measures a page, in a real browser: each text has its box, and what is not laid out has none."""

from pathlib import Path

import pytest
from playwright.async_api import Page

import sampling.edge
from sampling.edge.browser import Browser
from sampling.evidence.layout import Box, boxes_of
from tests.world.chromium import browser_settings

pytestmark = pytest.mark.browser

SCRIPT = Path(sampling.edge.__file__).with_name("layout.js").read_text("utf-8")

PAGE = """<!doctype html><style>
body { margin: 0; height: 3000px; font: 20px/1 monospace; }
body > * { position: absolute; left: 100px; margin: 0; white-space: nowrap; }
.gone { display: none } .hidden { visibility: hidden } .clear { opacity: 0 } .flat { font-size: 0 }
</style>
<p id=plain style="top: 100px">same text</p>
<p id=far style="top: 1900px; left: 340px">same text</p>
<p id=moved style="top: 200px; transform: translate(50px, 30px)">same text</p>
<p id=doubled style="top: 300px; transform: scale(2); transform-origin: 0 0">same text</p>
<p id=turned style="top: 400px; transform: rotate(90deg); transform-origin: 0 0">same text</p>
<div id=clipped style="top: 500px; width: 40px; height: 10px; overflow: hidden">same text</div>
<div id=empty style="top: 600px; width: 0; height: 0">same text</div>
<p id=lines style="top: 700px; white-space: pre">same text<br>same text</p>
<p id=large style="top: 800px; font-size: 40px; font-weight: 700"><s>was <b>same text</b></s></p>
<p id=rows style="top: 900px"><span>  one
   space  </span><span>two</span></p>
<p class=gone>display none</p><p class=hidden>visibility hidden</p><p class=clear>no opacity</p>
<p class=flat>no size</p><div class=gone><p>inside display none</p></div><noscript>no script</noscript>
<p class=hidden>hidden <b id=back style="visibility: visible">shown again</b></p>
<textarea>typed</textarea><script>document.body.append("")</script>"""


@pytest.fixture(scope="module")
def boxes() -> tuple[Box, ...]:
    """Give the boxes, measured while the page is scrolled."""

    async def measured(page: Page) -> str:
        await page.set_content(PAGE)
        await page.evaluate("scrollTo(0, 250)")
        return str(await page.evaluate(SCRIPT))

    with Browser(browser_settings()) as browser:
        return boxes_of(browser.run(lambda tab: measured(tab.page)))


def at(boxes: tuple[Box, ...], place: str) -> list[Box]:
    return [box for box in boxes if box.place.startswith(place)]


# How the box lies beside that of the plain text: to the right, below, and how many times as wide and as high.
BESIDE = {
    "#far": (240, 1800, 1, 1),  # below the window, and the page is scrolled
    "#moved": (50, 130, 1, 1),
    "#doubled": (0, 200 - 2, 2, 2),  # its letters reach 2 px above its line, doubled
    "#clipped": (0, 400, 1, 1),  # cut off by its box: a fold or a carousel shows it at a touch
    "#empty": (0, 500, 1, 1),  # what hangs out of an element without size is seen
}


@pytest.mark.parametrize(("place", "beside"), BESIDE.items(), ids=BESIDE)
def test_a_box_is_where_its_text_was_drawn(
    boxes: tuple[Box, ...], place: str, beside: tuple[int, int, int, int]
) -> None:
    [plain], [box] = at(boxes, "#plain"), at(boxes, place)
    right, below, wide, high = beside
    assert max(abs(box.x - plain.x - right), abs(box.y - plain.y - below)) <= 1
    assert max(abs(box.width - plain.width * wide), abs(box.height - plain.height * high)) <= 2
    assert (box.text, box.size, box.weight, box.struck) == ("same text", 20, 400, False)


def test_the_plain_text_stands_at_its_place(boxes: tuple[Box, ...]) -> None:
    [plain] = at(boxes, "#plain")
    assert plain.x == 100
    assert abs(plain.y + plain.height / 2 - 110) <= 2, "the middle of a line of 20 px at 100"


def test_a_text_that_is_turned_is_as_wide_as_it_was_high(boxes: tuple[Box, ...]) -> None:
    [plain], [turned] = at(boxes, "#plain"), at(boxes, "#turned")
    assert (turned.width, turned.height) == (plain.height, plain.width)
    assert abs(turned.x + turned.width - 100) <= 3 and turned.y == 400


def test_each_run_of_text_has_a_box_of_its_own_with_how_it_is_set(boxes: tuple[Box, ...]) -> None:
    first, second = at(boxes, "#lines")
    assert (second.x - first.x, second.y - first.y) == (0, 20)
    was, now = at(boxes, "#large")
    assert [(box.text, box.size, box.struck) for box in (was, now)] == [("was", 40, True), ("same text", 40, True)]
    assert was.weight == 700 < now.weight
    assert [box.text for box in at(boxes, "#rows")] == ["one space", "two"]


def test_what_is_not_drawn_has_no_box(boxes: tuple[Box, ...]) -> None:
    words = {box.text for box in boxes}
    assert words == {"same text", "was", "one space", "two", "shown again"}
    assert len(boxes) == 14
