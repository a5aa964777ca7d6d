"""What was seen: a visit's own page, boxes and pictures make its reading."""

from dataclasses import replace
from pathlib import Path

from platforms.seen import offer_seen
from platforms.sites import SITES
from sampling.digest import sha256
from tests.sampling.visits import a_visit, an_exchange

EXAMPLES = Path(__file__).parents[1] / "examples" / "sites"
PAGE = "<title>Lamp</title><h1>Lamp</h1><img src='/lamp.png'><p class=price>EUR 12.90</p><button>Add to cart</button>"


def test_an_unknown_shops_offer_is_read_with_its_pictures_hashes() -> None:
    visit = replace(a_visit(), html=PAGE, final_url="https://shop.test/p/1")
    picture = an_exchange("https://shop.test/lamp.png", body=b"pixels")
    found = offer_seen(replace(visit, exchanges=(picture,)), None, platform="shop.test").listing
    assert (found.title, found.price and str(found.price.amount), found.platform) == ("Lamp", "12.90", "shop.test")
    assert found.picture_hashes == {"https://shop.test/lamp.png": sha256(b"pixels")}


def test_a_known_shops_offer_is_read_by_its_own_rules() -> None:
    page, mall = (EXAMPLES / "glow_mall" / "listing-plain.html").read_text(encoding="utf-8"), SITES["glow-mall"]
    visit = replace(a_visit(), html=page, final_url=mall.at("https://glow.test").base_url + "/item/GM-1001")
    assert offer_seen(visit, mall, platform="glow-mall") == mall.listing(page, visit.final_url, visit.boxes)
