"""What an officer sees of the vault: which covers there are, and every look at one."""

from dataclasses import dataclass

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
