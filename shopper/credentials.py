"""What this installation publishes for whoever verifies its evidence, and the command that takes new keys into use."""

import json
from argparse import Namespace

from flows.keys import evidence_keys, first_statement, ledger_key, next_statement
from flows.wiring import authorities
from sampling.evidence.credentials import Credentials
from sampling.evidence.keys import key_id
from shopper.administer import opened
from storage import clock, statements
from storage.settings import Settings, load, secret_key


def credentials(settings: Settings) -> Credentials:
    """Give every key statement and the certificates of the authorities; the ledger's name stands in the ledger."""
    chains = {code: (one.chain,) for code, one in authorities(settings).items()}
    return Credentials(statements.copied(settings.home) or (_first(secret_key(settings)),), chains)


def keys(chosen: Namespace) -> int:
    """Print them as JSON, the oldest statement first, with the number of the one in force and its keys."""
    settings = load()
    given = credentials(settings)
    print(
        json.dumps({**given.record(), "in_use": _in_use(settings, len(given.statements))}, ensure_ascii=False, indent=1)
    )
    return 0


def rotate(chosen: Namespace) -> int:
    """Publish a statement that names new keys, signed by the old one, and say which they are."""
    settings = load()
    root = secret_key(settings)
    with opened(settings) as database, database.unit() as unit:
        chain = statements.published(unit)
        if not chain:
            chain = (_first(root),)
            statements.publish(unit, 1, chain[0], at=clock.now(unit))
        # By the clock of the world outside: keys are measured by the visits they seal.
        chain = (*chain, next_statement(root, chain, at=clock.real(unit)))
        statements.publish(unit, len(chain), chain[-1], at=clock.now(unit))
    statements.copy(settings.home, chain)
    print(f"Key statement {len(chain)} is published; the keys before it stay good for what they sealed.")
    print("\n".join(f"{use}: {number}" for use, number in _in_use(settings, len(chain)).items()))
    return 0


def _first(root: bytes) -> bytes:
    return first_statement(evidence_keys(root), ledger_key(root))


def _in_use(settings: Settings, number: int) -> dict[str, int | str]:
    root = secret_key(settings)
    sealing = evidence_keys(root, number)
    return {
        "statement": number,
        "manifest": key_id(sealing.manifest.public_key()),
        "archive": key_id(sealing.archive.public_key()),
        "ledger": key_id(ledger_key(root, number).public_key()),
    }
