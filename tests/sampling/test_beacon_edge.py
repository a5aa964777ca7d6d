"""The edge of the beacons: relays that are late, gone, lying or endless are passed over, and the reasons kept."""

import json

import pytest

from sampling import beacons
from sampling.beacons.interface import Pulse
from sampling.edge.beacon import MOST_BYTES, Missed, fetch
from tests.sampling.test_beacons import minute_of, pinned, signed
from tests.world.receiver import babbles, hangs_up, receiving, says
from tests.world.relay import beacon, league, relaying

ROUND = 7
CHAIN = league()
PATH = f"/{CHAIN.chain_hash}/public/{ROUND}"


def test_the_first_relay_that_proves_it_counts() -> None:
    lie = beacon(ROUND, signature=json.loads(beacon(8))["signature"])
    with relaying({PATH: lie}) as liar, relaying() as empty, relaying({PATH: beacon(ROUND)}) as good:
        found = fetch(CHAIN, ROUND, [liar.address, empty.address, good.address])
    assert isinstance(found, Pulse)
    assert found.round == ROUND


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (beacon(8), "is round 8, not round 7"),
        (beacon(ROUND, signature="ab"), "not by the key"),
        (beacon(ROUND, chain_hash="00"), "of the chain 00"),
        (b"soon", "the answer is no JSON"),
        (b"[]", "the answer is no record"),
        (b" " * (MOST_BYTES + 1), "the answer is too long"),
    ],
)
def test_a_relay_that_lies_is_passed_over_with_its_reason(body: bytes, reason: str) -> None:
    with relaying({PATH: body}) as relay:
        found = fetch(CHAIN, ROUND, [relay.address])
    assert isinstance(found, Missed)
    assert reason in str(found)


@pytest.mark.parametrize("behaviour", [babbles, hangs_up, says("302 Found"), says("500 Sorry")])
def test_a_relay_that_is_out_of_order_is_passed_over(behaviour: object) -> None:
    with receiving(behaviour) as relay:  # type: ignore[arg-type]
        found = fetch(CHAIN, ROUND, [f"http://127.0.0.1:{relay.port}"])
    assert isinstance(found, Missed)


def test_a_relay_that_is_gone_or_not_secret_is_passed_over() -> None:
    with relaying() as relay:
        gone = relay.address
    found = fetch(CHAIN, ROUND, [gone, "http://relay.example", "https://relay:port"])
    assert isinstance(found, Missed)
    assert [reason.split(": ")[1] for reason in found.reasons] == [
        "ConnectError", "a relay is asked over https alone", "InvalidURL"
    ]  # fmt: skip


def test_a_pulse_is_fetched_with_its_certificate() -> None:
    answer = signed()
    pulse, minute = answer["pulse"], minute_of(answer["pulse"])
    chain = pinned(answer)
    when = int(chain.due(minute).timestamp() * 1000)
    answers = {
        f"/beacon/2.0/pulse/time/{when}": json.dumps({"pulse": pulse}).encode(),
        f"/beacon/2.0/certificate/{pulse['certificateId']}": answer["certificate"].encode(),
    }
    with relaying(answers) as relay:
        assert isinstance(fetch(chain, minute, [relay.address]), Pulse)
        relay.answers[f"/beacon/2.0/pulse/time/{when}"] = b'{"pulse": {"certificateId": "../x"}}'
        assert "names no certificate" in str(fetch(chain, minute, [relay.address]))


def test_a_ceremony_is_typed_in_not_fetched() -> None:
    assert str(fetch(beacons.chain("ceremony"), 1)) == "the source has no relay: its numbers are typed in"
    assert "not asked over the network" in str(fetch(beacons.chain("ceremony"), 1, ["http://127.0.0.1:1"]))
