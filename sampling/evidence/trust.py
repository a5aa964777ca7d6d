"""Trust: whose keys, time-stamps and ledger a reader believes, fixed before any bundle is opened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sampling.digest import Digest
from sampling.evidence.keyring import Key, Use


@dataclass(frozen=True, slots=True)
class Trust:
    """The reader's own knowledge; nothing in a bundle adds to it."""

    keys: tuple[Key, ...] = ()
    chains: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    """By the authority's code, each certificate chain that counts for it (PEM): an authority renews its own."""
    origin: str | None = None
    """The name of the ledger; None believes any name that a ledger key signed."""
    tolerance: timedelta = timedelta(minutes=5)
    """So much earlier than the end of the capture a time-stamp may be: two clocks are never one."""

    def key(self, use: Use, id_: Digest) -> Key | None:
        """Give the key of that use and number, or None for a stranger's."""
        return next((key for key in self.keys if key.use is use and key.id == id_), None)
