"""Enrolment: laboratories with their scope, endpoints and tokens of platforms and laboratories."""

import csv
from argparse import Namespace
from datetime import date
from pathlib import Path

from dashboards.password import new_token, token_sha256
from labs.accreditation import ScopeEntry
from sampling.text import Text
from shopper.administer import opened
from shopper.errors import CommandError
from storage import accounts, clock, deliveries, laboratories
from storage.laboratories import Laboratory
from storage.settings import load

SCOPE = ("scheme", "item", "method", "valid_from", "valid_to", "source")


def keep_laboratory(chosen: Namespace) -> int:
    """Keep a laboratory and the lines of its scope file; the same again changes nothing."""
    scope = _scope(chosen.code, chosen.scope)
    kept = Laboratory(chosen.code, Text(chosen.zh, chosen.en), chosen.capacity)
    with opened(load()) as database, database.unit() as unit:
        laboratories.keep(unit, kept, scope)
    print(f"{chosen.code} may be sent samples: {len(scope)} lines of scope, {chosen.capacity} samples a campaign.")
    return 0


def keep_endpoint(chosen: Namespace) -> int:
    """Keep where a platform takes signed notices."""
    if not chosen.url.startswith(("https://", "http://")):
        raise CommandError(f"{chosen.url} is no address: give one that begins with https://.")
    with opened(load()) as database, database.unit() as unit:
        deliveries.set_endpoint(unit, f"platform:{chosen.platform}", "webhook", chosen.url)
    print(f"Notices to {chosen.platform} are posted to {chosen.url}.")
    return 0


def add_token(chosen: Namespace) -> int:
    """Make a bearer token for the API and print it, once."""
    token = new_token()
    with opened(load()) as database, database.unit() as unit:
        user = accounts.find_user(unit, chosen.name)
        if user is None:
            raise CommandError(f"There is nobody called {chosen.name}: add the user first.")
        accounts.add_token(unit, token_sha256(token), user_id=user.id, label=chosen.label, now=clock.real(unit))
    print(token)
    return 0


def _scope(lab: str, path: Path) -> list[ScopeEntry]:
    """Read the scope: a CSV file with a line an item; an empty `valid_to` has no end."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return [_entry(lab, row) for row in rows]
    except (OSError, UnicodeDecodeError, KeyError, ValueError) as error:
        raise CommandError(f"{path} cannot be read as a scope ({', '.join(SCOPE)}): {error}.") from error


def _entry(lab: str, row: dict[str, str]) -> ScopeEntry:
    until = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
    begin = date.fromisoformat(row["valid_from"])
    return ScopeEntry(lab, row["scheme"], row["item"], row["method"] or "*", begin, until, row["source"])
