"""Seals: their numbers with a check character, their kinds, and the life of each from issue to its end."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sampling.digest import Digest
from sampling.errors import WrongSealNumber
from sampling.lifecycle import Lifecycle
from sampling.text import Text

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = 7
MOST = 10**DIGITS - 1


class SealKind(StrEnum):
    """What a seal is made as; a bolt is a high security seal of ISO 17712."""

    TAPE = "tape"
    BAG = "bag"
    BOLT = "bolt"


PREFIXES = {SealKind.TAPE: "MST", SealKind.BAG: "MSB", SealKind.BOLT: "MSL"}


class SealState(StrEnum):
    """Where a seal stands; a number is never applied twice."""

    ISSUED = "issued"
    APPLIED = "applied"
    VERIFIED = "verified"
    BROKEN_AUTHORISED = "broken_authorised"
    BROKEN_UNEXPLAINED = "broken_unexplained"
    VOID = "void"


class SealEvent(StrEnum):
    """What happened to a seal."""

    APPLIED = "applied"
    VERIFIED = "verified"
    OPENED = "opened"
    BROKEN = "broken"
    VOIDED = "voided"


_S, _E = SealState, SealEvent

SEAL: Lifecycle[SealState, SealEvent] = Lifecycle(
    noun="seal",
    initial=_S.ISSUED,
    moves={
        (_S.ISSUED, _E.APPLIED): _S.APPLIED,
        (_S.ISSUED, _E.VOIDED): _S.VOID,
        (_S.APPLIED, _E.VERIFIED): _S.VERIFIED,
        (_S.APPLIED, _E.BROKEN): _S.BROKEN_UNEXPLAINED,
        (_S.VERIFIED, _E.VERIFIED): _S.VERIFIED,
        # Nobody opens a seal that nobody has looked at: whether it was whole could never be told afterwards.
        (_S.VERIFIED, _E.OPENED): _S.BROKEN_AUTHORISED,
        (_S.VERIFIED, _E.BROKEN): _S.BROKEN_UNEXPLAINED,
    },
)


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal number with what became of it; a foreign one, made by somebody else, has no batch."""

    number: str
    kind: SealKind
    state: SealState
    batch_id: UUID | None
    issued_by: str
    issued_at: datetime
    unit_id: UUID | None = None
    applied_by: str | None = None
    witness: str | None = None
    applied_at: datetime | None = None
    photo: Digest | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None
    reason: str | None = None


_OURS = re.compile(rf"MS[TBL]\d{{{DIGITS}}}[0-9A-Z]")
_LETTERS = re.compile(r"[MSTBL]{2,4}[0-9]")
_FOREIGN = re.compile(r"[0-9A-Z][0-9A-Z./-]{0,39}")

MISTYPED = Text(
    "封签号 {number} 的校验位不符：请对照封签逐位重新输入。",
    "The check character of the seal number {number} does not fit: type it again from the seal, sign by sign.",
)
GARBLED = Text(
    "{number} 看起来像本机构的封签号，但形式不对：应为 MST、MSB 或 MSL、七位数字和一位校验字符。",
    "{number} looks like a seal number of ours but is none: it is MST, MSB or MSL, seven digits and a check character.",
)
UNREADABLE = Text(
    "{number} 不是封签号：只能含字母、数字、点、斜线和连字符，最多 40 位。",
    "{number} is no seal number: it has letters, digits, dots, slashes and hyphens alone, 40 at most.",
)


def check_character(text: str) -> str:
    """Give the ISO 7064 MOD 37-2 check character of a text of digits and capital letters; `*` stands for 36.

    It shows every single mistyped sign and every swap of two signs that stand side by side or one apart.
    """
    total = 0
    for sign in text:
        total = (total + ALPHABET.index(sign)) * 2 % 37
    return f"{ALPHABET}*"[(1 - total) % 37]


def numbered(kind: SealKind, serial: int) -> str | None:
    """Give the seal number of a serial from 1 to 9,999,999: kind, seven digits and the check character.

    One serial in 37 gives None and stays unused: its check character would be the star, which nobody wants to type.
    """
    if not 0 < serial <= MOST:
        raise ValueError(f"a serial is from 1 to {MOST}, not {serial}")
    body = f"{PREFIXES[kind]}{serial:0{DIGITS}d}"
    sign = check_character(body)
    return None if sign == "*" else body + sign


def read_number(typed: str) -> str:
    """Give a seal number as it is kept, capital and without spaces, or raise WrongSealNumber with a sentence.

    A number of ours must fit its check character. A foreign one, such as a bolt seal's of its maker, has a rule we do
    not know and is taken as it is, unless it is so close to ours that it is a slip.
    """
    number = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    if is_ours(number):
        if check_character(number[:-1]) != number[-1]:
            raise WrongSealNumber(_told(MISTYPED, number))
    elif _nearly_ours(number):
        raise WrongSealNumber(_told(GARBLED, number))
    elif not _FOREIGN.fullmatch(number):
        raise WrongSealNumber(_told(UNREADABLE, typed.strip()))
    return number


def is_ours(number: str) -> bool:
    """Tell whether a number has the form of those we issue, whether its check character fits or not."""
    return _OURS.fullmatch(number) is not None


def _nearly_ours(number: str) -> bool:
    """A slip in the prefix, or a sign too many or too few, must not turn a number of ours into a foreign one."""
    if abs(len(number) - len("MST") - DIGITS - 1) > 1 or sum(sign.isdigit() for sign in number) < DIGITS - 2:
        return False
    led = any(sum(a == b for a, b in zip(number, prefix, strict=False)) >= 2 for prefix in PREFIXES.values())
    return led or _LETTERS.match(number) is not None


def _told(sentence: Text, number: str) -> Text:
    return Text(sentence.zh.format(number=number), sentence.en.format(number=number))
