"""The shipped verifier draws the same as the product, and says MISMATCH for whatever was altered."""

import gzip
import json
import runpy
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from sampling import beacons, ceremony, draw, framefile, merkle, places
from sampling.beacons.interface import Pulse
from sampling.ceremony import Source
from sampling.digest import ORIGIN, canonical, chained, sha256
from sampling.errors import ImpossiblePlan, RefusedDraw
from sampling.places import Place
from sampling.published import Published, folder, proof_file
from sampling.verifier import verify_draw
from tests.sampling import draws

UNITS, N = draws.some(7)
ONE = sorted(item.id for item in draws.published(UNITS, N).places if item.selected)[0]


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """Give the folder of a draw as it is published."""
    return draws.write(tmp_path / "draw", UNITS, draws.published(UNITS, N))


def verify(folder: Path, *words: str) -> int:
    return verify_draw.main([str(folder), *words])


units = st.dictionaries(
    st.text("abc层", min_size=1, max_size=3),
    st.dictionaries(
        st.text("pq:12é甲 ", min_size=1, max_size=8), st.integers(1, 10**6) | st.integers(1, 3), min_size=1, max_size=30
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frame=units, wanted=st.lists(st.integers(0, 12), min_size=4, max_size=4), reserve=st.integers(0, 6))
def test_it_agrees_with_the_product_on_any_frame(
    tmp_path: Path, frame: dict[str, dict[str, int]], wanted: list[int], reserve: int
) -> None:
    held: dict[str, list[draw.Unit]] = {}
    seen: set[str] = set()
    for name, items in frame.items():
        held[name] = [(id_, size) for id_, size in items.items() if id_ not in seen]
        seen |= set(items)
    n = {name: min(count, len(held[name])) for name, count in zip(held, wanted, strict=False)}
    path = draws.write(tmp_path / "any", held, draws.published(held, n, reserve=reserve))
    assert verify(path) == 0


def merchant_of(id_: str, many: int) -> str:
    """One of so many merchants; the first has half of all listings."""
    number = int(sha256(id_.encode())[:8], 16)
    return f"mart/{'甲' if number % 2 else number // 2 % many}"


def write_merchants(
    path: Path, held: draws.Units, n: Mapping[str, int], taken: Sequence[str] = (), many: int = 9, **changes: Any
) -> tuple[Path, list[Place]]:
    """Write the folder of a draw whose frame names merchants, and give what became of it."""
    table = draws.frame(held)
    names = [merchant_of(id_, many) for id_ in table.column("listing_id").to_pylist()]
    table = table.append_column("merchant", pa.array(names, pa.string()).dictionary_encode())
    data = b"".join(framefile.lines(table, merchants=True))
    sealed = framefile.seal([data])
    made = draws.plan(
        held, n, frame_sha256=sealed.sha256, merkle_root=sealed.merkle_root, listings=sealed.listings,
        taken_sha256=sha256(places.taken_file(taken)), **changes,
    )  # fmt: skip
    seed = draw.seed_for("listing", ceremony.root_of(made, draws.SALTS, draws.pulse().value))
    drawn = places.place(table, made, seed, taken)
    log = draws.log(made, places.sample_file(drawn))
    whole = Published(made, draws.commitments(made), draws.SALTS, draws.pulse(), drawn, log, tuple(taken))
    path.mkdir(exist_ok=True)
    for name, content in folder(whole, data).items():
        (path / name).write_bytes(content)
    return path, drawn


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6), many=st.integers(1, 12), kind=st.sampled_from(["cap", "each"]),
    most=st.integers(1, 4), reserve=st.integers(0, 12), gone=st.booleans(),
)  # fmt: skip
def test_it_agrees_with_the_product_on_merchants(
    tmp_path: Path, seed: int, many: int, kind: str, most: int, reserve: int, gone: bool
) -> None:
    held, n = draws.some(seed, most=60, zero=True)
    held["targeted/tip"] = held.pop("层0/toys")
    n = {name: min(count, many) for name, count in n.items() if name in held}
    taken = [min(id_ for id_, _ in listed) for listed in held.values() if len(listed) > 20] if gone else []
    n["targeted/tip"] = sum(id_ not in taken for id_, _ in held["targeted/tip"])
    changes: dict[str, Any] = {kind: most, "reserve": reserve}
    try:
        path, drawn = write_merchants(tmp_path / "any", held, n, taken, many, **changes)
    except (ImpossiblePlan, RefusedDraw):
        reject()
    assert verify(path) == 0
    load = Counter((item.stratum, merchant_of(item.id, many)) for item in drawn if item.selected)
    assert max((times for (name, _), times in load.items() if name != "targeted/tip"), default=0) <= most
    assert sum(times for (name, _), times in load.items() if name == "targeted/tip") == n["targeted/tip"]


