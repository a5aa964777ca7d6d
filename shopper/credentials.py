"""What this installation publishes for whoever verifies its evidence, from its own secret and settings alone."""

import json
from argparse import Namespace

from flows.keys import evidence_keys, first_statement, ledger_key
from flows.wiring import authorities
from sampling.evidence.credentials import Credentials
from storage.settings import Settings, load, secret_key


def credentials(settings: Settings) -> Credentials:
    """Give the first key statement and the certificates of the authorities; the ledger's name stands in the ledger."""
    root = secret_key(settings)
    chains = {code: (one.chain,) for code, one in authorities(settings).items()}
    return Credentials((first_statement(evidence_keys(root), ledger_key(root)),), chains)


def keys(chosen: Namespace) -> int:
    """Print them as JSON."""
    print(json.dumps(credentials(load()).record(), ensure_ascii=False, indent=1))
    return 0
