"""The shipped check of an assignment counts the same costs as the product, and names whatever is not at its place."""

import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling import ceremony, network
from sampling.assignment import (
    Need,
    Party,
    assigned,
    assignment_of,
    assignment_record,
    parties_file,
    parties_of,
)
from sampling.digest import canonical, sha256
from sampling.draw import seed_for, ticket
from sampling.price import check_prices
from sampling.verifier import verify_assignment
from tests.sampling import draws

UNITS, N = draws.some(7)
DRAW = draws.published(UNITS, N)
ROOT = ceremony.root_of(DRAW.plan, draws.SALTS, DRAW.pulse.value)
SAMPLE = sorted(item.id for item in DRAW.places if item.selected)
RESERVE = next(item.id for item in DRAW.places if not item.selected)
TOYS = frozenset({"toys"})
TIGHT = [Party("lab-a", TOYS, 2), Party("lab-b", TOYS, len(SAMPLE) - 3), Party("lab-c", TOYS, 1)]


def record(purpose: str = "lab", ids: list[str] = SAMPLE, seed: str = "", **changes: Any) -> dict[str, Any]:
    """An assignment of these samples to three laboratories with exactly as many places."""
    seed = seed or seed_for(purpose, ROOT)
    made = assigned([Need(id_, "toys") for id_ in ids], TIGHT, seed)
    return {**assignment_record(made, purpose, seed), **changes}


def write(path: Path, *records: dict[str, Any]) -> Path:
    return draws.write(path / "draw", UNITS, replace(DRAW, assignments=records))


def verify(folder: Path) -> int:
    return verify_assignment.main([str(folder)])


def test_logarithms_are_those_of_the_product_to_the_last_bit() -> None:
    tickets = [ticket("ab" * 32, str(number)) for number in range(100_000)]
    tickets += [0, (1 << 64) - 1, *(1 << power for power in range(64)), *((1 << power) - 1 for power in range(1, 64))]
    mine = [verify_assignment.logarithm(one) for one in tickets]
    assert mine == network.logarithm(np.array(tickets, np.uint64)).tolist()


@st.composite
def instances(pick: st.DrawFn) -> dict[str, Any]:
    """A small assignment, honest or with one price, place or number altered."""
    wanting = [
        Need(f"s{number}", pick(st.sampled_from(["x", "y"])), pick(st.sampled_from(["", "m", "n"])))
        for number in range(pick(st.integers(0, 6)))
    ]
    skills = st.frozensets(st.sampled_from(["x", "y"]))
    people = [
        Party(name, pick(skills), pick(st.integers(-1, 3)), pick(st.frozensets(st.sampled_from(["m", "q"]))))
        for name in ("a", "b", "c")[: pick(st.integers(0, 3))]
    ]
    seed, each, once = f"{pick(st.integers(0, 999)):064x}", pick(st.integers(1, 2)), pick(st.booleans())
    whole = assignment_record(assigned(wanting, people, seed, each=each, once=once), "lab", seed)
    names = [party.name for party in people]
    match pick(st.sampled_from(["nothing", "price", "given"])):
        case "price" if names:
            whole["prices"]["parties"][pick(st.sampled_from(names))] = pick(st.integers(-2, 1 << 42))
        case "given" if names and wanting:
            id_ = pick(st.sampled_from([need.id for need in wanting]))
            whole["given"][id_] = pick(st.lists(st.sampled_from(names), max_size=3))
    return whole


@settings(max_examples=300, deadline=None, derandomize=True)
@given(whole=instances())
def test_it_agrees_with_the_product_on_costs_and_on_what_is_wrong(whole: dict[str, Any]) -> None:
    made = assignment_of(whole)
    arcs: dict[str, dict[str, int]] = {need.id: {} for need in made.network.needs}
    for need, party, cost in zip(made.network.need, made.network.party, made.network.cost, strict=True):
        arcs[made.network.needs[need].id][made.network.parties[party].name] = int(cost)
    assert verify_assignment.costs(whole) == arcs
    about = verify_assignment.Draw(ROOT, "", "", frozenset(arcs), frozenset())
    found = verify_assignment._checked(whole, 1, about)
    wrong = [name for name, fault in found if fault and "seed" not in name]
    assert bool(wrong) == bool(check_prices(made.network, made.given, made.prices, made.each))


