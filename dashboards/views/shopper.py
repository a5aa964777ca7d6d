"""What a shopper sees: own tasks, and of each what to buy, how far it is and what was said."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from dashboards.views.comparison import changes
from dashboards.views.printing import OF_SHOPPERS, Papers, load_papers
from sampling.consent import Consent
from sampling.evidence.comparison import Comparison
from sampling.media import Medium
from sampling.message import Message
from sampling.money import Money
from sampling.purchase import Purchase
from sampling.sample import Sample, SampleEvent, SampleState
from sampling.task import Task
from sampling.transfer import awaited
from storage import accounts, campaigns, consents, messages, purchases, resumable, samples
from storage.acts.shopping import is_doubled, may_lack_backup, third_unit, unfit
from storage.objects import Objects
from storage.unit import Unit
from storage.vault import Vault

UNDER_WAY = (SampleState.ORDERED, SampleState.SHIPPED)
CONDITIONS = frozenset({"intact", "dented", "opened", "wet"})


@dataclass(frozen=True, slots=True)
class TaskPage:
    """One task: what to buy, what is ordered, and which form comes next."""

    task: Task
    sample: Sample
    quantity: int
    purchase: Purchase | None
    paid: Money | None
    changes: Comparison | None
    """What the page said otherwise before the payment than at the draw; None while it was not looked at twice."""
    takes_film: bool
    """Whether a film of the unpacking may be sent as the sample stands."""
    films: int
    """How many were sent."""
    talk: tuple[tuple[Message, str], ...]
    """What the shopper wrote down so far, with each text opened: it names nobody else's cover."""
    may_call_off: bool
    """Whether there is an order that may still come to nothing."""
    asked: Consent | None
    """The open question whether the changed offer is bought."""
    third_unit: bool
    """Whether the rulebook asks for a third unit beside the test and the backup."""
    doubled: bool
    """Whether a unit for a blind duplicate may be sealed as well."""
    may_lack_backup: bool
    """Whether the rulebook allows to seal one unit alone."""
    unfit: str | None
    """Why what was unpacked cannot be sealed as a sample."""
    colleagues: Mapping[str, str]
    """Who may be the witness: log-in names with the shown ones."""
    papers: Papers


@dataclass(frozen=True, slots=True)
class TaskList:
    """A shopper's tasks: those with something to do first."""

    to_do: tuple[tuple[Task, Sample], ...]
    waiting: tuple[tuple[Task, Sample], ...]
    done: tuple[tuple[Task, Sample], ...]


def load_tasks(unit: Unit, shopper: str) -> TaskList:
    """Give the tasks of one shopper by what they ask for."""
    found = samples.tasks_of(unit, shopper)
    hands = (SampleState.SHIPPED, SampleState.RECEIVED, SampleState.UNBOXED)
    waiting = (SampleState.TARGETED, SampleState.CAPTURED, SampleState.ORDERED)
    return TaskList(
        to_do=tuple(pair for pair in found if pair[1].state in hands),
        waiting=tuple(pair for pair in found if pair[1].state in waiting),
        done=tuple(pair for pair in found if pair[1].state not in hands + waiting),
    )


def load_task(unit: Unit, objects: Objects, vault: Vault, shopper: str, task_id: UUID) -> TaskPage | None:
    """Give one task, or None when it is another shopper's."""
    found = own_task(unit, shopper, task_id)
    if found is None:
        return None
    task, sample = found
    order = purchases.live(unit, sample.id)
    quantity = campaigns.get(unit, sample.campaign_id).units_each
    seen = changes(unit, objects, sample.id)
    return TaskPage(
        task, sample, quantity, order, order.paid if order else None, seen,
        takes_film=awaited(Medium.FILM, SampleEvent.UNBOXED, sample.state), films=len(resumable.films(unit, sample.id)),
        talk=_talk(unit, vault, sample, f"user:{shopper}"),
        may_call_off=sample.state in UNDER_WAY, asked=consents.waiting(unit, sample.id),
        third_unit=third_unit(unit, sample), doubled=is_doubled(unit, sample),
        may_lack_backup=may_lack_backup(unit, sample),
        unfit=unfit(unit, sample) if sample.state is SampleState.UNBOXED else None,
        colleagues=accounts.colleagues(unit, shopper), papers=load_papers(unit, sample, OF_SHOPPERS),
    )  # fmt: skip


def _talk(unit: Unit, vault: Vault, sample: Sample, by: str) -> tuple[tuple[Message, str], ...]:
    mine = (one for one in messages.of_sample(unit, sample.id) if one.written_by == by)
    return tuple((one, messages.unsealed(unit, vault, one.id)) for one in mine)


def own_sample(unit: Unit, shopper: str, task_id: UUID) -> Sample | None:
    """Give the sample of a task, or None when the task is another shopper's."""
    found = own_task(unit, shopper, task_id)
    return found[1] if found else None


def own_task(unit: Unit, shopper: str, task_id: UUID) -> tuple[Task, Sample] | None:
    """Give a task with its sample, or None when it is another shopper's."""
    return next((pair for pair in samples.tasks_of(unit, shopper) if pair[0].id == task_id), None)
