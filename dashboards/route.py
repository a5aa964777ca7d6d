"""A route states its path, its handler and who may use it; one without a stated role cannot be written."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from dashboards.ask import Ask
from storage.role import UserRole

Handler = Callable[[Ask], Response]

LARGEST = 25 * 1024 * 1024
"""How many bytes a request may carry, where its route does not say otherwise."""

ANYONE: frozenset[UserRole | None] = frozenset({None, *UserRole})
MEMBERS: frozenset[UserRole | None] = frozenset(UserRole)
STAFF: frozenset[UserRole | None] = frozenset({UserRole.COORDINATOR, UserRole.OFFICER})
OFFICERS: frozenset[UserRole | None] = frozenset({UserRole.OFFICER})
SHOPPERS: frozenset[UserRole | None] = frozenset({UserRole.SHOPPER})
LABS: frozenset[UserRole | None] = frozenset({UserRole.LAB})
PLATFORMS: frozenset[UserRole | None] = frozenset({UserRole.PLATFORM})


@dataclass(frozen=True, slots=True)
class Entry:
    """One path and method with its handler and its roles; `None` among them is a visitor who has not logged in."""

    path: str
    method: str
    handler: Handler
    roles: frozenset[UserRole | None]
    api: bool = False
    """Whether a program calls it: a bearer token instead of a session, problems as JSON."""
    largest: int = LARGEST
    """How many bytes a request may carry."""
    script: bool = False
    """Whether a page's own script calls it: a session and the form token in a header, problems as JSON."""

    @property
    def name(self) -> str:
        """The handler's module and name, such as `lab.uploads`."""
        return f"{self.handler.__module__.rpartition('.')[2]}.{self.handler.__name__}"

    @property
    def idempotent_key(self) -> bool:
        """Whether the caller must send an Idempotency-Key."""
        return self.api and self.method == "POST"


def page(path: str, handler: Handler, roles: frozenset[UserRole | None]) -> Entry:
    """Give a page to look at."""
    return Entry(path, "GET", handler, roles)


def act(path: str, handler: Handler, roles: frozenset[UserRole | None], *, largest: int = LARGEST) -> Entry:
    """Give a form's target."""
    return Entry(path, "POST", handler, roles, largest=largest)


def call(
    method: str, path: str, handler: Handler, roles: frozenset[UserRole | None], *, largest: int = LARGEST
) -> Entry:
    """Give something that a page's own script calls."""
    return Entry(path, method, handler, roles, largest=largest, script=True)


def read(path: str, handler: Handler, roles: frozenset[UserRole | None]) -> Entry:
    """Give something a program reads."""
    return Entry(path, "GET", handler, roles, api=True)


def send(path: str, handler: Handler, roles: frozenset[UserRole | None], *, largest: int = LARGEST) -> Entry:
    """Give something a program sends."""
    return Entry(path, "POST", handler, roles, api=True, largest=largest)
