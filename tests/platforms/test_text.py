"""What an element says: in one line, without marks that nobody sees."""

from platforms.markup import parsed
from platforms.text import flat, own_text, text_ahead, text_before, text_behind


def test_marks_of_direction_are_not_read() -> None:
    element = parsed("<p>\u200f357.00 \u200f₪</p>").find(".//p")
    assert own_text(element) == flat(element) == "357.00 ₪"


def test_of_an_element_s_own_text_what_stands_before_another_is_told_apart() -> None:
    outer = parsed("<p>only <i>x</i> now <b><u>5</u></b> with tax</p>").find(".//p")
    assert text_before(outer, outer.find("b")) == text_before(outer, outer.find(".//u")) == "only now"
    assert text_before(outer.find("b"), outer) == ""
    assert text_before(outer, outer.getparent()) == "only now with tax"


def test_what_stands_right_beside_an_element_is_loose_or_another_element_s() -> None:
    outer = parsed("<p>only <i>x</i><b>5</b> now<u>6</u></p>").find(".//p")
    found = [(text_ahead(outer.find(name)), text_behind(outer.find(name))) for name in "ibu"]
    assert found == [("only", "5"), ("x", "now"), ("now", "")]
    root = parsed("<p>5</p>").getroottree().getroot()
    assert text_ahead(root) == text_behind(root) == ""
