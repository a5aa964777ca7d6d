"""The sites that can be read, by code: one folder of facts and parser each, one line here."""

from collections.abc import Mapping
from pathlib import Path

from platforms.errors import UnknownSite
from platforms.site import Site, load_site
from platforms.sites.glow_mall import parse as glow_mall
from platforms.sites.oscar_mart import parse as oscar_mart

_HERE = Path(__file__).parent

SITES: Mapping[str, Site] = {
    "oscar-mart": load_site(_HERE / "oscar_mart", oscar_mart),
    "glow-mall": load_site(_HERE / "glow_mall", glow_mall),
}


def find_site(code: str) -> Site:
    """Give the site of the code; none of that code raises UnknownSite."""
    if code not in SITES:
        raise UnknownSite(f"no site is called {code}; there are {', '.join(sorted(SITES))}")
    return SITES[code]
