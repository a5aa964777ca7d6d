"""Places: chances, files and refusals of one draw."""

from decimal import Decimal

import pytest

from sampling import places
from sampling.errors import RefusedDraw
from sampling.published import pulse_of, pulse_record
from tests.sampling import draws
from tests.sampling.test_draw import SEED, UNITS

FRAME = {"s": UNITS}


def test_the_published_draw_with_its_exact_chances() -> None:
    """Sizes 1, 2, 3, 4, 5, 10 and n = 3: one is certain, the rest have Pareto's true chances at n = 2."""
    drawn = places.place(draws.frame(FRAME), draws.plan(FRAME, {"s": 3}), SEED)
    assert [item.id for item in drawn] == [
        "平台:甲", "plat00:1002", "plat02:55", "plat01:8", "plat00:1001", "plat01:7"
    ]  # fmt: skip
    chances = {item.id: item.chance for item in drawn}
    assert chances == {
        "平台:甲": Decimal(1), "plat00:1001": Decimal("0.128289"), "plat00:1002": Decimal("0.258381"),
        "plat01:7": Decimal("0.395419"), "plat01:8": Decimal("0.539869"), "plat02:55": Decimal("0.678042"),
    }  # fmt: skip


def test_the_files_of_a_draw() -> None:
    drawn = places.place(draws.frame(FRAME), draws.plan(FRAME, {"s": 3}, reserve=1), SEED)
    assert places.sample_file(drawn) == "plat00:1002\nplat02:55\n平台:甲\n".encode()
    taken = [places.with_reason(item, "gone") for item in drawn]
    assert places.reserve_file(taken).decode().splitlines()[1] == "s\t4\tplat01:8\t5765288258539913873\tgone"
    assert places.tickets_file(taken) == places.tickets_file(drawn)
    assert places.tickets_file(drawn).decode().splitlines()[1] == "s\t1\t平台:甲\t10\t5442307031253322767\t1\t1.000000"
    assert places.taken_file(["b", "a"]) == b"a\nb\n"
    files = (places.sample_file(drawn), places.reserve_file(drawn), places.tickets_file(drawn))
    assert places.draw_digest(*files) != places.draw_digest(*files[::-1])


def test_what_was_taken_is_out_of_the_pool() -> None:
    drawn = places.place(draws.frame(FRAME), draws.plan(FRAME, {"s": 2}), SEED, ["平台:甲", "plat00:1002"])
    assert {item.id for item in drawn} == {"plat00:1001", "plat01:7", "plat01:8", "plat02:55"}
    assert sum(item.selected for item in drawn) == 2


def test_a_stratum_with_too_few_left_is_refused() -> None:
    with pytest.raises(RefusedDraw, match="s has 5 listings left, the plan asks for 6"):
        places.place(draws.frame(FRAME), draws.plan(FRAME, {"s": 6}), SEED, ["平台:甲"])
    with pytest.raises(RefusedDraw, match="moon has 0 listings left, the plan asks for 1"):
        places.place(draws.frame(FRAME), draws.plan(FRAME, {"moon": 1}), SEED)


def test_a_stratum_of_which_nothing_is_left_or_asked_gives_nothing() -> None:
    assert places.place(draws.frame({"s": [("p:1", 1)]}), draws.plan(FRAME, {"s": 0}, reserve=0), SEED) == []
    assert places.place(draws.frame({"s": [("p:1", 1)]}), draws.plan(FRAME, {"s": 0}), SEED, ["p:1"]) == []


def test_a_beacons_value_comes_back_from_its_record() -> None:
    assert pulse_of(pulse_record(draws.pulse())) == draws.pulse()
