"""The commands of evidence: what they print, the exit code of each outcome, and what is refused before a browser."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from sampling.edge.bundle import load, store
from sampling.evidence.authority import Authority
from sampling.evidence.bundle import manifest_sha256, packed, seal
from sampling.evidence.credentials import Credentials
from sampling.evidence.keyring import Statement, sign
from sampling.evidence.layout import Box
from sampling.evidence.sentences import FIRST_FORM
from sampling.evidence.verification import Verdict, tally
from shopper.listing import decoded
from shopper.main import main
from shopper.stamping import Desk
from storage.database import Database
from storage.objects import Folder
from storage.settings import load as load_settings
from tests.dashboards.story import Story, picture
from tests.sampling.proofs import ORIGIN, SINCE, VISIT, first_bundle, proved, trusted
from tests.sampling.visits import KEYS, OTHER_KEYS, a_bundle, a_visit
from tests.world.authority import open_office, stamping

PAGE = """<!doctype html><meta charset=utf-8><title>Lamp 台灯</title><script type="application/ld+json">
{"@context":"https://schema.org","@type":"Product","name":"Lamp 台灯","sku":"L-1","offers":{"@type":"Offer",
"price":"129.00","priceCurrency":"CNY","availability":"https://schema.org/InStock"}}</script>
<h1>Lamp 台灯</h1><p class=price>¥129.00</p><p>Sold by Xinghe since 2019, in stock, delivered within two days.</p>"""


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with one bundle of each kind, and the keys."""
    home = tmp_path_factory.mktemp("bundles")
    first = sign(Statement(1, SINCE, trusted()), [KEYS.manifest])
    with proved() as proof:
        store(proof.files, home / "stamped")
        given = Credentials((first,), {code: (office.chain,) for code, office in proof.offices.items()}, ORIGIN)
    (home / "keys.json").write_text(json.dumps(given.record()))
    store(a_bundle(), home / "sealed")
    store(a_bundle(keys=OTHER_KEYS), home / "strange")
    store(first_bundle(), home / "first")
    (home / "sealed.zip").write_bytes(packed(a_bundle()))
    store({**a_bundle(), "VERIFY.md": b"trust me"}, home / "changed")
    (home / "text.zip").write_text("no bundle")
    return home


