"""A request with an Idempotency-Key is done once: a repeat gets the stored answer (IETF httpapi draft)."""

from starlette.responses import Response

from dashboards.ask import Ask
from dashboards.errors import BadRequest, KeyReused, StillAnswering
from dashboards.route import Entry
from sampling.digest import sha256
from storage import answered
from storage.answered import Answered

HEADER = "idempotency-key"
LONGEST = 255
FILES = ("file", "report")


def answer(entry: Entry, ask: Ask) -> Response:
    """Give the stored answer of this key, or let the handler answer and store what it says."""
    key = ask.request.headers.get(HEADER, "")
    if not 0 < len(key) <= LONGEST:
        raise BadRequest("the header Idempotency-Key is needed, of at most 255 characters")
    user, route = ask.who.id, f"{entry.method} {ask.request.url.path}"
    if not answered.claim(ask.unit, user, route=route, key=key):
        raise StillAnswering("the first request with this key is not answered yet")
    fingerprint = _fingerprint(ask)
    known = answered.recall(ask.unit, user, route=route, key=key)
    if known is None:
        response = entry.handler(ask)
        stored = Answered(user, route, key, fingerprint, response.status_code, _media(response), bytes(response.body))
        answered.remember(ask.unit, stored, ask.wall)
        return response
    if known.body_sha256 != fingerprint:
        raise KeyReused("this key was used with another body")
    headers = {"idempotency-replayed": "true"}
    return Response(known.answer, status_code=known.status, media_type=known.media_type, headers=headers)


def _fingerprint(ask: Ask) -> str:
    """Give the hash of what was sent; files count by their bytes, not by how the parts of a form were divided."""
    files = [sha256(file[1]) for name in FILES if (file := ask.file(name))]
    return (files[0] if len(files) == 1 else sha256(" ".join(files).encode())) if files else sha256(ask.body)


def _media(response: Response) -> str:
    return response.headers.get("content-type", "application/json")
