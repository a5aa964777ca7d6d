"""Every table, a module a stage; importing this package fills the metadata."""

from storage.schema import (
    accounts,
    cover,
    custody,
    document,
    draw,
    event,
    evidence,
    judgement,
    lab,
    money,
    notice,
    plan,
    public,
    retention,
    sample,
    shopping,
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
    "judgement",
    "lab",
    "money",
    "notice",
    "plan",
    "public",
    "retention",
    "sample",
    "shopping",
    "upload",
]
