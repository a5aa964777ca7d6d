"""A replay: whether a capture alone, without any network, shows again what its page showed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from sampling.evidence.exchange import Exchange
from sampling.evidence.layout import Box

MOST_MISSED = 50
_MOST_HOPS = 20

# What a page puts into an address so that no cache answers it, by name or by the look of it.
_PASSING = frozenset({"_", "t", "ts", "_t", "_ts", "cb", "rnd", "rand", "random", "time", "timestamp", "nocache", "r"})
_CALLBACKS = frozenset({"callback", "jsonp", "jsoncallback", "_callback"})
_CLOCK = re.compile(r"1\d{9}(\d{3})?(\.\d+)?|0\.\d{5,}")
_CLOCKS_IN_BODY = re.compile(rb"(?<!\d)1\d{9}(?:\d{3})?(?!\d)|0\.\d{5,}")
_CURRENCY = r"[$€£¥￥₩₽₺₹฿₫]|US\$|R\$|CNY|RMB|USD|EUR|GBP|元|円|원|zł|TL\b|kr\b"
_NUMBER = r"\d+(?:[.,’'  ]\d+)*"
_MONEY = re.compile(rf"(?:{_CURRENCY})\s?{_NUMBER}|{_NUMBER}\s?(?:{_CURRENCY})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReplayCheck:
    """What the recorded page showed when it was opened from its own exchanges."""

    price_live: str | None
    """As the live page wrote it; None: it did not show the price in letters."""
    price_replayed: str | None
    """None: the replayed page does not show a price there."""
    asked: int
    found: int
    missed: tuple[str, ...]
    """Addresses that were asked for and are not in the capture, the first of them."""
    similarity: int | None
    """0 to 1000, of the pictures before anything was clicked; None without a picture."""

    def to_json(self) -> dict[str, Any]:
        """Give the record as plain JSON of texts and whole numbers."""
        return {**asdict(self), "missed": list(self.missed)}


@dataclass(slots=True)
class Answerer:
    """An archive that answers requests from the exchanges of one capture, each the next time with the next one."""

    _kept: dict[tuple[str, ...], list[Exchange]] = field(default_factory=dict)
    _given: dict[tuple[str, ...], int] = field(default_factory=dict)

    @classmethod
    def of(cls, exchanges: Iterable[Exchange]) -> Self:
        """Give the answerer for a capture's exchanges, in the order they were made."""
        answerer = cls()
        for exchange in exchanges:
            if exchange.gap is None:
                for key in _keys(exchange.method, exchange.url, exchange.request_body):
                    answerer._kept.setdefault(key, []).append(exchange)
        return answerer

    def answer(self, method: str, url: str, body: bytes | None = None) -> Exchange | None:
        """Give the recorded exchange that answers the request, redirects followed; None where there is none."""
        for _ in range(_MOST_HOPS):
            exchange = self._next(method, url, body)
            if exchange is None or exchange.redirect_to is None:
                return exchange and _called_back(exchange, url)
            if exchange.status not in {307, 308}:
                method, body = "GET", None
            url = exchange.redirect_to
        return None

    def _next(self, method: str, url: str, body: bytes | None) -> Exchange | None:
        """A page that asks the same again gets the answers in their order, and the last one for ever."""
        for key in _keys(method, url, body):
            if kept := self._kept.get(key):
                turn = self._given.get(key, 0)
                self._given[key] = turn + 1
                return kept[min(turn, len(kept) - 1)]
        return None


def _keys(method: str, url: str, body: bytes | None) -> Iterator[tuple[str, ...]]:
    """From the very request to one that differs in what changes with the clock alone."""
    parts = urlsplit(url)
    sent = (body or b"").hex()
    yield ("same", method, parts._replace(fragment="").geturl(), sent)
    lasting = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name.lower() not in _PASSING | _CALLBACKS and not _CLOCK.fullmatch(value)
    )
    place = (f"{parts.scheme}://{parts.netloc}{parts.path}", repr(lasting))
    yield ("alike", method, *place, _CLOCKS_IN_BODY.sub(b"#", body or b"").hex())


def _called_back(exchange: Exchange, url: str) -> Exchange:
    """A script that calls a function by name calls the one that is asked for this time."""
    old, new = _callback(exchange.url), _callback(url)
    if not (old and new and exchange.body) or old == new or not exchange.body.lstrip(b"/* ").startswith(old.encode()):
        return exchange
    return replace(exchange, body=exchange.body.replace(old.encode(), new.encode(), 1))


def _callback(url: str) -> str:
    return next((value for name, value in parse_qsl(urlsplit(url).query) if name.lower() in _CALLBACKS), "")


def shown_price(text: str, price: str) -> str | None:
    """Give how the text writes the price, an amount such as 1299.00 or words such as ￥1,299起; None if it does not."""
    amount = _amount(price)
    if amount is None:
        return price if price and "".join(price.split()) in "".join(text.split()) else None
    written = (match.group() for pattern in (_MONEY, re.compile(_NUMBER)) for match in pattern.finditer(text))
    return next((words for words in written if _amount_in(words) == amount), None)


def foremost_price(boxes: Sequence[Box]) -> str | None:
    """Give the price that is set largest on the page and not struck through; None without one."""
    priced = [(box.size, -box.y, found) for box in boxes if not box.struck and (found := _MONEY.search(box.text))]
    return max(priced, key=lambda row: row[:2])[2].group() if priced else None


def place_of(boxes: Sequence[Box], price: str) -> str | None:
    """Give the place of the largest box that shows the price; None where it is spread over several."""
    shown = [box for box in boxes if not box.struck and shown_price(box.text, price)]
    return max(shown, key=lambda box: box.size).place if shown else None


def first_price(text: str) -> str | None:
    """Give the first price of the text as it is written; None without one."""
    found = _MONEY.search(text)
    return found.group() if found else None


def _amount(price: str) -> Decimal | None:
    try:
        return Decimal(price)
    except InvalidOperation:
        return None


def _amount_in(words: str) -> Decimal:
    """The last mark before one or two digits parts the cents; all others part thousands."""
    number = re.sub(r"[.,](\d{1,2})$", r"!\1", re.findall(_NUMBER, words)[0])
    return Decimal(re.sub(r"[^\d!]", "", number).replace("!", "."))
