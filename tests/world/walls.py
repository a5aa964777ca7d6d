"""Walls and ordinary pages as visits meet them, read from the examples."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from lxml import html as markup

from sampling.evidence.obstacle import Meeting

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
ASKED = "https://www.lampshop.test/item/1"
_UNSEEN = "//script | //style | //noscript | //head | //template | //*[contains(@style, 'display:none')]"


@dataclass(frozen=True, slots=True)
class Page:
    """One page with what it is: the reason of a wall, None for an ordinary page."""

    name: str
    reason: str | None
    met: Meeting


def walls(*, held_back: bool) -> list[Page]:
    """Give the walls, those held back or the others."""
    files = sorted((EXAMPLES / "walls").glob("*.toml"))
    return [page for file in files if (file.stem == "held_back") == held_back for page in _pages(file)]


def ordinary(*, held_back: bool) -> list[Page]:
    """Give the ordinary pages, those held back or the others."""
    folder = EXAMPLES / "ordinary"
    return [*_pages(folder / ("held_back.toml" if held_back else "tricky.toml")), *_set(folder, held_back=held_back)]


def _set(folder: Path, *, held_back: bool) -> Iterator[Page]:
    """An offer that is held back meets every layout, a layout that is held back every offer."""
    offers = tomllib.loads((folder / "goods.toml").read_text("utf-8"))["offer"]
    layouts = tomllib.loads((folder / "layouts.toml").read_text("utf-8"))["layout"]
    for layout in layouts:
        for offer in offers:
            if ("held_back" in layout or "held_back" in offer) == held_back:
                html = layout["html"].format(**offer)
                yield Page(f"{layout['name']}, {offer['lang']}", None, _met({"html": html}))


def _pages(file: Path) -> Iterator[Page]:
    for entry in tomllib.loads(file.read_text("utf-8"))["page"]:
        yield Page(entry["name"], entry.get("reason"), _met(entry))


def _met(entry: dict[str, Any]) -> Meeting:
    asked = entry.get("requested_url", ASKED)
    return Meeting(
        requested_url=asked,
        final_url=entry.get("final_url", asked),
        status=entry.get("status", 200),
        html=entry["html"],
        text=visible(entry["html"]),
        headers=entry.get("headers", {}),
        expects_price=True,
    )


def visible(html: str) -> str:
    """Give the text that a browser would show of a page without styles."""
    if not html.strip():
        return ""
    tree = markup.document_fromstring(html.encode(), parser=markup.HTMLParser(encoding="utf-8"))
    for unseen in cast(list[markup.HtmlElement], tree.xpath(_UNSEEN)):
        unseen.drop_tree()
    return " ".join(" ".join(str(text) for text in tree.itertext()).split())
