"""Enrolment: laboratories with their scope, endpoints and tokens of platforms and laboratories."""

from argparse import Namespace

from dashboards.password import new_token, token_sha256
from labs.findings import explain
from labs.scope_file import read_scope
from sampling.text import Text
from shopper.accreditation import BY, file_data
from shopper.administer import opened
from shopper.errors import CommandError
from storage import accounts, clock, deliveries, laboratories
from storage.laboratories import Laboratory
from storage.settings import load
from storage.store import open_objects


def keep_laboratory(chosen: Namespace) -> int:
    """Keep a laboratory and the lines of its scope file; the same again changes nothing."""
    data = file_data(chosen.scope)
    read = read_scope(data, lab=chosen.code)
    if read.findings:
        told = "; ".join(explain(finding).en for finding in read.findings)
        raise CommandError(f"{chosen.scope} cannot be read as a scope: {told}")
    kept, settings = Laboratory(chosen.code, Text(chosen.zh, chosen.en), chosen.capacity), load()
    with opened(settings) as database, database.unit() as unit:
        laboratories.keep(unit, kept)
        done = laboratories.import_scope(
            unit, open_objects(settings), chosen.scope.name, data, read.entries, by=BY, at=clock.now(unit)
        )
    print(f"{chosen.code} may be sent samples: {done.lines} lines of scope, {chosen.capacity} samples a campaign.")
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
