"""The small commands: tables, clock, people."""

import getpass
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from dashboards.password import hash_password
from shopper.errors import CommandError
from storage import accounts, clock
from storage import database as db
from storage.embedded import databases
from storage.revision import at_head
from storage.role import UserRole
from storage.settings import Settings, load

SHORTEST_PASSWORD = 12


def migrate(chosen: Namespace) -> int:
    """Bring the tables up to date."""
    with databases(load()) as places:
        db.migrate(places.shopper)
    print("The tables are up to date.")
    return 0


def show_clock(chosen: Namespace) -> int:
    """Print the product's time, and how far it is ahead of the real one."""
    with opened(load()) as database, database.unit() as unit:
        print(f"{clock.now(unit).isoformat(timespec='seconds')} ({clock.ahead(unit).days} days ahead)")
    return 0


def advance_clock(chosen: Namespace) -> int:
    """Move a movable clock forward by whole days."""
    settings = load()
    if settings.clock != "movable":
        raise CommandError("SHOPPER_CLOCK is real, so the clock cannot be moved: only a demonstration's can.")
    with opened(settings) as database, database.unit() as unit:
        clock.advance(unit, timedelta(days=chosen.days), movable=True)
        print(clock.now(unit).isoformat(timespec="seconds"))
    return 0


def add_user(chosen: Namespace) -> int:
    """Add a person, or change the one of that name; the password never stands on the command line."""
    if chosen.role not in set(UserRole):
        raise CommandError(f"There is no role {chosen.role!r}; the roles are {', '.join(UserRole)}.")
    role = UserRole(chosen.role)
    if role in (UserRole.LAB, UserRole.PLATFORM) and not chosen.party:
        raise CommandError(f"A {role} user belongs to one: give its code with --party.")
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if len(password) < SHORTEST_PASSWORD:
        raise CommandError(f"The password is too short: {SHORTEST_PASSWORD} characters are the least.")
    lab = chosen.party if role is UserRole.LAB else None
    platform = chosen.party if role is UserRole.PLATFORM else None
    user = accounts.new_user(chosen.name, chosen.name, role, lab=lab, platform=platform)
    with opened(load()) as database, database.unit() as unit:
        accounts.add_user(unit, replace(user, password=hash_password(password)))
    print(f"{chosen.name} can log in as {role}.")
    return 0


@contextmanager
def opened(settings: Settings) -> Iterator[db.Database]:
    """Give the database while the block runs; tables that are not up to date raise CommandError."""
    with databases(settings) as places:
        if not at_head(places.shopper):
            raise CommandError("The tables are not up to date: run shopper migrate.")
        database = db.Database(places.shopper)
        try:
            yield database
        finally:
            database.close()
