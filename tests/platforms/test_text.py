"""What an element says: in one line, without marks that nobody sees."""

from platforms.markup import parsed
from platforms.text import flat, own_text, text_before


def test_marks_of_direction_are_not_read() -> None:
    element = parsed("<p>\u200f357.00 \u200f₪</p>").find(".//p")
    assert own_text(element) == flat(element) == "357.00 ₪"


def test_of_an_element_s_own_text_what_stands_before_another_is_told_apart() -> None:
    outer = parsed("<p>only <i>x</i> now <b><u>5</u></b> with tax</p>").find(".//p")
    assert text_before(outer, outer.find("b")) == text_before(outer, outer.find(".//u")) == "only now"
    assert text_before(outer.find("b"), outer) == ""
    assert text_before(outer, outer.getparent()) == "only now with tax"
