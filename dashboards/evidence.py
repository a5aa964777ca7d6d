"""The pages about proof: a bundle dropped in and judged, the keys and the ledger behind it, two captures compared."""

from threading import BoundedSemaphore

from starlette.responses import Response

from dashboards.answer import json_response
from dashboards.ask import Ask
from dashboards.errors import BadRequest
from dashboards.form import Fault, Form
from dashboards.headers import WITH_PICTURES
from dashboards.views import comparison
from dashboards.views import ledger as views
from dashboards.views.proof import VerifyPage, known, load_proof
from sampling.errors import UnreadableBundle
from storage import captures
from storage.role import UserRole

LARGEST = 64 * 1024 * 1024
MEGABYTES = LARGEST >> 20
AT_ONCE = BoundedSemaphore(2)
"""Anybody may drop a bundle, so it must not take the whole machine."""
PATIENCE = 5.0


def verify(ask: Ask) -> Response:
    """The form that a bundle is dropped into."""
    return ask.page("public/verify.html", VerifyPage(MEGABYTES))


def check(ask: Ask) -> Response:
    """What the dropped bundle proves; nothing of it is kept."""
    sent = ask.file("bundle")
    if sent is None:
        return _refused(ask, Fault.MISSING)
    if not AT_ONCE.acquire(timeout=PATIENCE):
        return _refused(ask, Fault.BUSY)
    try:
        proof = load_proof(ask.unit, ask.world.credentials, *sent)
    except UnreadableBundle:
        return _refused(ask, Fault.NOT_A_BUNDLE)
    finally:
        AT_ONCE.release()
    return _with_pictures(ask.page("public/verify.html", VerifyPage(MEGABYTES, proof)))


def keys(ask: Ask) -> Response:
    """Which keys seal evidence, since when, and what became of them."""
    return ask.page("public/keys.html", views.load_keys(known(ask.unit, ask.world.credentials)))


def keys_json(ask: Ask) -> Response:
    """The same for programs: `shopper evidence verify --keys` reads it."""
    return json_response(ask.request, known(ask.unit, ask.world.credentials).record(), public=True)


def checkpoints(ask: Ask) -> Response:
    """Every signed state of the ledger."""
    return ask.page("public/checkpoints.html", views.load_checkpoints(ask.unit))


def checkpoints_json(ask: Ask) -> Response:
    """The same for programs; with `old` and `new` also the proof that the one grew into the other."""
    shown = views.load_checkpoints(ask.unit)
    if not (ask.query("old") or ask.query("new")):
        return json_response(ask.request, {"checkpoints": [one.record() for one in shown]}, public=True)
    sizes = ask.query("old"), ask.query("new")
    if not set(sizes) <= {str(one.size) for one in shown}:
        raise BadRequest("old and new must be the sizes of two checkpoints")
    path = views.load_growth(ask.unit, int(sizes[0]), int(sizes[1]))
    return json_response(ask.request, {"old": int(sizes[0]), "new": int(sizes[1]), "path": path}, public=True)


def compare(ask: Ask) -> Response:
    """Two captures of a sample side by side; those that show a cover are an officer's, and each look is kept."""
    sample, may_open = ask.id("sample"), ask.who.role is UserRole.OFFICER
    choices = comparison.choose(ask.unit, sample, restricted=may_open)
    wanted = ask.query("before"), ask.query("after")
    page = comparison.load_comparison(ask.unit, ask.world.objects, sample, choices, *wanted)
    for one in (page.before, page.after):
        if page.found is not None and one is not None and one.restricted:
            captures.looked_at(ask.unit, one, by=ask.by, at=ask.now)
    return _with_pictures(ask.page("office/compare.html", page))


def _refused(ask: Ask, fault: Fault) -> Response:
    return ask.page("public/verify.html", VerifyPage(MEGABYTES), form=Form({}, {"bundle": fault}))


def _with_pictures(answer: Response) -> Response:
    answer.headers["content-security-policy"] = WITH_PICTURES
    return answer
