"""An archive answers what its page asks, also with another clock; a price is known by its amount."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sampling.evidence.exchange import Exchange
from sampling.evidence.layout import Box
from sampling.evidence.replay import Answerer, ReplayCheck, first_price, foremost_price, place_of, shown_price

NOON = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
HOST = "https://shop.test"


def an_exchange(path: str, body: bytes | None = b"", method: str = "GET", **changes: object) -> Exchange:
    plain = Exchange(HOST + path, method, "Fetch", NOON, status=200, body=body)
    return replace(plain, **changes)  # type: ignore[arg-type]


def answered(kept: list[Exchange], *asked: tuple[str, str, bytes | None]) -> list[bytes | None]:
    answerer = Answerer.of(kept)
    answers = [answerer.answer(method, HOST + path, body) for method, path, body in asked]
    return [answer.body if answer else None for answer in answers]


PRICE = an_exchange("/price?id=1&_=1730600000000", b"9")
POSTS = [
    an_exchange("/api", b"one", "POST", request_body=b'{"sku":1,"at":1730600000000}'),
    an_exchange("/api", b"two", "POST", request_body=b'{"sku":2,"at":1730600000001}'),
]

ASKED = [
    (PRICE, ("GET", "/price?id=1&_=1730600000000", None), b"9"),
    (PRICE, ("GET", "/price?_=1790000000000&id=1#top", None), b"9"),
    (PRICE, ("GET", "/price?id=1&v=0.123456789", None), b"9"),
    (PRICE, ("GET", "/price?id=2&_=1730600000000", None), None),
    (PRICE, ("POST", "/price?id=1&_=1730600000000", None), None),
    (PRICE, ("GET", "/other?id=1", None), None),
]


@pytest.mark.parametrize(("kept", "asked", "body"), ASKED)
def test_a_request_is_known_again_but_for_its_clock(
    kept: Exchange, asked: tuple[str, str, bytes | None], body: bytes | None
) -> None:
    assert answered([kept], asked) == [body]


def test_a_form_is_answered_by_what_it_says() -> None:
    later = b'{"sku":2,"at":1790000000000}'
    assert answered(POSTS, ("POST", "/api", later), ("POST", "/api", b'{"sku":3}')) == [b"two", None]


def test_answers_come_in_their_order_and_the_last_one_stays() -> None:
    kept = [an_exchange("/n", b"1"), an_exchange("/n", b"2")]
    assert answered(kept, *[("GET", "/n", None)] * 3) == [b"1", b"2", b"2"]


def test_redirects_are_followed_and_a_form_becomes_a_question() -> None:
    kept = [
        an_exchange("/a", None, "POST", status=302, redirect_to=HOST + "/b", request_body=b"x"),
        an_exchange("/b", None, status=307, redirect_to=HOST + "/c"),
        an_exchange("/c", b"end"),
        an_exchange("/loop", None, status=302, redirect_to=HOST + "/loop"),
        an_exchange("/lost", gap="other_process"),
    ]
    asked = [("POST", "/a", b"x"), ("GET", "/loop", None), ("GET", "/lost", None)]
    assert answered(kept, *asked) == [b"end", None, None]


CALLED = [
    (b"/**/cb1({})", "/s?callback=cb2", b"/**/cb2({})"),
    (b"cb1({})", "/s?callback=cb1", b"cb1({})"),
    (b"other({})", "/s?callback=cb2", b"other({})"),
    (None, "/s?callback=cb2", None),
    (b"cb1({})", "/s", b"cb1({})"),
]


@pytest.mark.parametrize(("body", "asked", "given"), CALLED)
def test_a_function_is_called_by_the_name_that_is_asked_for(
    body: bytes | None, asked: str, given: bytes | None
) -> None:
    assert answered([an_exchange("/s?callback=cb1", body)], ("GET", asked, None)) == [given]


SHOWN = [
    ("Lamp ￥1,299.00 起", "1299.00", "￥1,299.00"),
    ("Lampe 1.299,00 €", "1299.00", "1.299,00 €"),
    ("1 299 ₽ за штуку", "1299", "1 299 ₽"),
    ("129 sold, ¥129", "129", "¥129"),
    ("价格 129 起", "129.0", "129"),
    ("¥130", "129", None),
    ("到手价 ￥1,299 起", "￥1,299起", "￥1,299起"),
    ("￥1,299", "￥1,299起", None),
    ("anything", "", None),
]


@pytest.mark.parametrize(("text", "price", "shown"), SHOWN)
def test_a_price_is_known_by_its_amount_or_its_words(text: str, price: str, shown: str | None) -> None:
    assert shown_price(text, price) == shown


def a_box(text: str, size: int, y: int = 0, *, struck: bool = False) -> Box:
    return Box(text, 0, y, 10, 10, size, 400, struck, f"#s{size}")


BOXES = [a_box("￥15.00", 12), a_box("￥1,299.00", 30, 5), a_box("￥1,999.00", 40, struck=True), a_box("Lamp", 50)]


def test_the_foremost_price_is_the_largest_that_is_not_struck_through() -> None:
    assert foremost_price(BOXES) == "￥1,299.00"
    assert foremost_price(BOXES[3:]) is None
    assert place_of(BOXES, "1299") == "#s30"
    assert place_of(BOXES, "1999") is None
    assert (first_price("from 9 € or 8 €"), first_price("free")) == ("9 €", None)


def test_the_record_is_plain() -> None:
    check = ReplayCheck("¥9", None, 3, 2, ("https://shop.test/x",), 998)
    assert check.to_json() == {
        "price_live": "¥9",
        "price_replayed": None,
        "asked": 3,
        "found": 2,
        "missed": ["https://shop.test/x"],
        "similarity": 998,
    }
