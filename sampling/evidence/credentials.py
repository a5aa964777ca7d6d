"""Credentials: what the authority publishes for whoever verifies, so that a bundle is measured by more than itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sampling.digest import Digest, canonical
from sampling.errors import WrongKeys
from sampling.evidence.keyring import follow
from sampling.evidence.trust import Trust

SCHEMA = "mystery-shopper/credentials/1"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The chain of key statements, the certificates of the time-stamping authorities, and the ledger's name."""

    statements: tuple[bytes, ...] = ()
    """The signed documents, the first one first."""
    chains: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    """PEM, by the authority's code."""
    origin: str | None = None

    @property
    def anchor(self) -> Digest | None:
        """The number of the key that signed the first statement: the one thing to compare by another way."""
        if not self.statements:
            return None
        try:
            return str(json.loads(self.statements[0])["signatures"][0]["key"])
        except (ValueError, KeyError, IndexError, TypeError) as error:
            raise WrongKeys("the first key statement cannot be read") from error

    def trust(self) -> Trust:
        """Give what follows from them for a reader who believes the anchor; a broken chain raises WrongKeys."""
        anchor = self.anchor
        keys = follow(self.statements, anchor=anchor).keys if anchor else ()
        return Trust(keys, self.chains, self.origin)

    def record(self) -> dict[str, Any]:
        """Give them as JSON."""
        return {
            "schema": SCHEMA,
            "anchor": self.anchor,
            "statements": [json.loads(document) for document in self.statements],
            "authorities": {code: [chain.decode() for chain in chains] for code, chains in self.chains.items()},
            "ledger": self.origin,
        }


def read(data: bytes) -> Credentials:
    """Give the credentials that a JSON document holds, or raise WrongKeys."""
    try:
        record = json.loads(data)
        if record["schema"] != SCHEMA or not isinstance(record["ledger"], str | None):
            raise WrongKeys(f"this is no {SCHEMA}")
        return Credentials(
            statements=tuple(canonical(statement) for statement in record["statements"]),
            chains={
                str(code): tuple(chain.encode() for chain in chains) for code, chains in record["authorities"].items()
            },
            origin=record["ledger"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise WrongKeys("the credentials cannot be read") from error
