"""Time-stamps asked for at once, for captures that no database keeps: who gave none is told, and not asked again."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from sampling.edge.authority import ask
from sampling.errors import NoStamp, WrongStamp
from sampling.evidence.authority import Authority
from sampling.evidence.bundle import stamped
from sampling.evidence.parts import SIGNATURE
from sampling.evidence.timestamp import check, query

SECONDS = 15.0


@dataclass(slots=True)
class Desk:
    """The authorities of one run, and why some of them gave no time-stamp."""

    authorities: Mapping[str, Authority]
    failed: dict[str, str] = field(default_factory=dict)

    def stamp(self, files: dict[str, bytes]) -> tuple[dict[str, bytes], str]:
        """Give the bundle with every good time-stamp, and a word on how far its proof goes."""
        good = []
        for code, one in self.authorities.items():
            if code not in self.failed and (answer := self._answer(one, files[SIGNATURE])):
                files = stamped(files, code, answer, one.chain)
                good.append(code)
        proof = f"sealed, time-stamped by {', '.join(good)}" if good else "sealed, not time-stamped"
        bad = "; ".join(f"{code}: {reason}" for code, reason in self.failed.items())
        return files, f"{proof} ({bad})" if bad else proof

    def _answer(self, one: Authority, signature: bytes) -> bytes | None:
        nonce = secrets.randbits(63)
        try:
            answer = ask(one.url, query(signature, nonce), seconds=SECONDS)
            check(answer, signature, chain=one.chain, nonce=nonce)
        except (NoStamp, WrongStamp) as error:
            self.failed[one.code] = str(error)
            return None
        return answer
