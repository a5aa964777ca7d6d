"""The demonstration as a real command, from the first listing to the last score, and once more."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from demo.audit import audit
from storage.settings import load
from tests.epcis import published
from tests.journeys.commands import ROOT, Demo, command

# It drives its own browser, so the other browser tests wait for it.
pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(590)]

MOST_SECONDS = 300
"""Beside another test process on the same two cores; the 180 s of a machine of its own are in `fresh_clone.py`."""
FACTS = {
    "whole way": "samples that went the whole way",
    "failed": "of these failed / passed",
    "objections": "objections",
    "liars": "platforms caught lying",
    "whole": "histories whole",
    "seconds": "set-up of the world / the job",
}


def test_the_whole_job_runs_and_a_second_run_adds_nothing(demo: Demo, tmp_path: Path) -> None:
    code, said = demo.run("--once")
    assert code == 0, said
    facts = told(said)
    assert int(facts["whole way"]) >= 12
    assert int(facts["failed"].split("/")[0]) >= 2
    assert (facts["objections"], facts["liars"], facts["whole"]) == ("1", "glow-mall (1)", "yes")
    assert int(facts["seconds"].split("/")[1].strip(" s")) <= MOST_SECONDS
    first = audit(load(demo.environment, ROOT))
    assert [count for count in first if count.wrong or not count.total] == []
    assert len(exported(demo, tmp_path)) >= int(facts["whole way"])
    assert re.fullmatch(r"\d+ verdicts given again: 0 differ\n", asked(demo, "verdict", "replay", "--all"))
    kept = json.loads(asked(demo, "retention", "list", "--json"))["units"]
    assert len(kept) >= int(facts["whole way"])
    assert [one for one in kept if not (one["release_at"] and one["rule"])] == []

    code, said = demo.run("--once")
    assert code == 0, said
    assert audit(load(demo.environment, ROOT)) == first
    assert demo.processes() == []


def asked(demo: Demo, *words: str) -> str:
    """Give what a command says about the demonstration; one that finds something wrong fails."""
    done = subprocess.run(
        command(*words), cwd=ROOT, env=demo.environment, check=True, timeout=120, text=True, stdout=subprocess.PIPE
    )
    return done.stdout


def exported(demo: Demo, folder: Path) -> list[Path]:
    """Give the EPCIS document of every sample, each valid by the published schema."""
    asked(demo, "custody", "export", "--all", "--out", str(folder))
    made = sorted(folder.glob("*.jsonld"))
    for path in made:
        published().validate(json.loads(path.read_text()))
    return made


def told(said: str) -> dict[str, str]:
    """Give the figures of the last table."""
    lines = dict(re.findall(r"│ ([^│]+?) +│ ([^│]+?) +│$", said, re.MULTILINE))
    return {name: lines[line] for name, line in FACTS.items()}
