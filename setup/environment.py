"""Makes `.venv` with exactly the locked packages; needs nothing but Python's standard library."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"

# The folder may be moved and may lie deep, so the command finds its Python beside itself; `-P` keeps the
# caller's folder out of the search path.
LAUNCHER = '#!/bin/sh\nexec "$(dirname "$(readlink -f "$0")")/python" -P -m shopper "$@"\n'


def main() -> None:
    """Leave an environment that matches the lock, with the command `shopper` in it."""
    if sys.version_info < (3, 11):
        _fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make setup PYTHON=python3.12.")
    if PYTHON.exists() and not _works(PYTHON):
        shutil.rmtree(VENV)  # the folder came from elsewhere, or its Python was upgraded away
    uv = _uv()
    if not PYTHON.exists():
        _run(
            [uv, "venv", "--quiet", "--python", sys.executable, str(VENV)],
            "uv could not make .venv: is the folder writable?",
        )
    print("Getting the locked packages …", flush=True)
    sync = [uv, "pip", "sync", "--quiet", "--python", str(PYTHON), "--require-hashes", str(LOCK)]
    _run(sync, "The packages could not be installed: check the network, then run make setup again.")
    _install_ourselves()


def _uv() -> str:
    """Give a uv: the machine's, or the one of the lock, installed by pip into `.venv`."""
    ours = VENV / "bin" / "uv"
    found = shutil.which("uv") or (str(ours) if ours.exists() else None)
    if found:
        return found
    print("Getting uv …", flush=True)
    if not PYTHON.exists():
        _make_venv()
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as wanted:
        wanted.write(_locked("uv"))
        wanted.flush()
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", wanted.name]
        _run(pip, "pip could not install uv: check the network, then run make setup again.")
    return str(ours)


def _make_venv() -> None:
    """Make `.venv` with pip; Debian keeps what this needs in a package of its own."""
    venv = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(venv, capture_output=True, check=False).returncode == 0:
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if _has_pip():
        _run([*venv, "--without-pip"], "python3 -m venv failed: is the folder writable?")
        site = VENV / "lib" / f"python{version}" / "site-packages"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(site), "pip"]
        _run(pip, "pip could not be copied into .venv: check the network, then run make setup again.")
    elif os.geteuid() == 0 and shutil.which("apt-get"):
        print("Getting python3-venv …", flush=True)
        subprocess.run(["apt-get", "update", "-q"], capture_output=True, check=False)
        apt = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "python3-venv"]
        subprocess.run(apt, capture_output=True, check=False)
        _run(venv, f"python3-venv is missing: apt-get install python3-venv (or python{version}-venv).")
    else:
        _fail("python3-venv is missing: apt-get install python3-venv, or install uv.")


def _has_pip() -> bool:
    return subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _locked(name: str) -> str:
    """Give the lines of the lock that pin one package with its hashes."""
    kept: list[str] = []
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        if kept and not line.startswith(" "):
            break
        if kept or line.startswith(f"{name}=="):
            kept.append(line)
    return "\n".join(line for line in kept if "#" not in line).rstrip("\\ ") + "\n"


def _works(python: Path) -> bool:
    try:
        asked = subprocess.run(
            [str(python), "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return asked.returncode == 0 and Path(asked.stdout.strip()) == VENV


def _install_ourselves() -> None:
    """Put the repository on the environment's path, and the command beside its Python."""
    asked = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())
    (site / "mystery_shopper.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    launcher = VENV / "bin" / "shopper"
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)


def _run(words: Sequence[str], otherwise: str) -> None:
    try:
        code = subprocess.run(words, check=False).returncode
    except OSError as error:
        _fail(f"{words[0]} cannot be run ({error.strerror}). {otherwise}")
    if code != 0:
        _fail(otherwise)


def _fail(sentence: str) -> NoReturn:
    print(f"Set-up stopped: {sentence}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
