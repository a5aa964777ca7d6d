"""The unit of work by its name, for callers that must not know the library behind it."""

from typing import TypeAlias

from sqlalchemy.orm import Session

Unit: TypeAlias = Session
