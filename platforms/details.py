"""Details: licence numbers, certificate marks, sales and review counts, and pictures, as the page prints them."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from urllib.parse import urldefrag, urljoin

from lxml.html import HtmlElement

from platforms.markup import Stated
from platforms.page import Page
from platforms.part import Part
from sampling.evidence.exchange import Exchange
from sampling.listing import Listing

_LICENCES = re.compile(
    r"(?<![A-Z0-9])SC\s?\d{14}(?!\d)|国妆(?:特字|特进字|网备字|备字|备进字)[GJ]?\s?\d{4,}|[\u4e00-\u9fff]{1,2}G妆网备字\s?\d{8,}|"
    r"[\u4e00-\u9fff]{1,2}妆\s?\d{8}|XK\d{2}-\d{3}-?\d{5}|国食健[字注]?[GJ]?\s?\d{8,}|国药准字[HZSBJ]\d{8}|"
    r"[\u4e00-\u9fff]{1,2}械[注备]准?[字]?\s?\d{8,}号?"
)
_CERTIFICATES = re.compile(
    r"(?<![A-Za-z0-9])(3C|CCC|CE|UKCA|UL|ETL|FCC|RoHS|GS|FDA|"
    r"ISO\s?9001|PSE|KC|SGS|OEKO-TEX|GOTS|FSC|BSCI|HACCP|CQC|EAC|BIS|TÜV|ENERGY STAR)"
    r"(?:\s?(?:认证|标志|证书|certifi\w+|mark\w*|approved|listed|compliant|konform|geprüft|zertifiziert))"
)  # fmt: skip
_CLAIMED = re.compile(
    r"(?:certifi\w+|认证|conform\w*|compliant with|standards?|prüfzeichen)\s*[:：]?\s*"
    r"((?:(?:3C|CCC|CE|UKCA|UL|FCC|RoHS|GS)\W{0,3})+)(?!\w)",
    re.I,
)
_SALES = re.compile(
    r"(?:已售|月销|销量|总销量|月成交|已拼|累计销量|付款人数)\s*[:：]?\s*([\d.,]+)\s*(万|k|\+)?|"
    r"([\d.,]+)\s*(万|k)?\+?\s*(?:人付款|人已买|件已售|sold\b|verkauft|vendus|vendidos|venduti|verkocht|sprzedano|個販売)",
    re.I,
)
_REVIEWS = re.compile(
    r"([\d.,]+)\s*(万|k)?\+?\s*(?:条评价|条评论|个评价|评价|reviews?\b|ratings?\b|bewertungen|kundenbewertungen|avis\b|opiniones|recensioni|beoordelingen|opinii|hodnocení|件のレビュー|отзыв|リビュー)|"
    r"(?:累计评价|商品评价|评价|reviews?|bewertungen|avis|レビュー|리뷰)\s*[(（:：]\s*([\d.,]+)\s*(万|k)?",
    re.I,
)
_IMAGES = (
    "data-zoom-image",
    "data-large_image",
    "data-large-image",
    "data-old-hires",
    "data-src",
    "data-original",
    "src",
)
_MOST_PICTURES = 24


def printed(page: Page) -> dict[str, Stated]:
    """Give licence, certificates, sales and reviews where the texts of the offer name them."""
    found: dict[str, Stated] = {}
    for spot in page.spots[max((page.title or 0) - 5, 0) :]:
        if len(spot.text) > 300 or spot.part & Part.AWAY:
            continue
        if match := _LICENCES.search(spot.text):
            found.setdefault("licence", Stated("".join(match.group().split()), "page", 80))
        marks = [*_CERTIFICATES.findall(spot.text), *re.findall(r"\w+", " ".join(_CLAIMED.findall(spot.text)))]
        if marks:
            before = found["certificates"].value.split("\n") if "certificates" in found else []
            found["certificates"] = Stated("\n".join(dict.fromkeys([*before, *marks])), "page", 70)
        for name, pattern in (("sales", _SALES), ("reviews", _REVIEWS)):
            if name not in found and (count := counted(pattern.search(spot.text))) is not None:
                found[name] = Stated(str(count), "page", 70)
    return found


def counted(match: re.Match[str] | None) -> int | None:
    """Give the count of a match whose groups are digits and a multiplier: 2.3万 is 23,000."""
    if match is None:
        return None
    groups = [group for group in match.groups() if group]
    many = {"万": 10_000, "k": 1_000}.get(groups[-1].lower(), 1) if len(groups) > 1 else 1
    digits = groups[0].replace(",", "") if many > 1 else re.sub(r"[.,]", "", groups[0])
    return int(Decimal(digits) * many) if re.fullmatch(r"\d+(?:\.\d+)?", digits) else None


def pictures(page: Page, url: str, stated: str) -> tuple[str, ...]:
    """Give the addresses of the offer's pictures: the stated ones, then those between the title and other goods."""
    found = [urljoin(url, address) for address in stated.splitlines()]
    for image in page.parts:
        if image.tag == "img" and page.holds(image) and _in_reach(page, image):
            place = next((image.get(name) for name in _IMAGES if image.get(name)), None)
            if place and not place.startswith("data:"):
                found.append(urljoin(url, place))
    return tuple(dict.fromkeys(found))[:_MOST_PICTURES]


def picture_hashes(listing: Listing, exchanges: Sequence[Exchange]) -> Mapping[str, str]:
    """Give the SHA-256 of each of the listing's pictures that was recorded whole, by its address."""
    bodies = {
        urldefrag(exchange.url).url: exchange.body
        for exchange in exchanges
        if exchange.body and exchange.status == 200 and not exchange.truncated
    }
    places = {address: urldefrag(address).url for address in listing.pictures}
    return {address: hashlib.sha256(bodies[place]).hexdigest() for address, place in places.items() if place in bodies}


def variants(page: Page) -> tuple[str, ...]:
    """Give what can be chosen in the lists near the title; a list of numbers is the quantity."""
    found: list[str] = []
    for element in page.parts:
        if element.tag == "select" and page.holds(element) and _in_reach(page, element):
            names = f"{element.get('name', '')} {element.get('id', '')} {element.get('class', '')}".lower()
            words = [" ".join((option.text or "").split()) for option in element.iter("option") if option.get("value")]
            if not re.search(r"qty|quant|menge|country|currency|lang|sort", names) and not all(
                word.isdigit() for word in words
            ):
                found += [word for word in words if word]
    return tuple(dict.fromkeys(found))[:60]


def _in_reach(page: Page, element: HtmlElement) -> bool:
    return page.title is None or -60 <= page.number[element] - page.title <= 80
