"""The claim: half an hour of fuzzing finds no file that ends the reader, holds it up or is read with another value.

Each parser is fuzzed in a child of its own with a limit of time and memory: by bytes that the coverage of our code
guides (Atheris, the extra `fuzz`), and by whole files that Hypothesis makes. What a target must hold is told in
`tests.labs.targets`. It starts from the corpus in tests/examples/fuzz; what breaks a target is put into var/fuzz, and
belongs into the corpus with what mends it.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import copy
from time import monotonic

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "examples" / "fuzz"
BROKEN = ROOT / "var" / "fuzz"
SHARES = {
    "columns": 2, "csv": 3, "days": 1, "json": 2, "mapping": 3, "numerals": 2, "xlsx": 5, "xml": 2, "made": 4,
}  # fmt: skip
"""The parts of the whole time; `made` are the files of Hypothesis."""
MOST_SECONDS_A_FILE, MOST_MB = 30, 2048
ROUND = 200
INPUTS_A_CHILD = 100_000
"""After so many a fresh child goes on: Atheris keeps some 5 kB of each input, which the same inputs alone do not."""


def main(words: list[str]) -> int:
    """Print what each target ran and found, and give 1 when anything was found."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=30.0)
    asked.add_argument("--only", choices=SHARES, nargs="*", default=list(SHARES))
    asked.add_argument("--keep", type=Path, help="a folder for all inputs that reach something")
    given = asked.parse_args(words)
    total = sum(SHARES[name] for name in given.only)
    found = runs = 0
    for name in given.only:
        seconds = given.minutes * 60 * SHARES[name] / total
        with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
            many, broken = fuzz(name, seconds, given.keep / name if given.keep else Path(scratch), Path(scratch))
        runs, found = runs + many, found + broken
        print(f"  {name:10s} {seconds:6.0f} s {many:12,d} inputs  {broken} broken", flush=True)
    print(f"{runs:,} inputs in {given.minutes:g} minutes; {'MISSED' if found else 'held'}: {found} broken")
    return 1 if found else 0


def fuzz(name: str, seconds: float, reached: Path, scratch: Path) -> tuple[int, int]:
    """Fuzz one target for so long, and give how many inputs it saw and how many broke it."""
    reached.mkdir(parents=True, exist_ok=True)
    runs = broken = 0
    end = monotonic() + seconds
    while (left := end - monotonic()) > 1:
        words = [
            sys.executable,
            "-m",
            "benchmarks.fuzzing",
            "--child",
            name,
            f"{left:.0f}",
            str(reached),
            f"{scratch}/",
        ]
        log = scratch / "log"
        with log.open("wb") as sink:
            try:
                code = subprocess.run(
                    words, cwd=ROOT, stderr=sink, stdout=sink, timeout=left + 90, check=False
                ).returncode
            except subprocess.TimeoutExpired:
                code = -1
        text = log.read_text("utf-8", "replace")
        runs += max(map(int, re.findall(r"(?:number_of_executed_units: |^#)([0-9]+)", text, re.MULTILINE)), default=0)
        if code == 0:
            continue
        broken += 1
        print(text[text.rfind("=== Uncaught") :][:1500] if "=== Uncaught" in text else text[-1500:], flush=True)
        keep(name, scratch)
    return runs, broken


def keep(name: str, scratch: Path) -> None:
    """Put what broke a target where it can be looked at."""
    for one in [*scratch.glob("crash-*"), *scratch.glob("timeout-*"), *scratch.glob("oom-*")]:
        (BROKEN / name).mkdir(parents=True, exist_ok=True)
        copy(one, BROKEN / name / one.name)
        one.unlink()


def guided(name: str, seconds: int, reached: str, artifacts: str) -> None:
    """Fuzz a target by coverage until the time is over; the process ends here."""
    import atheris

    with atheris.instrument_imports(include=["labs"]):
        from tests.labs.targets import TARGETS
    flags = [
        f"-max_total_time={seconds}", f"-runs={INPUTS_A_CHILD}", f"-timeout={MOST_SECONDS_A_FILE}",
        f"-rss_limit_mb={MOST_MB}", f"-artifact_prefix={artifacts}", "-print_final_stats=1", "-max_len=8192",
        "-len_control=20",
    ]  # fmt: skip
    atheris.Setup([name, *flags, reached, str(CORPUS / name)], TARGETS[name])
    atheris.Fuzz()


def made(seconds: int) -> None:
    """Read files that Hypothesis makes until the time is over; each round has its own seed."""
    from hypothesis import HealthCheck, given, seed, settings

    from tests.labs.made import MADE, read_made_file

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MB << 20, MOST_MB << 20))
    end, rounds = monotonic() + seconds, 0
    settled = settings(max_examples=ROUND, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    while monotonic() < end:
        number = int.from_bytes(os.urandom(4), "big")
        seed(number)(settled(given(*MADE)(read_made_file)))()
        rounds += 1
        print(f"#{rounds * ROUND}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        target, span, folder, place = sys.argv[2:6]
        made(int(span)) if target == "made" else guided(target, int(span), folder, place)
    else:
        sys.exit(main(sys.argv[1:]))