def test_a_record_gives_the_assignment_back() -> None:
    wanting = [Need(f"s{number:02}", "toys", f"mart/{number % 12}") for number in range(24)]
    people = [Party("a", TOYS, 20, frozenset({"mart/3", "mart/elsewhere"})), Party("b", TOYS, 9)]
    seed = "cd" * 32
    whole = assignment_record(assigned(wanting, people, seed), "shopper", seed)
    assert "mart/" not in json.dumps(whole)
    made = assignment_of(json.loads(canonical(whole)))
    assert check_prices(made.network, made.given, made.prices, made.each) == []
    assert assignment_record(made, "shopper", seed) == whole


def test_an_honest_assignment_is_ok_and_says_what_it_leaves_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(write(tmp_path, record())) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"ok        lab 1, {len(SAMPLE)} samples at their cheapest places", verify_assignment.UNCHECKED, "OK",
    ]  # fmt: skip
    assert verify(write(tmp_path, record(ids=SAMPLE[1:]))) == 0
    assert f"lab: 1 drawn listings in no assignment, the first is {SAMPLE[0]}" in capsys.readouterr().out
    crowded = record()
    made = assigned([Need(id_, "toys") for id_ in SAMPLE], TIGHT[:2], crowded["seed"])
    assert verify(write(tmp_path, assignment_record(made, "lab", crowded["seed"]))) == 0
    assert "lab: 1 samples with nobody; no more could be served" in capsys.readouterr().out


def swap(whole: dict[str, Any]) -> None:
    first = SAMPLE[0]
    other = next(id_ for id_ in SAMPLE if whole["given"][id_] != whole["given"][first])
    whole["given"] |= {first: whole["given"][other], other: whole["given"][first]}


ALTERED: list[tuple[str, Callable[[dict[str, Any]], object], str]] = [
    ("another seed", lambda whole: whole.update(record(seed="ab" * 32)), "seed"),
    ("another purpose", lambda whole: whole.update(purpose="shopper"), "seed"),
    ("a sample of another draw", lambda whole: whole.update(record(ids=["p:none", *SAMPLE[1:]])), "not of this draw"),
    ("a sample twice", lambda whole: whole["needs"].append(whole["needs"][0]), "there twice"),
    ("a party twice", lambda whole: whole["parties"].append(whole["parties"][0]), "there twice"),
    ("a stranger", lambda whole: whole["given"].update({SAMPLE[0]: ["lab-z"]}), "may not take it"),
    ("one sample twice to one", lambda whole: whole["given"].update({SAMPLE[0]: ["lab-b", "lab-b"]}),
     "may not take it"),
    ("two for one sample", lambda whole: whole["given"].update({SAMPLE[0]: ["lab-a", "lab-b"]}),
     "more than were wanted"),
    ("too many", lambda whole: whole["given"].update({id_: ["lab-a"] for id_ in SAMPLE}), "over capacity"),
    ("a negative price", lambda whole: whole["prices"]["parties"].update({"lab-a": -1}), "wrong price"),
    ("a price of a place with room", lambda whole: whole["parties"][0].update(capacity=99), "wrong price"),
    ("two swapped", swap, "not at its cheapest place"),
    ("one left out", lambda whole: whole["given"].update({SAMPLE[0]: []}), "not at its cheapest place"),
]  # fmt: skip