@pytest.mark.parametrize(
    ("names", "words", "code", "last"),
    [
        (["stamped"], ["--keys", "keys.json"], 0, "stamped: OK, its time proved by north, south"),
        (["sealed", "sealed.zip"], ["--keys", "keys.json"], 3, "sealed.zip: OK, not time-stamped yet"),
        (["sealed"], [], 3, "sealed: OK, not time-stamped yet (whose key it is was not checked: use --keys)"),
        (["changed", "stamped"], [], 1, "stamped: OK, its time proved by north, south"
                                        " (whose key it is was not checked: use --keys)"),
        (["strange"], ["--keys", "keys.json"], 1, "strange: NOT OK"),
        (["first"], ["--keys", "keys.json"], 3, f"first: OK, not time-stamped yet {FIRST_FORM.en}"),
        (["changed"], ["--language", "zh"], 1, "changed: 未通过"),
        (["sealed", "text.zip"], [], 2, "text.zip: text.zip is neither a folder nor a bundle as .zip"),
        (["sealed"], ["--keys", "gone.json"], 2, ""),
        (["sealed"], ["--keys", "text.zip"], 2, ""),
    ],
)  # fmt: skip
def test_each_outcome_has_its_words_and_its_exit_code(
    bundles: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    names: list[str], words: list[str], code: int, last: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(bundles)
    assert main(["evidence", "verify", *names, *words]) == code
    said = capsys.readouterr()
    assert said.out.splitlines()[-1:] == [last] or said.out.splitlines()[-1].startswith(last) if last else said.err


def test_each_fault_is_a_sentence_before_the_verdict(bundles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["evidence", "verify", str(bundles / "changed")])
    assert capsys.readouterr().out.splitlines()[0] == f"{bundles / 'changed'}: The file VERIFY.md was changed."


def test_programs_read_the_facts_as_json(bundles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = [str(bundles / name) for name in ("stamped", "changed", "text.zip")]
    assert main(["evidence", "verify", "--json", *wanted]) == 1
    good, bad, none = json.loads(capsys.readouterr().out)["bundles"]
    assert (good["verdict"], len(good["stamps"]), good["ledger"]["index"]) == ("timestamped", 3, 3)
    assert bad["faults"][0]["path"] == "VERIFY.md"
    assert (none["verdict"], none["bundle"]) == ("unreadable", wanted[2])


def other(price: str, words: str) -> dict[str, bytes]:
    boxes = (Box("Lamp", 0, 0, 80, 20, 20, 400, False, "h1"), Box(words, 0, 30, 80, 20, 16, 400, False, "p"))
    visit = replace(a_visit(), files={"page.png": picture(words)}, boxes=boxes)
    read = {"price": {"amount": price, "currency": "CNY"}}
    return seal(visit, capture_id=f"cap-{price}", case="S26-1", keys=KEYS, extracted=read)


def test_two_captures_are_compared_as_diff_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after, shots = tmp_path / "a", tmp_path / "b", tmp_path / "shots"
    store(other("129.00", "in stock"), before)
    store(other("99.00", "sold out"), after)
    assert main(["evidence", "compare", str(before), str(before)]) == 0
    assert capsys.readouterr().out == "Nothing differs.\n"
    assert main(["evidence", "compare", str(before), str(after), "--pictures", str(shots)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["price: 129.00 CNY → 99.00 CNY", "- in stock", "+ sold out"]
    assert sorted(path.name for path in shots.iterdir()) == ["after-1.png", "before-1.png"]
    assert main(["evidence", "compare", str(before), str(after), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["added"] == ["sold out"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a working folder with an installation of its own."""
    monkeypatch.setenv("SHOPPER_HOME", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_audit_names_what_is_lost_and_what_has_rotted(
    home: Path, database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOPPER_DATABASE_URL", database.url)
    objects = Folder(load_settings().objects)
    with database.unit() as unit:
        Story.begin(unit, objects).captured()
    assert main(["evidence", "audit"]) == 0
    assert capsys.readouterr().out.endswith("0 lost or rotten.\n")
    kept = sorted(path for path in load_settings().objects.rglob("*") if path.is_file())
    kept[0].unlink()
    kept[1].chmod(0o600)
    kept[1].write_bytes(b"rot")
    assert main(["evidence", "audit", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["captures"], sorted(one["flaw"] for one in found["flawed"])) == (1, ["lost", "rotten"])
    assert main(["evidence", "audit"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 3


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://ann:secret@shop.test/item", "https://…@shop.test/item · it names a user or a password"),
        ("file:///etc/passwd", "only http and https"),
        ("http://169.254.169.254/latest/meta-data", "private network"),
        ("http://localhost/", "private network"),
    ],
)
def test_an_address_that_must_not_be_visited_is_a_line_before_any_browser_starts(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, words: str
) -> None:
    monkeypatch.setenv("SHOPPER_CHROMIUM", "/bin/false")  # whoever started it would fail
    assert main(["evidence", "capture", "https://shop.test/good", url]) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("refused · ") and words in line and "secret" not in line


@pytest.mark.parametrize("words", [["--profile", "read"], ["--profile", "best"], ["--region", "Mars"]])
def test_a_profile_that_cannot_be_is_a_wrong_word(home: Path, words: list[str]) -> None:
    assert main(["evidence", "capture", "https://shop.test/", *words]) == 2


class Shop(BaseHTTPRequestHandler):
    """One lamp, and nothing else."""

    def do_GET(self) -> None:
        data = PAGE.encode()
        self.send_response(200 if self.path.startswith("/item") else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def shop() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_pages_are_captured_chained_stamped_and_verified_with_the_printed_keys(
    home: Path, shop: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office = open_office(home / "office")
    (home / "var" / "authorities").mkdir(parents=True)
    (home / "var" / "authorities" / "own.pem").write_bytes(office.chain)
    monkeypatch.setenv("SHOPPER_PRIVATE_HOSTS", shop)
    with stamping(office) as desk:
        monkeypatch.setenv("SHOPPER_TIMESTAMPS", f"own={desk.url}")
        words = ["evidence", "capture", f"http://{shop}/item/1", f"http://{shop}/gone", "--out", "out"]
        assert main([*words, "--profile", "light", "--replay"]) == 0
        lines = sorted(capsys.readouterr().out.splitlines())
        assert lines[0].startswith("listing · 200 · Lamp 台灯 · 129.00 CNY · shows the same price again")
        assert lines[1].startswith("not_found: not_found · 404 · ")
        assert all(line.endswith("sealed, time-stamped by own") for line in lines)
        assert main(["evidence", "keys"]) == 0
    (home / "keys.json").write_text(capsys.readouterr().out)
    folders = sorted(path for path in (home / "out").iterdir())
    assert main(["evidence", "verify", "--keys", "keys.json", *map(str, folders)]) == 0
    first, second = (load(folder) for folder in folders)
    assert tally(second).record["prev_manifest_sha256"] == manifest_sha256(first)


def test_an_authority_that_is_away_is_told_and_asked_once(home: Path) -> None:
    office, sealed = open_office(home / "office"), seal(VISIT, capture_id="cap-1", case="S26-1", keys=KEYS)
    with stamping(office) as desk:
        good = Authority("good", desk.url, office.chain)
        asked = Desk({"away": replace(good, code="away", url="http://127.0.0.1:9/"), "good": good})
        files, proof = asked.stamp(sealed)
        assert proof.startswith("sealed, time-stamped by good (away: ")
        assert tally(files).verdict is Verdict.TIMESTAMPED
    assert set(asked.failed) == {"away"}
    _, proof = asked.stamp(sealed)
    assert proof.startswith("sealed, not time-stamped (away: ") and "; good: " in proof
    assert Desk({}).stamp(sealed) == (sealed, "sealed, not time-stamped")


def test_a_saved_page_is_read_field_by_field(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "page.html").write_bytes(PAGE.replace("utf-8", "gbk").replace("¥", "￥").encode("gbk"))
    assert main(["listing", "read", "page.html", "--url", "https://shop.test/item/1"]) == 0
    said = capsys.readouterr().out
    assert "title: Lamp 台灯  (" in said and "price: 129.00 CNY  (" in said
    assert main(["listing", "read", "page.html", "--url", "https://shop.test/item/1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sku"] == "L-1"


@pytest.mark.parametrize("words", [["gone.html", "--url", "https://shop.test/1"], ["page.html", "--url", "item/1"]])
def test_a_page_that_is_not_there_or_has_no_address_is_one_sentence(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    (home / "page.html").write_text(PAGE)
    assert main(["listing", "read", *words]) == 2
    assert capsys.readouterr().err.startswith("shopper: ")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("灯".encode(), "灯"),
        ("灯".encode("utf-8-sig"), "灯"),
        ("灯".encode("utf-16"), "灯"),
        (b'<meta charset="gb2312">' + "灯".encode("gbk"), '<meta charset="gb2312">灯'),
        (b"<meta charset=iso-8859-1>\x80", "<meta charset=iso-8859-1>€"),
        (b"<meta charset=none>x", "<meta charset=none>x"),
    ],
)
def test_a_saved_page_is_decoded_as_a_browser_would(data: bytes, text: str) -> None:
    assert decoded(data) == text
