"""What was seen: the offer that a visit shows, with the hashes of the pictures that its page fetched."""

from dataclasses import replace

from platforms.details import picture_hashes
from platforms.reading import Reading, read_listing
from platforms.site import Site
from sampling.evidence.visit import Visit


def offer_seen(visit: Visit, site: Site | None, *, platform: str) -> Reading:
    """Give what the visited page says of its offer; a site's page that breaks its rules raises UnreadablePage."""
    found = (
        site.listing(visit.html, visit.final_url, visit.boxes)
        if site
        else read_listing(visit.html, visit.final_url, platform=platform, boxes=visit.boxes)
    )
    hashes = dict(picture_hashes(found.listing, visit.exchanges))
    return replace(found, listing=replace(found.listing, picture_hashes=hashes))
