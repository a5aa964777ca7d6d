"""Every table, a module a stage; importing this package fills the metadata."""

from storage.schema import (
    accounts,
    cover,
    custody,
    document,
    draw,
    event,
    evidence,
    lab,
    money,
    notice,
    plan,
    public,
    sample,
    upload,
)
from storage.schema.base import Base

__all__ = [
    "Base",
    "accounts",
    "cover",
    "custody",
    "document",
    "draw",
    "event",
    "evidence",
    "lab",
    "money",
    "notice",
    "plan",
    "public",
    "sample",
    "upload",
]
