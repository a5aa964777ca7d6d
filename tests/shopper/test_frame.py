"""The check of frame files: what is read, what is wrong, and which exit code says so."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from sampling.edge.tables import packed, take_rows
from sampling.source import known
from shopper.main import main
from tests.shared import shared

HEAD = "platform,item_id,url,title,category,seller,brand,price,currency"
GOOD = f"{HEAD}\nx,1,u,t,toys,s,b,9.90,CNY\nx,2,u,t,,s,b,free,CNY\nx,,u,t,toys,s,b,1,CNY\n".encode()
REAL = shared("listings_cn.csv.gz")

# file: (its bytes, exit code, what is said)
FILES: dict[str, tuple[bytes, int, list[str]]] = {
    "plain": (GOOD, 0, ["2 listings, 3 findings", "1  price  price_unreadable", "row 3, column price: price_unread"]),
    "of the encoding of Chinese offices": (GOOD.replace(b"toys", "玩具".encode("gb18030")), 0, ["2 listings"]),
    "columns": (packed(take_rows(GOOD, np.arange(2, 5), known()["frame"])), 0, ["2 listings, 3 findings"]),
    "packed": (gzip.compress(GOOD), 0, ["2 listings, 3 findings", "row 4, column item_id: id_unusable"]),
    "with a mark of byte order": (b"\xef\xbb\xbf" + GOOD, 0, ["2 listings"]),
    "of another kind": (b"a,b\n1,2\n", 1, ["0 listings, 1 findings", "no_source_fits ('a, b')"]),
    "no text at all": (b"\x00\xff\xfe\x00", 1, ["source_unreadable"]),
    "a broken archive": (gzip.compress(GOOD)[:30], 1, ["source_unreadable"]),
    "empty": (b"", 1, ["source_unreadable"]),
    "cut off": (GOOD[:-20], 1, ["0 listings, 1 findings", "source_unreadable", "Row #4: Expected 9 columns"]),
    "marks": (b"platform,item_id,complaints\nx,1,3\nx,2,lots\n", 0, ["2 marks, 1 findings", "row 3, column compl"]),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_described_and_judged(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, code, said = FILES[kind]
    path = tmp_path / "frame.csv"
    path.write_bytes(data)
    assert main(["frame", "check", str(path)]) == code
    told = capsys.readouterr().out
    for words in said:
        assert words in told


def test_one_unreadable_file_of_two_is_enough_to_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_bytes(GOOD)
    bad.write_bytes(b"a,b\n1,2\n")
    assert main(["frame", "check", str(good), str(bad)]) == 1
    assert f"{good}: 2 listings" in capsys.readouterr().out


def test_the_first_findings_are_shown_and_the_others_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "frame.csv"
    path.write_text("\n".join([HEAD, *(f"x,{n},u,t,toys,s,b,,CNY" for n in range(30)), ""]))
    assert main(["frame", "check", str(path)]) == 0
    told = capsys.readouterr().out
    assert told.count("  row ") == 20
    assert told.rstrip().endswith("and 10 more")


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frame", "check", str(tmp_path / "nowhere.csv")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("shopper: ")
    assert "nowhere.csv cannot be read (No such file or directory)." in told.err


MAPPING = """
columns = { listing_id = "id", price = "cost", category = "kind" }
[categories]
Spielzeug = "toys"
"""


def test_a_mapping_says_how_a_file_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, mapping, report = tmp_path / "odd.csv", tmp_path / "odd.toml", tmp_path / "report.csv"
    file.write_text("id,cost,kind\nx:1,9.90,Spielzeug\nx:2,ab 3,Spielzeug\n1,5,Spielzeug\n", "utf-8")
    mapping.write_text(MAPPING, "utf-8")
    assert main(["frame", "check", str(file), "--mapping", str(mapping), "--csv", str(report)]) == 0
    assert "2 listings, 2 findings" in capsys.readouterr().out
    assert list(csv.DictReader(report.read_text("utf-8").splitlines())) == [
        {"source": str(file), "row": "3", "column": "cost", "reason": "price_from", "found": "ab 3"},
        {"source": str(file), "row": "4", "column": "id", "reason": "id_unusable", "found": "1"},
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns = {", "the mapping is no TOML"),
        ("columns = { title = 't' }", "names no listing_id nor item_id with platform"),
        (None, "No such file"),
    ],
)
def test_a_mapping_that_is_none_is_said_in_a_sentence(
    text: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, mapping = tmp_path / "frame.csv", tmp_path / "map.toml"
    file.write_bytes(GOOD)
    if text is not None:
        mapping.write_text(text, "utf-8")
    assert main(["frame", "check", str(file), "--mapping", str(mapping)]) == 2
    assert said in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "frame.csv"
    file.write_bytes(GOOD)
    assert main(["frame", "check", str(file), "--csv", str(tmp_path / "no" / "report.csv")]) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.skipif(not REAL.exists(), reason="the real listings are not on this machine")
def test_the_real_listings_are_read_with_their_gaps(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["frame", "check", str(REAL)]) == 0
    told = capsys.readouterr().out
    assert "4399 listings, 663 findings" in told
    assert "603  price  price_missing" in told
    assert "60  category  category_missing" in told
