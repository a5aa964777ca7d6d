"""The claim: a stranger's laptop verifies ten million published listings within a minute, and sees any alteration.

The verifier is the copy in the published folder, run without this environment's libraries. It says OK to the folder
as it was published, and MISMATCH where one drawn id, one id or size of the frame, or a salt is another: all four on
100,000 listings, one size on ten million.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Clock, alone, verdict
from benchmarks.frames import FOLDER, frame
from benchmarks.national_frame import allocation, plan, prepared, written
from sampling import ceremony, framefile, places
from sampling.draw import seed_for
from sampling.facts import strata_facts
from sampling.published import Published
from sampling.published import folder as folder_of
from tests.sampling import draws

MOST_SECONDS = 60.0
Altered = Callable[[bytes], bytes]


def other_drawn(data: bytes) -> bytes:
    """Give a sample whose first id is another."""
    return b"mart:0\n" + data.split(b"\n", 1)[1]


def other_id(data: bytes) -> bytes:
    """Give a frame whose last id has one character more."""
    start = data.rindex(b"\n", 0, -1) + 1
    return data[:start] + data[start:].replace(b"\t", b"0\t", 1)


def other_size(data: bytes) -> bytes:
    """Give a frame whose last size is larger by one."""
    line = data[data.rindex(b"\t") + 1 : -1]
    return data[: -len(line) - 1] + str(int(line) + 1).encode() + b"\n"


def other_salt(data: bytes) -> bytes:
    """Give salts of which one is another."""
    salt = draws.SALT.hex().encode()
    return data.replace(salt, salt[:-1] + (b"0" if salt[-1:] != b"0" else b"1"))


ALTERED: dict[str, tuple[str, Altered]] = {
    "one drawn id": ("sample.txt", other_drawn), "one id of the frame": ("frame.tsv", other_id),
    "one size of the frame": ("frame.tsv", other_size), "one salt": ("salts.json", other_salt),
}  # fmt: skip


def main() -> int:
    """Print what the verifier said and took, and give 1 when it was slow or wrong."""
    seen: dict[str, bool] = {}
    with TemporaryDirectory(dir=FOLDER) as place:
        for name, altered in (("100k", tuple(ALTERED)), ("10m", ("one size of the frame",))):
            folder = Path(place) / name
            folder.mkdir()
            alone(publish, frame(name), folder)
            said, seconds = verified(name, "as published", folder)
            seen |= {f"OK to {name}": said == "OK", f"{seconds:.0f} CPU s of {MOST_SECONDS:.0f} for {name}":
                     seconds <= MOST_SECONDS}  # fmt: skip
            for what in altered:
                with TemporaryDirectory(dir=place) as copy:
                    alone(alter, folder, Path(copy), what)
                    said, _ = verified(name, what + " altered", Path(copy))
                seen[f"MISMATCH for {what} of {name}"] = said.startswith("MISMATCH")
    return verdict(seen)


def publish(clock: Clock, path: Path, folder: Path) -> None:
    """Leave the published folder of 20,000 listings drawn from a frame."""
    framed = prepared(clock, path)
    with (folder / "frame.tsv").open("wb") as file:
        sealed = framefile.seal(written(framefile.lines(framed), file.write))
    given = allocation(strata_facts(framed))
    made = replace(plan(sealed, given), parties=tuple(draws.SALTS), sources=(draws.quicknet(),))
    root = ceremony.root_of(made, draws.SALTS, draws.pulse().value)
    placed = places.place(framed, made, seed_for("listing", root))
    log = draws.log(made, places.sample_file(placed))
    shown = Published(made, draws.commitments(made), draws.SALTS, draws.pulse(), placed, log)
    for name, data in folder_of(shown, b"").items():
        if name != "frame.tsv":
            (folder / name).write_bytes(data)
    clock.done("published")


def alter(clock: Clock, folder: Path, copy: Path, what: str) -> None:
    """Leave in a copy the same files, one of them altered."""
    name, altered = ALTERED[what]
    for file in folder.iterdir():
        if file.name != name:
            (copy / file.name).symlink_to(file)
    (copy / name).write_bytes(altered((folder / name).read_bytes()))
    clock.done("altered")


def verified(name: str, what: str, folder: Path) -> tuple[str, float]:
    """Give the verifier's last line and its CPU seconds, and print both."""
    words = [sys.executable, "-I", "-S", str(folder / "verify_draw.py"), str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        said = run.stdout.read().splitlines()[-1]
        _, status, used = os.wait4(run.pid, 0)
        run.returncode = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime
    print(f"{name:5s} {what:32s} {seconds:6.1f} CPU s {used.ru_maxrss >> 10:5d} MB  {said}", flush=True)
    return said, seconds


if __name__ == "__main__":
    sys.exit(main())
