"""The check of frame files: what is read, what is wrong, and which exit code says so."""

import gzip
from pathlib import Path

import pytest

from tests.shopper.test_main import ROOT, shopper

HEAD = "platform,item_id,url,title,category,seller,brand,price,currency"
GOOD = f"{HEAD}\nx,1,u,t,toys,s,b,9.90,CNY\nx,2,u,t,,s,b,free,CNY\nx,,u,t,toys,s,b,1,CNY\n".encode()

# file: (exit code, what is said)
FILES = {
    "plain": (GOOD, 0, ["2 listings, 3 findings", "price  price_unreadable", "row 3, column price: price_unreadable ('free')"]),
    "packed": (gzip.compress(GOOD), 0, ["2 listings, 3 findings", "row 4, column item_id: id_unusable"]),
    "with a mark of byte order": (b"\xef\xbb\xbf" + GOOD, 0, ["2 listings"]),
    "of another kind": (b"a,b\n1,2\n", 1, ["0 listings, 1 findings", "no_source_fits ('a, b')"]),
    "no text at all": (b"\x00\xff\xfe\x00", 1, ["source_unreadable"]),
    "a broken archive": (gzip.compress(GOOD)[:30], 1, ["source_unreadable"]),
    "empty": (b"", 1, ["source_unreadable"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_described_and_judged(kind: str, tmp_path: Path) -> None:
    data, code, said = FILES[kind]
    path = tmp_path / "frame.csv"
    path.write_bytes(data)
    done = shopper("frame", "check", str(path), folder=tmp_path)
    assert (done.returncode, done.stderr) == (code, "")
    for words in said:
        assert words in done.stdout


def test_the_first_findings_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    path = tmp_path / "frame.csv"
    path.write_text("\n".join([HEAD, *(f"x,{n},u,t,toys,s,b,,CNY" for n in range(30)), ""]))
    done = shopper("frame", "check", str(path), folder=tmp_path)
    assert done.stdout.count("row ") == 20
    assert done.stdout.rstrip().endswith("and 10 more")


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = shopper("frame", "check", "nowhere.csv", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("shopper: nowhere.csv cannot be read")


def test_the_real_listings_are_read_with_their_gaps(tmp_path: Path) -> None:
    real = ROOT.parent / "shared" / "data" / "listings_cn.csv.gz"
    if not real.exists():
        pytest.skip("the real listings are not on this machine")
    done = shopper("frame", "check", str(real), folder=tmp_path)
    assert done.returncode == 0
    assert "4399 listings, 663 findings" in done.stdout
    assert "603  price  price_missing" in done.stdout
    assert "60  category  category_missing" in done.stdout
