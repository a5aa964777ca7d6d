"""Every table, a module a stage; importing this package fills the metadata."""

from storage.schema import accounts, custody, draw, event, evidence, lab, notice, plan, public, sample
from storage.schema.base import Base

__all__ = ["Base", "accounts", "custody", "draw", "event", "evidence", "lab", "notice", "plan", "public", "sample"]
