"""A shop as a buyer meets it: where it is and the steps by which one logs in and orders there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sampling.recipe import Recipe
from sampling.step import Step


@dataclass(frozen=True, slots=True)
class Shop:
    """The facts of one site that the checkout needs; all of them are data."""

    base_url: str
    login: tuple[Step, ...]
    checkout: tuple[Step, ...]
    order_url: str
    """The page of one order, with the blank `{order_no}`."""
    recipe: Recipe = field(default_factory=Recipe)
    refusals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By reason code the words with which the shop refuses to sell."""
