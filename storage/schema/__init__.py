"""Every table, a module a stage; importing this package fills the metadata."""

from storage.schema import accounts, custody, event, lab, notice, plan, public, sample
from storage.schema.base import Base

__all__ = ["Base", "accounts", "custody", "event", "lab", "notice", "plan", "public", "sample"]
