"""A literal: data that a page's script holds, read as JSON or, where it is none, as JavaScript writes it."""

import json
import re
from typing import Any

from platforms.errors import NoLiteral

_DECODER = json.JSONDecoder(strict=False)
_LARGEST = 300_000
_TOKEN = re.compile(
    r"""(?P<text>"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*'|`[^`\\]*(?:\\.[^`\\]*)*`)"""
    r"""|(?P<comment>//[^\n]*|/\*[^*]*\*+(?:[^/*][^*]*\*+)*/|<!--|-->)"""
    r"""|(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w$]))"""
    r"""|(?P<name>[A-Za-z_$][\w$.]*)|(?P<mark>[{}\[\]:,()])|(?P<space>\s+)|(?P<other>.)""",
    re.S,
)
_NAMES = {"true": "true", "false": "false", "null": "null", "undefined": "null", "NaN": "null"}
_ESCAPES = {"'": "'", "`": "`", "\n": "", "$": "$"}


def literal_at(text: str, start: int, most: int = _LARGEST) -> tuple[Any, int]:
    """Give the object or array that begins at the place, and where it ends; anything else raises NoLiteral."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return _written_loosely(text, start, start + most)


def literal_of(text: str) -> Any:
    """Give what a block of JSON states, mended where it is safe: comments, commas, wrappings; else raises NoLiteral."""
    plain = text.strip().lstrip("\ufeff")
    try:
        return json.loads(plain, strict=False)
    except (ValueError, RecursionError):
        match = re.search(r"[{\[]", plain)
    if match is None:
        raise NoLiteral("the block holds no data")
    return literal_at(plain, match.start())[0]


def _written_loosely(text: str, start: int, limit: int) -> tuple[Any, int]:
    """Read an object whose keys may be bare words and whose texts stand in any quotes; code in it is null."""
    pieces: list[str] = []
    depth = 0
    for match in _TOKEN.finditer(text, start, min(len(text), limit)):
        kind, token = match.lastgroup, match.group()
        if kind == "mark" and token in "{[":
            depth += 1
        if kind == "mark" and token in "}]":
            depth -= 1
            _without_comma(pieces)
        if kind not in {"comment", "space"}:
            if kind == "other" or token in {"(", ")"}:
                raise NoLiteral(f"{token!r} is code", match.end())
            pieces.append(_written(kind, token))
        if depth == 0:
            return _loaded("".join(pieces)), match.end()
    raise NoLiteral("the data does not end", min(len(text), limit))


def _written(kind: str | None, token: str) -> str:
    match kind:
        case "text":
            return _quoted(token)
        case "number":
            return _number(token)
        case "name":
            return _NAMES.get(token, json.dumps(token))
        case _:
            return token


def _quoted(token: str) -> str:
    if token[0] == '"':
        return re.sub(r"\\([^\"\\/bfnrtu])", r"\1", token)
    inner = re.sub(r'(?<!\\)"', r'\\"', token[1:-1])
    inner = re.sub(r"\\(x[0-9a-fA-F]{2}|.)", _unescaped, inner, flags=re.S)
    return f'"{inner}"'


def _unescaped(match: re.Match[str]) -> str:
    name = match.group(1)
    if name.startswith("x") and len(name) == 3:
        return f"\\u00{name[1:]}"
    if name in _ESCAPES:
        return _ESCAPES[name]
    return match.group() if name in '"\\/bfnrtu' else name


def _number(token: str) -> str:
    plain = token.rstrip(".")
    sign, digits = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    if digits.startswith("."):
        digits = "0" + digits
    whole = re.match(r"0+(?=\d)", digits)
    return json.dumps(token) if whole else sign + digits


def _without_comma(pieces: list[str]) -> None:
    if pieces and pieces[-1] == ",":
        pieces.pop()


def _loaded(text: str) -> Any:
    mended = re.sub(r",(?=,)|(?<=[{\[]),", "", text) if ",," in text or "{," in text else text
    try:
        return json.loads(mended, strict=False)
    except (ValueError, RecursionError) as error:
        raise NoLiteral("the data is no JSON and no object") from error
