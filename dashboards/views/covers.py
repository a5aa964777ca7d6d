"""What is seen of the vault: an officer's list of covers and looks, and a shopper's own cover of one task."""

from collections.abc import Mapping
from dataclasses import dataclass

from sampling.sample import Sample
from sampling.task import Task
from storage import looks, vault
from storage.looks import Look
from storage.unit import Unit
from storage.vault import Kept


@dataclass(frozen=True, slots=True)
class Covers:
    """The covers without what is sealed, and the looks at them, the newest first."""

    kept: tuple[Kept, ...]
    looks: tuple[Look, ...]


def load_covers(unit: Unit) -> Covers:
    """Give the covers and the newest looks."""
    return Covers(vault.listed(unit), looks.listed(unit))


PLAIN = (
    "account", "first_name", "last_name", "line1", "city", "postcode", "country", "phone", "email", "payment_method",
    "device",
)  # fmt: skip
"""What a shopper has to know of the cover, as it is written; what is paid with is masked, and no password is shown."""
PAYMENT = "payment"
FIELDS = (*PLAIN, PAYMENT)


@dataclass(frozen=True, slots=True)
class OwnCover:
    """The cover that a shopper's own task is done under, field by field; a field that says nothing is left out."""

    task: Task
    sample: Sample
    fields: tuple[tuple[str, str], ...]


def own(task: Task, sample: Sample, cover: Mapping[str, str]) -> OwnCover:
    """Give what a shopper may see of an opened cover: of a card its last digits at most."""
    digits = cover.get("payment_digits", "")
    shown = {name: cover.get(name, "") for name in PLAIN} | {PAYMENT: f"•••• {digits}" if digits else ""}
    return OwnCover(task, sample, tuple((name, text) for name, text in shown.items() if text))
