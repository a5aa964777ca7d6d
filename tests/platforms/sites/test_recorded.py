"""Recorded pages are read as the expected file beside each says; a new expected file fails until it was read.

A page is named for what it is: catalogue-…, listing-…, orders…, order-…, gone-… or wall-…; its first line holds
the address it was saved from.
"""

import json
import re
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from platforms.markup import parsed
from platforms.reading import words
from platforms.site import Site
from platforms.sites import SITES
from sampling.evidence.obstacle import Meeting, classify

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "sites"
PAGES = sorted(EXAMPLES.glob("*/*.html"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_a_recorded_page_is_read_as_expected(page: Path) -> None:
    found = json.loads(json.dumps(_read(page), default=_plain, ensure_ascii=False))
    expected = page.with_suffix(".json")
    if not expected.exists():
        expected.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", "utf-8")
        pytest.fail(f"{expected.name} was written: read it, and keep it if it is right")
    assert found == json.loads(expected.read_text("utf-8"))


def test_every_site_has_recorded_pages() -> None:
    assert {page.parent.name for page in PAGES} == {code.replace("-", "_") for code in SITES}


def _read(page: Path) -> Any:
    html = page.read_text("utf-8")
    site = SITES[page.parent.name.replace("_", "-")]
    match = re.match(r"<!-- (\S+) -->", html)
    assert match, "the first line holds the address"
    return _KINDS[page.stem.split("-")[0]](site.at("http://127.0.0.1:8100"), html, match.group(1))


def _catalogue(site: Site, html: str, url: str) -> Any:
    return asdict(site.catalogue(html, url))


def _listing(site: Site, html: str, url: str) -> Any:
    return asdict(site.listing(html, url))


def _orders(site: Site, html: str, url: str) -> Any:
    return [asdict(order) for order in site.orders(html, url)]


def _order(site: Site, html: str, url: str) -> Any:
    return asdict(site.order(html, url))


def _outcome(site: Site, html: str, url: str) -> Any:
    tree = parsed(html)
    for hidden in tree.cssselect("script, style, head"):
        hidden.drop_tree()
    met = Meeting(url, url, 200, html, words(tree), gone=site.recipe.gone)
    return asdict(classify(met))


_KINDS = {
    "catalogue": _catalogue,
    "listing": _listing,
    "orders": _orders,
    "order": _order,
    "gone": _outcome,
    "wall": _outcome,
}


def _plain(value: object) -> str:
    match value:
        case Decimal():
            return str(value)
        case datetime():
            return value.isoformat()
        case _:
            raise TypeError(f"{type(value).__name__} has no plain form")
