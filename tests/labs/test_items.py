"""Test items: called as the limits in force call them."""

from labs.items import item_name
from sampling.text import Text


def test_an_item_is_called_as_its_limit_says_and_one_without_a_limit_stands_for_itself() -> None:
    assert item_name("migratable_lead") == Text("可迁移铅", "Migratable lead")
    assert item_name("unheard_of") == "unheard_of"
