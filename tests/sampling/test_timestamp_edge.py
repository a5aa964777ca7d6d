"""An authority that is down, slow, lost or talking nonsense costs so much time and no more, and is told by its code."""

from collections.abc import Iterator

import pytest

from sampling.edge.authority import ask
from sampling.errors import NoStamp, WrongStamp
from sampling.evidence.timestamp import check, query
from tests.world.authority import Counter, Office, open_office, stamping
from tests.world.ports import free_port
from tests.world.receiver import babbles, drips, hangs_up, receiving

DATA = b"signature of a manifest"
QUERY = query(DATA, 77)


@pytest.fixture(scope="module")
def counter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with stamping(open_office(tmp_path_factory.mktemp("tsa") / "ours")) as listening:
        yield listening


@pytest.fixture(autouse=True)
def well(counter: Counter) -> None:
    counter.mood = "well"


def test_an_answer_is_the_authoritys_own_and_each_has_its_number(counter: Counter) -> None:
    numbers = [
        check(ask(counter.url, QUERY, seconds=60), DATA, chain=counter.office.chain, nonce=77).serial for _ in "ab"
    ]
    assert numbers[1] == numbers[0] + 1


@pytest.mark.parametrize(
    ("mood", "code"), [("down", "refused"), ("slow", "slow"), ("page", "garbage"), ("long", "garbage")]
)
def test_an_authority_in_trouble_gives_no_stamp(counter: Counter, mood: str, code: str) -> None:
    counter.mood = mood
    with pytest.raises(NoStamp) as missed:
        ask(counter.url, QUERY, seconds=0.3 if mood == "slow" else 60)
    assert missed.value.code == code


def test_what_an_authority_says_is_not_believed(counter: Counter) -> None:
    for mood in ("garbage", "other"):
        counter.mood = mood
        with pytest.raises(WrongStamp):
            check(ask(counter.url, QUERY, seconds=60), DATA, chain=counter.office.chain, nonce=77)


def test_another_office_at_the_same_address_is_not_believed(
    counter: Counter, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ours: Office = counter.office
    counter.office = open_office(tmp_path_factory.mktemp("tsa") / "other")
    try:
        answer = ask(counter.url, QUERY, seconds=60)
    finally:
        counter.office = ours
    with pytest.raises(WrongStamp):
        check(answer, DATA, chain=ours.chain)


@pytest.mark.parametrize(("behaviour", "code"), [(babbles, "down"), (hangs_up, "down"), (drips, "slow")])
def test_what_is_no_authority_gives_no_stamp(behaviour: object, code: str) -> None:
    with receiving(behaviour) as receiver, pytest.raises(NoStamp) as missed:  # type: ignore[arg-type]
        ask(f"http://127.0.0.1:{receiver.port}/", QUERY, seconds=0.3 if code == "slow" else 60)
    assert missed.value.code == code


@pytest.mark.parametrize(
    "url", ["", "tsa.example", "ftp://tsa.example/", "http://", "http://tsa:port/", "http://a..b/"]
)
def test_what_is_no_address_is_not_asked(url: str) -> None:
    with pytest.raises(NoStamp) as missed:
        ask(url, QUERY, seconds=1)
    assert missed.value.code == "address"


def test_a_closed_port_is_told_at_once() -> None:
    with pytest.raises(NoStamp) as missed:
        ask(f"http://127.0.0.1:{free_port()}/", QUERY, seconds=60)
    assert missed.value.code == "down"
