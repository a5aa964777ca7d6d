# ruff: noqa: E501 (an example is one line)
"""Codes without a label: in the address and on the page, in attributes, in hidden fields."""

import pytest

from platforms.codes import unnamed_code
from platforms.markup import parsed
from platforms.offer import in_address
from platforms.page import page_of

CODES = [
    # the address, what stands below the heading, the code
    ("https://a.com/item/190654183378", "<div><div>190654183378</div><div>No:</div></div>", "190654183378"),
    ("https://a.com/p?code=31270", '<div class="c"><span>31270</span></div>', "31270"),
    ("https://a.com/p?pid=776623002", "<ul><li>#776623</li></ul>", "776623"),
    ("https://a.com/p?pid=776623002", "<ul><li>776623</li></ul>", None),
    ("https://a.com/tl-wr740n-router-mpg5082.html", "<p>TL-WR740N</p>", None),
    ("https://a.com/dp/B0DKLQT9XR", '<div data-asin="B0DKLQT9XR"></div><div data-asin="B0AAAAAAA1"></div>', "B0DKLQT9XR"),
    ("https://a.com/lamp", '<button data-sku="TP925EL1">Buy now</button><a data-sku="TP925EL1">Save</a>', "TP925EL1"),
    ("https://a.com/lamp", '<i data-sku="A-1000"></i><i data-sku="A-2000"></i>', None),
    ("https://a.com/lamp", '<footer><i data-sku="A-1000"></i></footer><i data-sku="none at all"></i>', None),
    ("https://a.com/lamp", '<form><input type="hidden" name="product-code" value="PC-77"></form>', "PC-77"),
    ("https://a.com/lamp", '<form><input type="text" name="sku" value="PC-77"><input type="hidden" name="sku"></form>', None),
    ("https://a.com/lamp?sku=LP-4", "", "LP-4"),
    ("https://a.com/s/1234", "<p>1234</p><p>12 reviews of it, all good</p>", None),
    ("https://a.com/p/31270", '<a href="/x">31270</a><select><option>31270</option></select>', None),
]  # fmt: skip


@pytest.mark.parametrize(("url", "below", "code"), CODES)
def test_a_code_counts_where_two_places_hold_it_or_no_other_is_carried(url: str, below: str, code: str | None) -> None:
    found = unnamed_code(page_of(parsed(f"<h1>Lamp</h1>{below}")), url)
    assert (found.value if found else None) == code


def test_a_short_code_is_in_an_address_by_chance() -> None:
    assert in_address("nt588", "https://a.com/p/NT588/?c=1")
    assert not in_address("p12", "https://a.com/p12/")
    assert not in_address("12345", "https://a.com/p/9123456")