@pytest.mark.parametrize(("alter", "fault"), [row[1:] for row in ALTERED], ids=[row[0] for row in ALTERED])
def test_whatever_is_altered_is_named(
    tmp_path: Path, alter: Callable[[dict[str, Any]], object], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = json.loads(canonical(record()))
    alter(whole)
    folder = draws.write(tmp_path / "draw", UNITS, replace(DRAW, assignments=[record()]))
    (folder / "assignment.json").write_bytes(canonical({"assignments": [whole]}))
    assert verify(folder) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert last.startswith("MISMATCH ")
    assert fault in [line.split(", ")[1].split(": ")[0] for line in lines if line.startswith("MISMATCH")]


def test_it_names_three_and_counts_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = record()
    whole["given"] = {id_: [] for id_ in SAMPLE}
    assert verify(write(tmp_path, whole)) == 1
    assert f"cheapest place: {', '.join(SAMPLE[:3])} and {len(SAMPLE) - 3} more" in capsys.readouterr().out


def test_a_meeting_holds_one_and_has_its_price(tmp_path: Path) -> None:
    seed, ids = seed_for("shopper", ROOT), SAMPLE[:4]
    wanting = [Need(id_, "mart", "mart/acme" if place < 3 else "") for place, id_ in enumerate(ids)]
    people = [Party(f"shopper-{number}", frozenset({"mart"}), 9) for number in (1, 2)]
    whole = assignment_record(assigned(wanting, people, seed), "shopper", seed)
    folder = write(tmp_path, whole)
    assert not (folder / "assignment.json").exists()

    def checked(changed: dict[str, Any]) -> int:
        (folder / "assignment.json").write_bytes(canonical({"assignments": [changed]}))
        return verify(folder)

    assert whole["prices"]["meetings"]
    assert checked(whole) == 0
    assert checked({**whole, "given": {id_: ["shopper-1"] for id_ in ids}}) == 1
    assert checked({**whole, "prices": {**whole["prices"], "meetings": []}}) == 1


def test_a_reserve_that_was_taken_has_a_seed_of_its_own(tmp_path: Path) -> None:
    root = bytes.fromhex(sha256(canonical({"draw": "d" * 64, "reserve": RESERVE})))
    own = record(ids=[RESERVE], seed=seed_for("lab", root))
    folder = write(tmp_path, record(), own)
    assert verify(folder) == 1
    log = [json.loads(line) for line in (folder / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    log[-1]["data"]["draw_sha256"] = "d" * 64
    log.append({"noun": "draw", "type": "reserve_taken", "data": {"listing": RESERVE, "reason": "gone"}})
    (folder / "log.jsonl").write_bytes(b"".join(map(canonical, log)))
    assert verify(folder) == 0


@pytest.mark.parametrize("name", ["assignment.json", "plan.json", "salts.json", "beacon.json", "log.jsonl"])
def test_a_file_that_is_gone_is_exit_code_2(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, record())
    (folder / name).unlink()
    assert verify(folder) == 2
    assert capsys.readouterr().out.startswith("UNREADABLE FileNotFoundError")


def test_a_draw_that_is_not_in_the_log_is_exit_code_2(tmp_path: Path) -> None:
    folder = write(tmp_path, record())
    (folder / "log.jsonl").write_bytes(b"")
    assert verify(folder) == 2


def test_it_prints_ok_when_run_as_anybody_would(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "verify_assignment.py", "."], cwd=write(tmp_path, record()), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "OK", "")


def test_it_is_a_program_of_the_standard_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [line.split()[1].split(".")[0] for line in Path(verify_assignment.__file__).read_text().splitlines()
             if line.startswith(("import ", "from "))]  # fmt: skip
    assert set(words) - {"__future__"} <= sys.stdlib_module_names
    monkeypatch.setattr(sys, "argv", ["verify_assignment.py", str(write(tmp_path, record()))])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(verify_assignment.__file__, run_name="__main__")
    assert ended.value.code == 0


def test_laboratories_that_differ_from_the_promise_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    promise = parties_file(TIGHT)
    assert parties_of(promise) == tuple(TIGHT)
    bound = draws.published(UNITS, N, labs_sha256=sha256(promise))
    root = ceremony.root_of(bound.plan, draws.SALTS, bound.pulse.value)
    chosen = sorted(item.id for item in bound.places if item.selected)
    seed = seed_for("lab", root)

    def checked(labs: list[Party], name: str) -> int:
        made = assigned([Need(id_, "toys") for id_ in chosen], labs, seed)
        held = replace(bound, assignments=[assignment_record(made, "lab", seed)])
        return verify(draws.write(tmp_path / name, UNITS, held))

    assert checked(TIGHT, "kept") == 0
    capsys.readouterr()
    assert checked([*TIGHT[:2], Party("lab-c", TOYS, 50)], "changed") == 1
    assert "parties: they are not those that were promised" in capsys.readouterr().out
