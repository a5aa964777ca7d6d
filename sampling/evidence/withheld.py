"""What is withheld: the values of cookies and log-ins, which a public archive names and only a file set aside holds."""

import re
from collections.abc import Iterable, Iterator, Sequence

from sampling.digest import canonical
from sampling.evidence.exchange import Exchange, Header
from sampling.evidence.letters import whole

HIDDEN = "[set aside]"

_SECRET = re.compile(r"(?:^|-)(?:cookie|authorization|auth|token|session|csrf|xsrf)(?:-|$)")


def shown(headers: Iterable[Header]) -> tuple[Header, ...]:
    """Give the headers as anyone may see them: with every name, and a word in the place of each secret value."""
    return tuple((name, _hidden(name, value) if _is_secret(name) else value) for name, value in headers)


def count(exchanges: Iterable[Exchange]) -> int:
    """Give how many header values the archive withholds."""
    return sum(_is_secret(name) for made in exchanges for name, _ in _headers(made))


def aside(exchanges: Sequence[Exchange]) -> bytes:
    """Give every withheld value, by the number of its exchange, as canonical JSON to be set aside; b"" for none."""
    values = [
        {"exchange": number, "url": made.url, "header": name, "value": value}
        for number, made in enumerate(exchanges)
        for name, value in _headers(made)
        if _is_secret(name)
    ]
    return canonical(whole({"withheld": values})) if values else b""


def _headers(made: Exchange) -> Iterator[Header]:
    yield from made.request_headers
    yield from made.headers


def _is_secret(name: str) -> bool:
    return _SECRET.search(name.lower()) is not None


def _hidden(name: str, value: str) -> str:
    """The name of a cookie and its terms say how the site worked; they open nothing."""
    match name.lower():
        case "cookie":
            return "; ".join(_valueless(pair) for pair in value.split(";"))
        case "set-cookie":
            return "\n".join(_valueless(line) for line in value.split("\n"))
        case _:
            return HIDDEN


def _valueless(cookie: str) -> str:
    pair, semicolon, terms = cookie.strip().partition(";")
    name, equals, _ = pair.partition("=")
    return f"{name}={HIDDEN}{semicolon}{terms}" if equals else f"{HIDDEN}{semicolon}{terms}"
