"""The guide in a bundle is followed to the letter: its commands, taken out of VERIFY.md itself, run on real bundles."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sampling.edge.bundle import store
from sampling.evidence import guide
from sampling.evidence.parts import PLACE
from tests.sampling.proofs import ledger_of, place_of, proved
from tests.sampling.visits import a_bundle

VALIDATORS = Path(__file__).parents[2] / "var" / "bench" / "validators" / "bin"
PATH = os.pathsep.join([os.environ.get("PATH", ""), str(VALIDATORS)])
TOOLS = re.compile(r"\b(sha256sum|openssl|unzip|jq|basenc|wacz|warcio)\b")


def blocks(text: str) -> list[str]:
    """The commands as a reader finds them: what is indented, a block each."""
    found = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in found]


COMMANDS = blocks(a_bundle()["VERIFY.md"].decode())


def run(command: str, folder: Path, spare: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": PATH, "TMPDIR": str(spare), "LC_ALL": "C"}
    return subprocess.run(["sh", "-e", "-c", command], cwd=folder, env=environment, capture_output=True, text=True)


def need(command: str) -> None:
    missing = sorted({tool for tool in TOOLS.findall(command) if shutil.which(tool, path=PATH) is None})
    if missing:
        pytest.skip(f"{', '.join(missing)}: not installed")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A bundle with the stamps of two authorities and its place in a ledger."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl: not installed")
    folder = tmp_path_factory.mktemp("guide") / "bundle"
    with proved() as proof:
        store(proof.files, folder)
        yield folder


def test_the_guide_has_the_commands_it_was_made_of() -> None:
    assert [check.commands for check in guide.CHECKS if check.commands] == COMMANDS
    text = guide.text().decode()
    assert all(words in text for check in guide.CHECKS for words in (check.proves.zh, check.proves.en))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.split()[0])
def test_each_block_holds_on_a_real_bundle(command: str, bundle: Path, tmp_path: Path) -> None:
    need(command)
    done = run(command, bundle, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "name", ["manifest.json", "manifest.json.sig", "signer.pem", "capture.wacz", "timestamps/north.tsr"]
)
def test_a_changed_file_is_found_by_some_block(name: str, bundle: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(bundle, copy)
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(bytes(data))
    sums, *others = [command for command in COMMANDS if "wacz validate" not in command]
    need(sums)
    assert run(sums, copy, tmp_path).returncode != 0
    lines = (copy / "SHA256SUMS").read_text().splitlines()
    hidden = subprocess.run(["sha256sum", name], cwd=copy, capture_output=True, text=True, check=True).stdout
    (copy / "SHA256SUMS").write_text(
        "\n".join(hidden.strip() if line.endswith(name) else line for line in lines) + "\n"
    )
    assert run(sums, copy, tmp_path).returncode == 0  # the forger wrote the sums anew
    need("".join(others))
    assert any(run(command, copy, tmp_path).returncode != 0 for command in others)


def test_an_added_file_is_found(bundle: Path, tmp_path: Path) -> None:
    shutil.copytree(bundle, tmp_path / "copy")
    (tmp_path / "copy" / "more.png").write_bytes(b"x")
    need(COMMANDS[0])
    assert run(COMMANDS[0], tmp_path / "copy", tmp_path).returncode != 0


@pytest.mark.parametrize(("size", "index"), [(1, 0), (2, 1), (5, 4), (7, 3)])
def test_the_place_in_a_ledger_is_proved_at_any_size(size: int, index: int, tmp_path: Path) -> None:
    command = next(each for each in COMMANDS if PLACE in each)
    need(command)
    files = a_bundle()
    mine = ledger_of(files)[3]
    others = [each for each in ledger_of(files) if each is not mine][: size - 1]
    place = place_of((*others[:index], mine, *others[index:]), index)
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"])
    (tmp_path / PLACE).write_bytes(place.written())
    done = run(command, tmp_path, tmp_path)
    assert (done.returncode, done.stdout.splitlines()[:2]) == (0, ["ledger.example/evidence", str(size)]), done.stderr
    (tmp_path / PLACE).write_bytes(replace(place, path=(*place.path, bytes(32))).written())
    assert run(command, tmp_path, tmp_path).returncode != 0
