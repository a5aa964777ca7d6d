"""Asks a beacon's relays for one round, in turn, and believes none of them: what they say is proved or passed over."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

from sampling import beacons
from sampling.beacons.interface import Answer, Chain, Pulse
from sampling.errors import WrongBeacon

CONNECT_SECONDS = 5.0
SECONDS = 15.0
MOST_BYTES = 64 * 1024
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Missed:
    """No relay gave a proved value: what each of them did instead."""

    reasons: tuple[str, ...]

    def __str__(self) -> str:
        return "; ".join(self.reasons) or "the source has no relay: its numbers are typed in"


def fetch(chain: Chain, round_: int, relays: Sequence[str] = ()) -> Pulse | Missed:
    """Give the proved value of a round from the first relay that has it, or what stood in the way at each."""
    reasons = []
    for relay in relays or chain.relays:
        try:
            return beacons.read(chain, round_, _ask(chain, round_, relay))
        except WrongBeacon as wrong:
            reasons.append(f"{relay}: {wrong}")
        except (httpx.HTTPError, httpx.InvalidURL) as failed:
            reasons.append(f"{relay}: {type(failed).__name__}")
    return Missed(tuple(reasons))


def _ask(chain: Chain, round_: int, relay: str) -> Answer:
    url = httpx.URL(relay)
    if url.scheme != "https" and url.host not in LOOPBACK:
        raise WrongBeacon("a relay is asked over https alone")
    # No proxy or certificate list from the environment: whoever sets those must not choose what we hear.
    limits = httpx.Timeout(SECONDS, connect=CONNECT_SECONDS)
    with httpx.Client(base_url=url, timeout=limits, trust_env=False, follow_redirects=False) as client:
        match chain.kind:
            case "drand":
                return _json(client, f"/{chain.chain_hash}/public/{round_}")
            case "nist":
                return _pulse(client, chain.due(round_))
            case _:
                raise WrongBeacon(f"a beacon of the kind {chain.kind} is not asked over the network")


def _pulse(client: httpx.Client, due: datetime) -> Answer:
    answer = _json(client, f"/beacon/2.0/pulse/time/{int(due.timestamp() * 1000)}")
    pulse = answer.get("pulse")
    name = pulse.get("certificateId") if isinstance(pulse, dict) else None
    if not isinstance(name, str) or not name.isalnum():
        raise WrongBeacon("the pulse names no certificate")
    certificate = _read(client, f"/beacon/2.0/certificate/{name}").decode("utf-8", errors="replace")
    return {"pulse": pulse, "certificate": certificate}


def _json(client: httpx.Client, path: str) -> dict[str, Any]:
    try:
        answer = json.loads(_read(client, path))
    except ValueError:
        raise WrongBeacon("the answer is no JSON") from None
    if not isinstance(answer, dict):
        raise WrongBeacon("the answer is no record")
    return answer


def _read(client: httpx.Client, path: str) -> bytes:
    """Read at most so many bytes: a relay that never stops is a relay that does not answer."""
    with client.stream("GET", path, headers={"accept-encoding": "identity"}) as reply:
        if reply.status_code != httpx.codes.OK:
            raise WrongBeacon(f"the relay answered {reply.status_code}")
        data = b""
        for chunk in reply.iter_bytes():
            data += chunk
            if len(data) > MOST_BYTES:
                raise WrongBeacon("the answer is too long")
        return data
