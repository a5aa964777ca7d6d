"""The claim: every bundle passes outside validators and opens in an outside player, and sealing one takes 0.15 CPU s.

`wacz validate` must end well, `warcio check` must find nothing, the index must be what cdxj-indexer makes of the same
archive, and ReplayWeb.page must show the price in a headless Chromium that can reach this machine only. Each visit of
`tests/sampling/visits.py` is sealed and tried, and so are captures of the hardest pages by the product's own browser;
named folders, each a bundle, are tried in their stead.

The validators come from `validators.lock` into an environment of their own under var/bench: one of the libraries they
need takes the place of one that the pages need. Written by `printf 'wacz==0.6.0\\nwarcio==1.8.1\\n' | uv pip compile -
--generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 -o benchmarks/validators.lock`.
The player (AGPL) comes from npm, is served to the browser from there and is no part of the product.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from playwright.sync_api import Browser, Error, Frame, Page, sync_playwright

from benchmarks.figures import Clock, alone, cpu, verdict
from sampling.edge.browser import Browser as Capturer
from sampling.evidence import wacz
from sampling.evidence.profile import DESKTOP
from setup.assets import npm
from tests.sampling import visits
from tests.world.chromium import browser_settings, executable
from tests.world.witness import open_witness

MOST_SECONDS = 0.15
HERE = Path(__file__).parent
LOCK, FOLDER = HERE / "validators.lock", HERE.parent / "var" / "bench"
VENV, PLAYER = FOLDER / "validators", FOLDER / "player"
PACKAGE, PACKAGE_SHA256 = "replaywebpage@2.5.3", "b7d35c39c4da9b7121c5a393911d8675d4cc6f19513c380191e16b086bea812c"
PATIENCE = 15.0  # seconds until a page must show its price
PAGES = {"/hard": "￥1,299起", "/gbk": "￥1,299起", "/shift_jis": "1,299円", "/rtl": "١٬٢٩٩", "/many": "shines well"}
HTML = """<!doctype html><meta charset=utf-8><script src=/player/ui.js></script>
<replay-web-page style="height:100vh" embed=default replayBase=/player/ source="{source}" url="{url}"></replay-web-page>
"""


def main(words: Sequence[str]) -> int:
    """Print what each tool says of each bundle, and give 1 when one of them complains or sealing was slow."""
    prepare()
    claims: dict[str, bool] = {}
    with TemporaryDirectory(dir=FOLDER) as place:
        site = Path(place)
        bundles = dict(given(words)) if words else {**dict(built()), **dict(captured())}
        for name, (bundle, _) in bundles.items():
            (site / f"{name}.wacz").write_bytes(bundle)
            claims |= validated(site, name)
            (site / f"{name}.html").write_text(HTML.format(source=f"/{name}.wacz", url=escape(main_url(bundle))))
        claims |= played(site, {name: price for name, (_, price) in bundles.items() if price})
    if not words:
        _, steps = alone(sealed)
        claims[f"{cpu(steps):.3f} CPU s of {MOST_SECONDS} to seal 33 exchanges of 2.6 MB"] = cpu(steps) <= MOST_SECONDS
    return verdict(claims)


def prepare() -> None:
    """Make the validators' environment when it is not that of the lock, and get the player when it is not there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp = VENV / LOCK.name
    if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(VENV / "bin" / "python"), "--require-hashes"]
        subprocess.run([*install, "-r", str(LOCK)], check=True)
        shutil.copyfile(LOCK, stamp)
    if not (PLAYER / "sw.js").exists():
        with TemporaryDirectory(dir=FOLDER) as place:
            subprocess.run([*npm(), "pack", "--silent", PACKAGE], cwd=place, check=True, capture_output=True)
            (package,) = Path(place).glob("*.tgz")
            if hashlib.sha256(package.read_bytes()).hexdigest() != PACKAGE_SHA256:
                raise SystemExit(f"{PACKAGE} is not the package that was pinned")
            with tarfile.open(package) as archive:
                archive.extractall(place, filter="data")
            shutil.copytree(Path(place) / "package", PLAYER, dirs_exist_ok=True)


def built() -> Iterator[tuple[str, tuple[bytes, str]]]:
    """Give an archive of each kind of visit with the price that it must show, if any."""
    for name, visit in visits.every_visit().items():
        price = visits.PRICE if name in visits.REPLAYED else ""
        yield name, (visits.a_bundle(visit=visit)["capture.wacz"], price)


