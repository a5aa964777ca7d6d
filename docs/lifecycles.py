"""The lifecycles as pages: a diagram of each table, and its states and events in both languages."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from dashboards.language import label, word
from labs.consignment import CONSIGNMENT, LINE
from labs.objection import OBJECTION
from labs.report import UPLOAD
from labs.verdict import VERDICT
from labs.withdrawal import WITHDRAWAL
from platforms.delivery import DELIVERY
from platforms.notice import NOTICE
from reputation.publication import PUBLICATION
from sampling.budget import RESERVATION
from sampling.campaign import CAMPAIGN
from sampling.ceremony import DRAW
from sampling.consent import CONSENT
from sampling.custody import UNIT
from sampling.disposal import DISPOSAL
from sampling.evidence.capture import CAPTURE
from sampling.lifecycle import Lifecycle
from sampling.purchase import PURCHASE
from sampling.sample import SAMPLE
from sampling.seal import SEAL
from sampling.task import TASK
from sampling.transfer import TRANSFER

LIFECYCLES: tuple[tuple[Lifecycle[Any, Any], str], ...] = (
    (CAMPAIGN, "sampling/campaign.py"),
    (DRAW, "sampling/ceremony.py"),
    (TASK, "sampling/task.py"),
    (SAMPLE, "sampling/sample.py"),
    (CAPTURE, "sampling/evidence/capture.py"),
    (PURCHASE, "sampling/purchase.py"),
    (CONSENT, "sampling/consent.py"),
    (RESERVATION, "sampling/budget.py"),
    (TRANSFER, "sampling/transfer.py"),
    (UNIT, "sampling/custody.py"),
    (SEAL, "sampling/seal.py"),
    (DISPOSAL, "sampling/disposal.py"),
    (CONSIGNMENT, "labs/consignment.py"),
    (LINE, "labs/consignment.py"),
    (UPLOAD, "labs/report.py"),
    (VERDICT, "labs/verdict.py"),
    (OBJECTION, "labs/objection.py"),
    (WITHDRAWAL, "labs/withdrawal.py"),
    (NOTICE, "platforms/notice.py"),
    (DELIVERY, "platforms/delivery.py"),
    (PUBLICATION, "reputation/publication.py"),
)
"""Every lifecycle and the module it stands in, in the order of the path."""


def page() -> str:
    """Give all lifecycles as one Markdown page."""
    head = [
        "# Lifecycles",
        "",
        "Drawn from the tables in the code by `make docs`. What a table does not list is refused. The words are those",
        "the pages show.",
    ]
    return "\n".join([*head, *(_section(lifecycle, module) for lifecycle, module in LIFECYCLES)]) + "\n"


def _section(lifecycle: Lifecycle[Any, Any], module: str) -> str:
    states = dict.fromkeys([lifecycle.initial, *(state for state, _ in lifecycle.moves), *lifecycle.moves.values()])
    events = dict.fromkeys(event for _, event in lifecycle.moves)
    return "\n".join(
        [
            "",
            f"## {lifecycle.noun.capitalize()} · {word('zh', 'Noun', lifecycle.noun)}",
            "",
            f"`{module}`",
            "",
            "```mermaid",
            lifecycle.diagram().rstrip(),
            "```",
            "",
            *_table("State", states, lifecycle.final),
            "",
            *_table("Event", events, frozenset()),
        ]
    )


def _table(head: str, members: Iterable[StrEnum], final: frozenset[StrEnum]) -> list[str]:
    rows = [
        f"| `{member}`{' (final)' if member in final else ''} | {label('zh', member)} | {label('en', member)} |"
        for member in members
    ]
    return [f"| {head} | 中文 | English |", "|---|---|---|", *rows]
