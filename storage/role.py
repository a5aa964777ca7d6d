"""The roles a user can have; each sees its own pages and its own rows."""

from enum import StrEnum


class UserRole(StrEnum):
    """What a user may do here."""

    COORDINATOR = "coordinator"
    OFFICER = "officer"
    SHOPPER = "shopper"
    LAB = "lab"
    PLATFORM = "platform"
