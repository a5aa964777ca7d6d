"""What the buyer may add or choose, but has not."""

import pytest

from platforms.choices import is_chosen, is_unchosen
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


MADE = [
    ('<ul><li class="is-selected"><b>$9</b></li><li>$7</li></ul>', True),
    ('<ul><li aria-checked="true"><b>$9</b></li><li aria-checked="false">$7</li></ul>', True),
    ("<select><option selected><b>$9</b></option><option>$7</option></select>", True),
    ('<p><label><input type="radio" checked><b>$9</b></label><label><input type="radio">$7</label></p>', True),
    ('<p><label><input type="radio"><b>$9</b></label><label><input type="radio" checked>$7</label></p>', False),
    ('<p><input type="radio" checked><label><b>$9</b></label><input type="radio"><label>$7</label></p>', True),
    ('<ul><li class="slide is-active"><b>$9</b></li><li class="slide">$7</li></ul>', False),
    ('<ul><li class="not-selected"><b>$9</b></li><li class="selected">$7</li></ul>', False),
    ('<ul><li class="selected"><b>$9</b></li></ul>', False),
    ("<div><p><span><i><b>$9</b></i></span></p></div>", False),
    ("<b>$9</b>", False),
]


@pytest.mark.parametrize(("html", "chosen"), MADE)
def test_one_of_several_is_the_choice_that_is_made(html: str, chosen: bool) -> None:
    element = next(parsed(f"<body>{html}</body>").iter("b"))
    assert is_chosen(element) is chosen


def test_what_stands_in_nothing_is_no_choice() -> None:
    element = parsed("<p><b>$9</b></p>").find(".//b")
    element.getparent().remove(element)
    assert not is_chosen(element)
