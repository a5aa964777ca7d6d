"""The store: opens what keeps the files, as the settings name it."""

from datetime import timedelta

from sampling import rulebook
from storage.bucket import Bucket, client_of
from storage.objects import Folder, Objects
from storage.settings import Settings
from storage.spool import Spooled, waiting_in

RETENTION = "evidence_retention"
LONGEST_MONTH = timedelta(days=31)


def open_objects(settings: Settings) -> Objects:
    """Give the store that the settings name: a bucket with its spool when one is configured, else a folder."""
    place = settings.bucket
    if place is None:
        return Folder(settings.objects)
    span = retention(settings.rulebook) if place.lock else None
    return Spooled(Bucket(client_of(place), place.bucket, locked_for=span), settings.spool)


def spooled(settings: Settings) -> int:
    """Give how many files of this machine wait for the store."""
    return sum(1 for _ in waiting_in(settings.spool))


def retention(code: str) -> timedelta:
    """Give for how long the rulebook has evidence kept; months count as the longest there are."""
    return LONGEST_MONTH * rulebook.load(code).rule(RETENTION).number
