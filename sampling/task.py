"""A task: one shopper's job to obtain one sample, and its lifecycle."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sampling.lifecycle import Lifecycle


class TaskState(StrEnum):
    """Where a task stands; at most one task of a listing is not ended."""

    ASSIGNED = "assigned"
    BOUGHT = "bought"
    DONE = "done"
    RELEASED = "released"


class TaskEvent(StrEnum):
    """What happened to a task."""

    BOUGHT = "bought"
    DONE = "done"
    RELEASED = "released"


TASK: Lifecycle[TaskState, TaskEvent] = Lifecycle(
    noun="task",
    initial=TaskState.ASSIGNED,
    moves={
        (TaskState.ASSIGNED, TaskEvent.BOUGHT): TaskState.BOUGHT,
        (TaskState.ASSIGNED, TaskEvent.RELEASED): TaskState.RELEASED,
        (TaskState.BOUGHT, TaskEvent.DONE): TaskState.DONE,
        (TaskState.BOUGHT, TaskEvent.RELEASED): TaskState.RELEASED,
    },
)


@dataclass(frozen=True, slots=True)
class Task:
    """Who buys what, and by when."""

    id: UUID
    sample_id: UUID
    listing_id: str
    shopper: str
    due_at: datetime
    state: TaskState
    reason: str | None = None
