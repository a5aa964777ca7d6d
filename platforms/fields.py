"""Fields: the words that name a field of a product beside its value, alone or in two languages."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

_TELLING_LABEL = 7
_NUMBERED = 4
"""A Korean word of so many signs is a label also behind the shop's name, written without room between them."""
_HANGUL = re.compile(r"[가-힣]{5,12}")
_OF_MODEL = re.compile(r"model|модел|모델|型|موديل")


@lru_cache(maxsize=8192)
def label_of(text: str) -> str | None:
    """Give the field that a label names, alone or beside the same in another language."""
    plain = text.strip(" \t:：#.").lower()
    own = next((name for name, pattern in _fields().items() if pattern.fullmatch(plain) or _ends(name, plain)), None)
    return "sku" if own is None and _is_the_shops(plain) else own


def _is_the_shops(plain: str) -> bool:
    """`Harlow item number`: a long label behind one or two words, which are the shop's name as a rule."""
    words = plain.split()
    for count in (1, 2):
        rest = " ".join(words[count:])
        if len(rest) >= _TELLING_LABEL and _fields()["sku"].fullmatch(rest):
            return not set(words[:count]) & set(_table()["foreign"]["sku"])
    return False


def is_name(head: str) -> bool:
    """Tell whether it is one or two words, which are the shop's name as a rule, as in `Harlow # 1234`."""
    words = re.findall(r"[^\W\d]+", head.lower())
    return 0 < len(words) < 3 and not set(words) & set(_table()["foreign"]["sku"])


def is_vague(text: str) -> bool:
    """Tell whether the label may name a number of something else than the goods."""
    plain = text.strip(" #.:：").lower()
    return plain in _table()["vague"]["sku"] or _OF_MODEL.search(plain) is not None


@cache
def _table() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))


def _words() -> Mapping[str, list[str]]:
    return _table()["firm"]


@cache
def _fields() -> dict[str, re.Pattern[str]]:
    plain = {
        name: sorted({word.strip(":#. ") for word in words}, key=len, reverse=True) for name, words in _words().items()
    }
    # A label may stand twice, in two languages: 品牌 Brand, Model / 型号.
    return {
        name: re.compile(rf"(?:{_any(words)})(?:\s*[./(#]?\s*(?:{_any(words)}|no|nr|id)?[.)]?)(?:\s?\([^)]{{1,20}}\))?")
        for name, words in plain.items()
    }


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word).replace(r"\ ", r"[\s_-]?") for word in words)


def _ends(name: str, plain: str) -> bool:
    """`Batch 批号`, `产品品牌`, `쿠파상품번호`: a word that begins or ends with a known one."""
    if _HANGUL.fullmatch(plain):
        return any(plain.endswith(word) for word in _words()[name] if len(word) >= _NUMBERED)
    if not re.search(r"[㐀-鿿]", plain) or len(plain) > 24:
        return False
    return any(plain.startswith(word) or plain.endswith(word) for word in _words()[name] if len(word) > 1)


@cache
def beginnings() -> re.Pattern[str]:
    """Give the pattern of a label that begins a text."""
    every = sorted({word.strip(":#. ") for words in _words().values() for word in words}, key=len, reverse=True)
    return re.compile(f"(?:{_any(every)})")


@cache
def initials() -> frozenset[str]:
    """Give the letters with which labels begin, in lower case."""
    return frozenset(word[0] for words in _words().values() for word in words) | frozenset("产商生食医特国")
