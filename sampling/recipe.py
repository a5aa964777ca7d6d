"""A recipe: what a site asks of its visitors, as data that the browser follows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to come to the whole page; the default suits a page that asks for nothing."""

    consent: tuple[str, ...] = ()
    """Selectors of the consent banner's answers, the most refusing first."""
    wait_for: str | None = None
    """The part of the page that arrives late: the price."""
    more: str | None = None
    """The button that adds to a list, clicked until it is gone."""
    hosts: tuple[str, ...] = ()
    """Hosts that belong to the site beside the one asked for."""
    gone: tuple[str, ...] = ()
    """The words by which the site says that an offer was taken down."""
    offer: bool = False
    """Whether the page should be an offer: then one without a price lacks something."""