def captured() -> Iterator[tuple[str, tuple[bytes, str]]]:
    """Give an archive of each hard page as the product's browser takes it, with the text that it must show."""
    with open_witness() as shop, Capturer(browser_settings()) as capturer:
        for path, text in PAGES.items():
            visit = capturer.capture(f"{shop.address}{path}", profile=DESKTOP)
            print(f"{path:12s} {visit.kind}, {len(visit.exchanges)} requests", flush=True)
            yield f"page{path.replace('/', '-')}", (visits.a_bundle(visit=visit)["capture.wacz"], text)


def given(words: Sequence[str]) -> Iterator[tuple[str, tuple[bytes, str]]]:
    """Give the archives of bundles in folders, with the price that was seen when they were made."""
    for number, word in enumerate(words):
        folder = Path(word)
        replay = json.loads((folder / "manifest.json").read_bytes()).get("replay") or {}
        name = f"{number}-{re.sub('[^A-Za-z0-9]+', '-', folder.name)}"
        yield name, ((folder / "capture.wacz").read_bytes(), replay.get("price_live") or "")


def main_url(archive: bytes) -> str:
    """Give the address that a player opens first."""
    return str(json.loads(wacz.member(archive, wacz.PACKAGE))["mainPageUrl"])


def validated(site: Path, name: str) -> dict[str, bool]:
    """Give what the validators say of one archive."""
    file = site / f"{name}.wacz"
    data = site / f"{name}.warc.gz"
    data.write_bytes(wacz.member(file.read_bytes(), wacz.ARCHIVE))
    said = {
        "wacz validate": run("wacz", "validate", "-f", str(file))[0],
        "warcio check": run("warcio", "check", str(data))[0],
    }
    code, listed = run("cdxj-indexer", "-p", "-s", str(data))
    ours = wacz.member(file.read_bytes(), wacz.INDEX).decode()
    said["cdxj-indexer"] = code or int(asked(listed, data.name) != asked(ours, "data.warc.gz"))
    print(f"{name:12s}", "  ".join(f"{tool}: {'ok' if code == 0 else code}" for tool, code in said.items()), flush=True)
    return {f"{tool} of {name}": code == 0 for tool, code in said.items()}


def asked(index: str, filename: str) -> set[str]:
    """Give the lines for what can be asked for on the web, without what scripts and Python write in two ways."""
    lines = (re.sub(r', "requestBody": "[^"]*"', "", line.replace(filename, "")) for line in index.splitlines())
    return {line for line in lines if '"url": "http' in line}


def run(tool: str, *words: str) -> tuple[int, str]:
    """Give the exit code and the output of a tool of the validators' environment."""
    done = subprocess.run([str(VENV / "bin" / tool), *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def played(site: Path, prices: dict[str, str]) -> dict[str, bool]:
    """Give whether the player shows each price."""
    (site / "player").symlink_to(PLAYER)
    shown = {}
    with served(site) as address, browser() as chromium:
        for name, price in prices.items():
            page = chromium.new_page()
            page.goto(f"{address}/{name}.html")
            claim, seen = f"ReplayWeb.page shows the price of {name}", shows(page, price)
            print(f"{name:12s}", "shows" if seen else "does not show", price, flush=True)
            shown[claim] = seen
            page.close()
    return shown


def shows(page: Page, price: str) -> bool:
    """Tell whether any frame comes to show the text in time."""
    for _ in range(int(PATIENCE * 10)):
        if any(price in text_of(frame) for frame in page.frames):
            return True
        page.wait_for_timeout(100)
    return False


def text_of(frame: Frame) -> str:
    """Give what a frame shows; "" while it goes from one page to the next."""
    try:
        return str(frame.evaluate("document.body ? document.body.innerText : ''"))
    except Error:
        return ""


@contextmanager
def browser() -> Iterator[Browser]:
    """Give a Chromium that finds no host but this machine: what it shows comes out of the archive."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(
            executable_path=executable(), args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        )
        yield chromium
        chromium.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Give the address at which the files of a folder are served, byte ranges too."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Ranges, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Ranges(SimpleHTTPRequestHandler):
    """Answers with a part of a file where one is asked for, as players ask an archive."""

    def do_GET(self) -> None:
        """Answer with the file or the part of it."""
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        file = Path(self.translate_path(self.path))
        if wanted is None or not file.is_file():
            super().do_GET()
            return
        data = file.read_bytes()
        first, last = wanted[1], wanted[2]
        start = int(first) if first else max(0, len(data) - int(last))
        end = min(int(last) + 1 if first and last else len(data), len(data))
        self.send_response(206)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        self.wfile.write(data[start:end])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def sealed(clock: Clock) -> None:
    """Seal a heavy visit: a document, 8 scripts and texts and 24 pictures, 2.6 MB, and as many files beside."""
    visit = visits.a_heavy_visit()
    visits.a_bundle()
    clock.restart()
    visits.a_bundle(visit=visit)
    clock.done("sealed")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
