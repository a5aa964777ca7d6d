"""Covers of shoppers: sealed, rotated to another key, retired and erased; and who looked at them."""

import json
import secrets
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.wiring import derived
from sampling.cover import KNOWN, NEEDED, Cover
from sampling.errors import WrongCover
from shopper.administer import opened
from shopper.errors import CommandError
from storage import clock, keyfile, looks, vault
from storage.database import Database
from storage.settings import load, secret_key
from storage.vault import Vault


def keep(chosen: Namespace) -> int:
    """Seal a shopper's cover at a platform; its fields come as JSON on standard input and are never shown."""
    try:
        cover = {name: str(value) for name, value in json.load(sys.stdin).items()}
    except (ValueError, AttributeError) as error:
        raise CommandError("The cover on standard input must be one JSON object.") from error
    if not NEEDED <= cover.keys() <= KNOWN:
        further = ", ".join(sorted(KNOWN - NEEDED))
        raise CommandError(f"A cover has exactly these fields: {', '.join(sorted(NEEDED))}; and if known {further}.")
    try:
        Cover(**cover)
    except WrongCover as error:
        raise CommandError(f"This is no cover: {error}.") from None
    settings = load()
    with opened(settings) as database, _alone(database), database.unit() as unit:
        Vault(own_key(), *keyfile.keys(settings.home)).put(unit, chosen.shopper, chosen.platform, cover)
    print(f"{chosen.shopper} has a cover at {chosen.platform}.")
    return 0


def rotate(chosen: Namespace) -> int:
    """Seal every cover with a fresh key; one that was broken off goes on where it was."""
    settings = load()
    with opened(settings) as database, _alone(database):
        count = rotated(database, settings.home, own_key())
    print(f"{count} covers are sealed with a fresh key; the key before it is gone from {keyfile.NAME}.")
    return 0


def show_looks(chosen: Namespace) -> int:
    """Print who opened which cover, for which case and what, the newest first."""
    with opened(load()) as database, database.unit() as unit:
        for look in looks.listed(unit, chosen.limit):
            what = f"refused: {look.refused}" if look.refused else look.purpose
            case = look.code or str(look.case_id)
            when, whose = look.at.isoformat(timespec="seconds"), f"{look.shopper}@{look.platform}"
            print(f"{when}  {look.actor}  {whose}  {case}  {what}")
    return 0


def show(chosen: Namespace) -> int:
    """Print which covers there are, in which version and under which key; nothing that is sealed."""
    with opened(load()) as database, database.unit() as unit:
        for one in vault.listed(unit):
            stands = "erased" if one.erased else "retired" if one.retired_at else "in use"
            print(f"{one.shopper}@{one.platform}  version {one.version}  {stands}  key {one.key_id or 'own'}")
    return 0


def retire(chosen: Namespace) -> int:
    """Place no order under a cover any more; it is erased once its orders are settled."""
    with opened(load()) as database, database.unit() as unit:
        vault.retire(unit, chosen.shopper, chosen.platform, at=clock.now(unit))
    print(f"Nothing is ordered at {chosen.platform} under the cover of {chosen.shopper} any more.")
    return 0


def erase(chosen: Namespace) -> int:
    """Empty the retired covers under which no order is open any more."""
    with opened(load()) as database, database.unit() as unit:
        count = vault.erase(unit)
    print(f"{count} covers were erased.")
    return 0


def own_key() -> bytes:
    """Give the installation's own key of the vault."""
    return derived(secret_key(load()), "vault")


def rotated(database: Database, home: Path, own: bytes) -> int:
    """Seal every cover with the newest key, each in a transaction of its own; give how many were sealed now.

    A fresh key is made first, unless an earlier rotation was broken off. The keys before it go when none needs them.
    """
    held = keyfile.keys(home)
    with database.unit() as unit:
        broken_off = bool(held) and bool(Vault(own, *held).stale(unit))
    if not broken_off:
        held = (*held, secrets.token_bytes(keyfile.KEY))
        keyfile.replace(home, held)
    sealing = Vault(own, *held)
    with database.unit() as unit:
        waiting = sealing.stale(unit)
    count = 0
    for id_ in waiting:
        with database.unit() as unit:
            count += sealing.reseal(unit, id_)
    keyfile.replace(home, held[-1:])
    return count


@contextmanager
def _alone(database: Database) -> Iterator[None]:
    """Let nobody else change keys or covers meanwhile: a cover sealed with a key about to go would never open again."""
    with database.turn("vault", "keys") as mine:
        if not mine:
            raise CommandError("Somebody else keeps or rotates covers just now: try again in a moment.")
        yield
