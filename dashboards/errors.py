"""What can be wrong with a request, and the one translation of every error into an HTTP status."""

from dataclasses import dataclass

from labs.errors import LabError
from platforms.errors import PlatformError
from reputation.errors import NotReady, ReputationError
from sampling.errors import IllegalMove, SamplingError
from storage.errors import Away, Conflict, Full, NotAllowed, NotFound, StorageError


class DashboardError(Exception):
    """The base of every error this package raises."""


class WrongRole(DashboardError):
    """A page belongs to another role."""


class NotYours(DashboardError):
    """A row belongs to somebody else."""


class Unknown(DashboardError):
    """There is no such page or row."""


class BadRequest(DashboardError):
    """A request cannot be read."""


class ForgedForm(DashboardError):
    """A form did not come from one of our own pages, or its page is too old."""


class TooLarge(DashboardError):
    """A request carries more bytes than we take."""


class NeedsLogIn(DashboardError):
    """A page asks who is there, and nobody has said."""


class KeyReused(DashboardError):
    """An idempotency key came again with another body."""


class StillAnswering(DashboardError):
    """The first request with this idempotency key is not answered yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the visitor is told: the status, a code with words in both languages, and a detail."""

    status: int
    code: str
    detail: str = ""


# The first class that fits counts, so the special ones stand before their bases.
STATUS: tuple[tuple[type[Exception], int, str], ...] = (
    (IllegalMove, 409, "illegal_move"),
    (Conflict, 409, "conflict"),
    (NotReady, 409, "not_ready"),
    (StillAnswering, 409, "still_answering"),
    (KeyReused, 422, "key_reused"),
    (WrongRole, 403, "wrong_role"),
    (NotYours, 403, "not_yours"),
    (NotAllowed, 403, "not_allowed"),
    (ForgedForm, 403, "forged_form"),
    (NeedsLogIn, 401, "needs_log_in"),
    (NotFound, 404, "not_found"),
    (Unknown, 404, "not_found"),
    (TooLarge, 413, "too_large"),
    (BadRequest, 400, "bad_request"),
    (SamplingError, 400, "bad_request"),
    (LabError, 400, "bad_request"),
    (PlatformError, 400, "bad_request"),
    (ReputationError, 400, "bad_request"),
    (Full, 507, "full"),
    (Away, 503, "away"),
    (StorageError, 400, "bad_request"),
)

ERRORS = (DashboardError, SamplingError, LabError, PlatformError, ReputationError, StorageError)
CODES = (*dict.fromkeys(code for _, _, code in STATUS), "file_refused", "method_not_allowed", "internal")


def translate(error: Exception) -> Problem:
    """Give what the visitor is told of an error; one that nobody expected raises again."""
    for kind, status, code in STATUS:
        if isinstance(error, kind):
            return Problem(status, code, str(error))
    raise error
