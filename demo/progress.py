"""What a person at the terminal sees: a bar a step while the job runs, and a table of what happened."""

import sys
from collections import Counter
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from demo.installation import LOGIN, LOGINS
from demo.state import ENDED, Standing
from flows.wiring import World
from labs.objection import ObjectionState
from labs.report import UploadState
from labs.verdict import Outcome
from sampling.sample import SampleState
from storage import campaigns, events, notices, objections, publications, samples, scores, uploads, verdicts
from storage.settings import Settings

FILE_WIDTH = 120
_S = SampleState
LOST = ENDED - {_S.CLOSED}
STEPS: tuple[tuple[str, frozenset[SampleState]], ...] = (
    ("captured", frozenset({_S.TARGETED})),
    ("bought", frozenset({_S.CAPTURED})),
    ("delivered", frozenset({_S.ORDERED, _S.SHIPPED})),
    ("sealed", frozenset({_S.RECEIVED, _S.UNBOXED})),
    ("at the laboratory", frozenset({_S.SEALED, _S.NOTICE_SENT, _S.LAB_REFUSED})),
    ("judged", frozenset({_S.AT_LAB, _S.TESTING})),
    ("notified", frozenset({_S.VERDICT})),
    ("final", frozenset({_S.NOTIFIED, _S.OBJECTED, _S.UNDER_REVIEW, _S.REINSPECTION})),
    ("published and closed", frozenset({_S.FINAL, _S.DISPOSAL, _S.FOLLOW_UP})),
)
"""Each step with the states in which a sample has not come to it, beside those of the steps before."""


class Progress:
    """A bar for each step of the path."""

    def __init__(self) -> None:
        self._console = Console()
        self._bars = Bars(
            TextColumn("{task.description:<22}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[now]}"), console=self._console,
        )  # fmt: skip
        self._tasks: list[TaskID] = []

    def __enter__(self) -> Self:
        self._bars.start()
        self._tasks = [self._bars.add_task(name, total=None, now="") for name, _ in STEPS]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def show(self, standing: Standing) -> None:
        """Draw how far the samples have come."""
        alive = sum(count for state, count in standing.counts.items() if state not in LOST)
        behind: frozenset[SampleState] = frozenset()
        for task, (_, waiting) in zip(self._tasks, STEPS, strict=True):
            behind |= waiting
            self._bars.update(task, total=alive, completed=alive - standing.any(*behind), now="")

    def doing(self, name: str) -> None:
        """Name what is being done, beside the first bar that is not full."""
        for task in self._bars.tasks:
            current = task.total is None or task.completed < task.total
            self._bars.update(task.id, now=name if current else "")
            if current:
                return


def show_summary(product: World, setup: float, job: float) -> None:
    """Print what happened: each sample's way, and the counts that matter."""
    console = Console(width=None if sys.stdout.isatty() else FILE_WIDTH)
    with product.database.unit() as unit:
        found = [sample for one in campaigns.listed(unit) for sample in samples.of_campaign(unit, one.id)]
        table = Table(title="What happened to each sample")
        for head in ("sample", "platform", "listing", "state", "outcome", "published as"):
            table.add_column(head, overflow="fold")
        outcomes: Counter[str] = Counter()
        for sample in found:
            verdict, shown = verdicts.effective(unit, sample.id), publications.of_sample(unit, sample.id)
            outcome = verdict.outcome.value if verdict else sample.reason or ""
            outcomes[outcome if verdict else "no sample"] += 1
            table.add_row(
                sample.code,
                sample.platform,
                sample.title[:42],
                sample.state.value,
                outcome,
                shown.number if shown else "",
            )
        console.print(table)
        refused = len(uploads.in_state(unit, UploadState.REJECTED, UploadState.HELD))
        signed = sum(bool(one.signatures) for one in uploads.in_state(unit, UploadState.COMMITTED))
        closed = sum(sample.state is _S.CLOSED for sample in found)
        objected = sum(len(objections.in_state(unit, state)) for state in ObjectionState)
        liars = notices.caught_lying(unit)
        whole = all(not events.breaks(events.history(unit, sample.id)) for sample in found)
        scored = sum(len(scores.listed(unit, kind)) for kind in ("seller", "brand", "platform"))
    facts = Table(title="The job in numbers", show_header=False)
    for name, value in (
        ("samples that went the whole way", closed),
        ("of these failed / passed", f"{outcomes[Outcome.FAIL.value]} / {outcomes[Outcome.PASS.value]}"),
        ("listings that could not be obtained", outcomes["no sample"]),
        ("laboratory files refused", refused),
        ("signed reports checked and taken over", signed),
        ("objections", objected),
        ("platforms caught lying", ", ".join(f"{code} ({count})" for code, count in liars.items()) or "none"),
        ("scores computed", scored),
        ("histories whole", "yes" if whole else "NO"),
        ("set-up of the world / the job", f"{setup:.0f} s / {job:.0f} s"),
    ):
        facts.add_row(name, str(value))
    console.print(facts)


def show_logins(chosen: Settings) -> None:
    """Print where the pages are and who can log in."""
    table = Table(title=f"The pages: {chosen.base_url}   password of everybody: {LOGIN}")
    for head in ("log in as", "role", "belongs to"):
        table.add_column(head)
    for login in LOGINS:
        table.add_row(login.name, login.role.value, login.lab or login.platform or "")
    Console().print(table)
    print("The public needs no log-in. Ctrl-C stops the pages.", flush=True)
