# ruff: noqa: E501 (an example is one line)
"""The words beside a value by which a page names it, as shops set them."""

import pytest

from platforms.fields import label_of
from platforms.labels import labelled
from platforms.markup import parsed
from platforms.page import page_of

LABELS = [
    # what stands below the heading, the code; the address is https://a.com/p/NT588
    ("<li><b>SKU:</b> AB123</li>", "AB123"),
    ("<li><b>SKU</b> - <i>AB123</i></li>", "AB123"),
    ("<p>SKU - AB123</p>", "AB123"),
    ("<p>SKU | AB123</p>", "AB123"),
    ("<p><i>SKU (config)</i> <i>AB123</i></p>", "AB123"),
    ("<p>Harlow item number: <b>205518</b></p>", "205518"),
    ("<p>RS Stock No.: 123-4567</p>", "123-4567"),
    ("<p>Harlow #: 552662041</p>", "552662041"),
    ("<p>Order #: 552662041</p>", None),
    ("<p>The best lamp of all # 552662041</p>", None),
    ("<p>Harlow #: see below</p>", None),
    ("<p>Harlow #: 7</p>", None),
    ("<p><u><u>Item no.: </u></u><u><u><u><u>AB123</u></u></u></u></p>", "AB123"),
    ('<div class="banner"><p>SKU: AB123</p></div>', "AB123"),
    ('<div class="banner"><p>Item no.: AB123</p></div>', None),
    ("<p>Color code: AB123</p>", None),
    ("<p>Ref. 1</p>", None),
    ("<p>SKU: 7</p>", "7"),
    ("<p>Model code: M-12</p><p>Item no. 4711</p>", "4711"),
    ("<p>Item no. 4711</p><p>Item no. NT588</p>", "NT588"),
    ('<div class="selected_sku_id"><p>sku231642007</p></div>', "sku231642007"),
    ('<div class="selected_sku_id"><p>sku231642007</p><p>x</p></div>', None),
    ("<footer><p>Item NT588</p><p>Item: 4711</p></footer>", "NT588"),
    (f"<footer><p>{'talk ' * 50} Item: NT588</p></footer>", None),
]


@pytest.mark.parametrize(("below", "code"), LABELS)
def test_a_code_is_read_by_its_label(below: str, code: str | None) -> None:
    found = labelled(page_of(parsed(f"<h1>Lamp</h1>{below}")), "https://a.com/p/NT588")
    assert (found["sku"].value if "sku" in found else None) == code


def test_a_code_far_before_the_heading_counts_where_the_address_holds_it() -> None:
    page = page_of(parsed("<p>Item NT588</p><p>Item 12345</p>" + "<p>x</p>" * 20 + "<h1>Lamp</h1>"))
    assert labelled(page, "https://a.com/p/NT588")["sku"].value == "NT588"
    assert "sku" not in labelled(page)


def test_a_shown_code_goes_before_the_marked_up_one_and_one_of_a_model_does_not() -> None:
    shown = labelled(page_of(parsed("<h1>Lamp</h1><p>Art.-Nr. 6109476022</p>")))["sku"]
    model = labelled(page_of(parsed("<h1>Lamp</h1><p>رقم الموديل: SRB-60W</p>")))["sku"]
    voucher = labelled(page_of(parsed("<h1>Lamp</h1><p>Code: SAVE20</p>")))["sku"]
    assert (shown.sureness, model.sureness, voucher.sureness) == (84, 70, 70)


def test_the_brand_may_stand_behind_its_label_too() -> None:
    assert labelled(page_of(parsed("<h1>Lamp</h1><p><b>Brand:</b> Lux</p>")))["brand"].value == "Lux"


def test_a_long_label_may_have_the_shop_s_name_before_it() -> None:
    assert label_of("Harlow & item number") == "sku"
    assert label_of("manufacturer product code") is None
    assert label_of("promo code") is None


CELLS = [
    # the cells, the code in them
    ("<div><div>Lux</div><div>品牌</div></div><div><div>QM-26</div><div>货号</div></div><div><div>棉100%</div><div>材质</div></div>", "QM-26"),
    ("<div><div>Lux</div><div>货号</div><div>QM-26</div></div>", "QM-26"),
    ("<div><p>Lux</p><div>货号</div></div><div><p>QM-26</p><div>品牌</div></div>", "QM-26"),
    ("<div><div>Lux</div><div>货号</div></div>", None),
    ("<div><div class='sku-item'>500g</div></div>", None),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "code"), CELLS)
def test_a_value_may_stand_above_its_label(cells: str, code: str | None) -> None:
    found = labelled(page_of(parsed(f"<h1>Lamp</h1><section>{cells}</section>")))
    assert (found["sku"].value if "sku" in found else None) == code
