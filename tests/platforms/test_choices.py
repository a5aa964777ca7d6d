"""What the buyer may add or choose, but has not."""

import pytest

from platforms.choices import is_unchosen
from platforms.markup import parsed

CHOICES = [
    ('<label><input type="checkbox"> 3 years <b>$9</b></label>', True),
    ('<label><input type="checkbox" checked> 3 years <b>$9</b></label>', False),
    ('<input type="checkbox"><label>3 years <b>$9</b></label>', True),
    ('<p><label><input type="radio" checked>50 ml</label><label><input type="radio"><b>75 ml $9</b></label></p>', True),
    ('<p><label><input type="radio" name="a"><b>75 ml $9</b></label><input type="radio" name="b" checked></p>', False),
    ('<p><label><input type="text"><b>$9</b></label></p>', False),
    ("<label>Price <b>$9</b></label>", False),
    ('<div role="radio" aria-checked="false"><b>$9</b></div>', True),
    ("<div><p><span><b>$9</b></span></p></div>", False),
    ("<b>$9</b>", False),
]


@pytest.mark.parametrize(("html", "unchosen"), CHOICES)
def test_what_is_not_ticked_is_not_chosen(html: str, unchosen: bool) -> None:
    element = next(parsed(f"<body>{html}</body>").iter("b"))
    assert is_unchosen(element) is unchosen


def test_a_label_that_stands_alone_has_no_group() -> None:
    label = parsed('<label><input type="radio"><b>$9</b></label>').find(".//label")
    label.getparent().remove(label)
    assert not is_unchosen(label)
    assert not is_unchosen(label[0])
