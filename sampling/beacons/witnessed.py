"""A public ceremony: dice or lottery numbers drawn before witnesses and typed in, with the hash of the film."""

import re
from math import comb
from typing import Any

from sampling.beacons.interface import Answer, Chain, Pulse, whole, word
from sampling.digest import canonical, sha256
from sampling.errors import WrongBeacon

LEAST_WITNESSES = 2
LEAST_OUTCOMES = 10**7
"""The committed salts keep anyone from searching the outcomes for one that suits; the least number of them keeps every
listing's chance within a ten-millionth of what it should be. Ten dice make 6 · 10^7, six of 49 balls 1.4 · 10^7."""
FIELDS = frozenset({"round", "method", "place", "lowest", "highest", "numbers", "witnesses", "film_sha256"})
METHODS = frozenset({"dice", "lottery"})
_HASH = re.compile(r"[0-9a-f]{64}")


def read(chain: Chain, round_: int, answer: Answer) -> Pulse:
    """Give SHA-256 of the ceremony's canonical text.

    Only people prove a ceremony: the witnesses who sign the record, and the film whose hash it bears.
    """
    if set(answer) != FIELDS:
        raise WrongBeacon(f"the record of the ceremony must hold exactly {', '.join(sorted(FIELDS))}")
    if whole(answer, "round") != round_:
        raise WrongBeacon(f"the ceremony was held for {answer['round']}, not for {round_}")
    if word(answer, "method") not in METHODS:
        raise WrongBeacon(f"the ceremony's method is none of {', '.join(sorted(METHODS))}")
    if not _HASH.fullmatch(word(answer, "film_sha256")):
        raise WrongBeacon("the film's hash is no SHA-256")
    record = {
        "round": round_,
        "method": answer["method"],
        "place": word(answer, "place").strip(),
        "lowest": whole(answer, "lowest"),
        "highest": whole(answer, "highest"),
        "numbers": _numbers(answer),
        "witnesses": _witnesses(answer),
        "film_sha256": answer["film_sha256"],
    }
    value = bytes.fromhex(sha256(canonical({"scheme": "msw/ceremony/v1", "chain": chain.code, **record})))
    return Pulse(chain.code, round_, value, ("form", "enough_outcomes"), ("numbers", "witnesses", "film"), record)


def _numbers(answer: Answer) -> list[int]:
    numbers, low, high = answer["numbers"], whole(answer, "lowest"), whole(answer, "highest")
    if not _is_list_of(numbers, int) or not all(low <= number <= high for number in numbers):
        raise WrongBeacon(f"the ceremony's numbers are not whole numbers from {low} to {high}")
    if answer["method"] != "dice" and numbers != sorted(set(numbers)):
        raise WrongBeacon("balls are written in rising order, each once")
    if _outcomes(answer["method"], high - low + 1, len(numbers)) < LEAST_OUTCOMES:
        raise WrongBeacon(f"{len(numbers)} numbers from {low} to {high} leave fewer than {LEAST_OUTCOMES} outcomes")
    return list(numbers)


def _outcomes(method: str, faces: int, drawn: int) -> int:
    return faces**drawn if method == "dice" else comb(faces, drawn)


def _witnesses(answer: Answer) -> list[str]:
    names = answer["witnesses"]
    if not _is_list_of(names, str) or len({name.strip() for name in names if name.strip()}) < LEAST_WITNESSES:
        raise WrongBeacon(f"a ceremony needs {LEAST_WITNESSES} named witnesses")
    return [name.strip() for name in names]


def _is_list_of(values: Any, kind: type) -> bool:
    return isinstance(values, list) and all(type(value) is kind for value in values)