LONG = {"s": [(f"p:{number:05}", 1 + number % 7) for number in range(3000)]}


def test_a_cap_goes_far_down_the_order_where_one_merchant_has_half(tmp_path: Path) -> None:
    # Nine merchants more than the large one: 30 of 3 each means going past hundreds of its listings.
    path, drawn = write_merchants(tmp_path / "far", LONG, {"s": 30}, reserve=0, cap=3)
    assert sum(item.selected for item in drawn) == 30
    assert verify(path) == 0


@pytest.mark.parametrize("kind", ["cap", "each"])
def test_other_merchants_are_another_draw(tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    changes: dict[str, Any] = {kind: 2}
    path, _ = write_merchants(tmp_path / "other", LONG, {"s": 8}, **changes)
    assert "merchant |" in (path / "README.md").read_text(encoding="utf-8")
    frame = path / "frame.tsv"
    frame.write_text(frame.read_text(encoding="utf-8").replace("mart/甲", "mart/0"), encoding="utf-8")
    assert verify(path) == 1
    out = capsys.readouterr().out
    assert "MISMATCH  frame hash" in out
    assert "MISMATCH  sample" in out


@pytest.mark.parametrize("kind", ["cap", "each"])
def test_a_frame_without_the_merchants_that_the_plan_needs_is_a_mismatch(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = draws.write(tmp_path / "bare", UNITS, draws.published(UNITS, N))
    edit("plan.json", '"reserve":5', f'"reserve":5,"{kind}":2')(page)
    assert verify(page) == 1
    assert "MISMATCH  every line of the frame: line 1 is" in capsys.readouterr().out


def test_it_prints_ok_when_run_as_anybody_would(page: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "verify_draw.py", "."], cwd=page, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (0, "OK", "")


def test_it_is_a_program(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["verify_draw.py", str(page)])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(verify_draw.__file__, run_name="__main__")
    assert ended.value.code == 0


def test_it_imports_nothing_but_the_standard_library() -> None:
    words = [line.split()[1].split(".")[0] for line in Path(verify_draw.__file__).read_text().splitlines()
             if line.startswith(("import ", "from "))]  # fmt: skip
    assert set(words) - {"__future__"} <= sys.stdlib_module_names


def test_a_packed_frame_is_read_too(page: Path) -> None:
    frame = page / "frame.tsv"
    (page / "frame.tsv.gz").write_bytes(gzip.compress(frame.read_bytes()))
    frame.unlink()
    assert verify(page) == 0


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def done(page: Path) -> None:
        text = (page / name).read_text(encoding="utf-8")
        assert old in text
        (page / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return done


def swapped_lines(page: Path) -> None:
    lines = (page / "frame.tsv").read_bytes().splitlines(keepends=True)
    (page / "frame.tsv").write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))


def line_twice(page: Path) -> None:
    lines = (page / "frame.tsv").read_bytes().splitlines(keepends=True)
    (page / "frame.tsv").write_bytes(b"".join([lines[0], *lines]))


def relogged(page: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Alter every entry and chain the log anew, as one who holds the whole log could."""
    previous, made = ORIGIN, []
    for line in (page / "log.jsonl").read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        change(entry)
        record = {name: value for name, value in entry.items() if name not in {"prev_hash", "hash"}}
        made.append({**record, "prev_hash": previous, "hash": chained(previous, record)})
        previous = made[-1]["hash"]
    (page / "log.jsonl").write_bytes(b"".join(map(canonical, made)))


def late(page: Path) -> None:
    relogged(
        page, lambda entry: entry.update(at=draws.DUE.isoformat()) if entry["type"] == "commitment_given" else None
    )


def other_promise(page: Path) -> None:
    def change(entry: dict[str, Any]) -> None:
        if entry["type"] == "commitment_given":
            entry["data"]["sha256"] = "0" * 64

    relogged(page, change)


def no_plan_logged(page: Path) -> None:
    relogged(page, lambda entry: entry.update(type="thawed") if entry["type"] == "frozen" else None)


def invented_miss(page: Path) -> None:
    relogged(page, lambda entry: entry.update(type="beacon_missed") if entry["type"] == "frozen" else None)


FIRST = next(iter(sorted(UNITS)))
ALTERED = [
    ("one id", edit("frame.tsv", UNITS[FIRST][0][0], UNITS[FIRST][0][0] + "x"), "frame hash"),
    ("one size", edit("frame.tsv", "\t20\n", "\t21\n"), "frame hash"),
    ("a size of zero", edit("frame.tsv", "\t20\n", "\t0\n"), "every line of the frame"),
    ("two lines", swapped_lines, "every line of the frame"),
    ("a line twice", line_twice, "every line of the frame"),
    ("the salt", edit("salts.json", "000102", "010102"), "salt of agency"),
    ("a short salt", edit("salts.json", "000102", "0102"), "length of the salts"),
    ("a party", edit("salts.json", "consumers", "sellers"), "parties"),
    ("the beacon's value", edit("beacon.json", VALUE := draws.VALUE, "9" + VALUE[1:]), "beacon's value"),
    ("the signed round", edit("beacon.json", '"round":42,"signature"', '"round":43,"signature"'), "beacon's value"),
    ("the round", edit("beacon.json", '"round":42,"unproved"', '"round":43,"unproved"'), "beacon's round"),
    ("the chain", edit("beacon.json", '"chain":"drand-quicknet"', '"chain":"mine"'), "beacon's chain"),
    ("the plan", edit("plan.json", '"reserve":5', '"reserve":4'), "plan in the log"),
    ("the plan's form", edit("plan.json", '"reserve":5', '"reserve": 5'), "plan is in its canonical form"),
    ("the sample", edit("sample.txt", ONE, "p0:none"), "sample"),
    ("the sample, twice one", edit("sample.txt", ONE, f"{ONE}\n{ONE}"), "sample"),
    ("a ticket", edit("tickets.tsv", "\t1\tp", "\t2\tp"), "tickets"),
    ("the reserve's order", edit("reserve.tsv", "\tp", "\tpx"), "reserve order"),
    ("a reserve twice", lambda page: (page / "reserve.tsv").write_text(
        (text := (page / "reserve.tsv").read_text()) + text.splitlines()[-1] + "\n"), "reserve order"),
    ("what was taken", lambda page: (page / "taken.txt").write_text("p1:1\n"), "listings taken by earlier rounds"),
    ("an entry of the log", edit("log.jsonl", '"actor":"a"', '"actor":"b"'), "chain of the log"),
    ("the commitments' time", late, "commitments before the beacon"),
    ("the commitments", other_promise, "commitments in the log"),
    ("the freeze", no_plan_logged, "plan in the log"),
    ("a source given up", invented_miss, "beacon's chain"),
]  # fmt: skip


@pytest.mark.parametrize(("alter", "fault"), [row[1:] for row in ALTERED], ids=[row[0] for row in ALTERED])
def test_whatever_is_altered_is_named(
    page: Path, alter: Callable[[Path], object], fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    alter(page)
    assert verify(page) == 1
    *lines, last = capsys.readouterr().out.splitlines()
    assert last.startswith("MISMATCH ")
    assert fault in [line.split("  ")[1].split(": ")[0] for line in lines if line.startswith("MISMATCH")]


@pytest.mark.parametrize("name", ["plan.json", "frame.tsv", "salts.json", "beacon.json", "log.jsonl", "sample.txt"])
def test_a_file_that_is_gone_is_exit_code_2(page: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (page / name).unlink()
    assert verify(page) == 2
    assert capsys.readouterr().out.startswith("UNREADABLE FileNotFoundError")


def test_it_says_what_became_of_one_listing(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished = draws.published(UNITS, N, reserve=2)
    page = draws.write(page, UNITS, finished)
    drawn = next(item for item in finished.places if item.selected)
    held = next(item for item in finished.places if not item.selected)
    out = {item.id for item in finished.places}
    neither = next(id_ for listed in UNITS.values() for id_, _ in listed if id_ not in out)

    def said(id_: str) -> str:
        assert verify(page, "--merchant", id_) == 0
        return capsys.readouterr().out.splitlines()[-2]

    assert f": drawn, rank {drawn.rank} of {drawn.stratum}, ticket {drawn.ticket}" in said(drawn.id)
    assert f": in reserve, rank {held.rank} of" in said(held.id)
    assert said(neither).endswith("of the frame: neither drawn nor in reserve")
    assert said("a:0") == f"a:0 is not in the frame: it would stand between its start and {min(every())}"
    assert said("z:0").endswith("and its end")


def every() -> list[str]:
    return [id_ for listed in UNITS.values() for id_, _ in listed]


def test_one_listing_is_proved_without_the_frame(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wide = {"s": [(f"p:{number:05}", 1) for number in range(5000)]}
    held, finished = draws.file(wide), draws.published(wide, {"s": 3})
    page, tree = draws.write(page, wide, finished), merkle.grow([held])
    assert verify(page) == 0
    (page / "frame.tsv").unlink()
    proof = tmp_path / "proof.json"

    def checked(id_: str, of: str) -> tuple[int, str]:
        proof.write_bytes(proof_file(merkle.prove_id(tree, held, of)))
        code = verify(page, "--merchant", id_, "--proof", str(proof))
        return code, capsys.readouterr().out.splitlines()[-2]

    assert checked("p:04099", "p:04099") == (0, "p:04099 is in the frame: p:04099\ts\t1")
    assert checked("p:01023x", "p:01023x") == (0, "p:01023x is not in the frame")
    assert checked("a:1", "a:1") == (0, "a:1 is not in the frame")
    assert checked("z:1", "z:1") == (0, "z:1 is not in the frame")
    assert checked("p:04099", "p:00001")[0] == 1
    text = proof_file(merkle.prove_id(tree, held, "p:00001")).decode()
    proof.write_text(text.replace("p:00002", "p:0000x"))
    assert verify(page, "--merchant", "p:00001", "--proof", str(proof)) == 1


def test_the_fallback_counts_when_the_first_source_was_given_up_in_time(tmp_path: Path) -> None:
    dice = beacons.chain("ceremony")
    second = Source(dice, int((draws.DUE + timedelta(hours=3)).timestamp()), draws.DUE + timedelta(hours=9))
    record = {"round": second.round, "method": "dice", "place": "市场监管局", "lowest": 1, "highest": 6,
              "numbers": [1, 2, 3, 4, 5, 6, 6, 5, 4, 3], "witnesses": ["A", "B"], "film_sha256": "0" * 64}  # fmt: skip
    value = beacons.read(dice, second.round, record)
    finished = draws.published(UNITS, N, value=value, sources=(draws.quicknet(), second))

    def missed(at: Any) -> Any:
        entries = draws.log(finished.plan, places.sample_file(finished.places),
                            [("beacon_missed", {"number": 1, "reason": "unreachable"}, at)])  # fmt: skip
        return draws.write(tmp_path / "fallback", UNITS, replace(finished, log=entries))

    assert verify(missed(draws.quicknet().until)) == 0
    assert verify(missed(draws.quicknet().until - timedelta(seconds=1))) == 1


def test_a_pulse_is_hashed_again(tmp_path: Path) -> None:
    chain = beacons.chain("nist-2")
    pulse = json.loads((Path(__file__).parent.parent / "examples/beacons/nist-1853305.json").read_text())
    minute = chain.round_at(datetime.fromisoformat(pulse["timeStamp"]))
    source = Source(chain, minute, chain.due(minute) + timedelta(hours=1))
    value = Pulse("nist-2", minute, bytes.fromhex(pulse["outputValue"]), ("hash",), ("maker",), {"pulse": pulse})
    page = draws.write(tmp_path / "nist", UNITS, draws.published(UNITS, N, value=value, sources=(source,)))
    assert verify(page) == 0
    edit("beacon.json", '"chainIndex":2', '"chainIndex":1')(page)
    assert verify(page) == 1


def test_an_unknown_kind_of_beacon_is_a_mismatch(tmp_path: Path) -> None:
    odd = replace(draws.QUICKNET, kind="moon")
    sources = (Source(odd, draws.ROUND, draws.DUE + timedelta(hours=1)),)
    assert verify(draws.write(tmp_path / "moon", UNITS, draws.published(UNITS, N, sources=sources))) == 1


def test_a_further_round_leaves_out_what_was_taken(tmp_path: Path) -> None:
    first = draws.published(UNITS, N)
    taken = [item.id for item in first.places if item.selected]
    more = draws.published(UNITS, {FIRST: 1}, taken, number=2, extends=1) if len(UNITS[FIRST]) > N[FIRST] else first
    assert not {item.id for item in more.places} & set(taken)
    page = draws.write(tmp_path / "more", UNITS, more)
    assert verify(page) == 0
    assert sha256((page / "taken.txt").read_bytes()) == more.plan.taken_sha256
