"""The public pages: results, scores, corrections, the method, the keys; no log-in."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboards.answer import json_response
from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.language import LANGUAGES
from dashboards.render import ASSETS
from dashboards.session import HOMES
from dashboards.views import public as views
from dashboards.views.proof import known
from platforms import document
from reputation import release
from sampling.evidence.keyring import published
from storage import publications
from storage import scores as ledger

EVERYTHING = 100_000
LASTING = {one.name: one for one in ASSETS.values()}


def home(ask: Ask) -> Response:
    """The first page: for a user the own one, for the public the results."""
    place = HOMES[ask.user.role.value] if ask.user else "/results"
    return RedirectResponse(place, status_code=303)


def results(ask: Ask) -> Response:
    """Published results, chosen by filters."""
    chosen = {name: ask.query(name)[:100] for name in views.FILTERS}
    page = ask.query("page")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    return ask.page("public/results.html", views.load_results(ask.unit, chosen, number))


def result(ask: Ask) -> Response:
    """One published result."""
    view = views.load_result(ask.unit, str(ask.request.path_params["number"]))
    if view is None:
        raise Unknown
    return ask.page("public/result.html", view)


def results_json(ask: Ask) -> Response:
    """Every public entry as one JSON document."""
    return _release(release.to_json(publications.shown(ask.unit, limit=EVERYTHING)), "application/json")


def results_csv(ask: Ask) -> Response:
    """Every public entry as a table."""
    content = release.to_csv(publications.shown(ask.unit, limit=EVERYTHING))
    return _release(content, "text/csv; charset=utf-8", name="results.csv")


def results_atom(ask: Ask) -> Response:
    """The changes as a feed, in one language."""
    language = str(ask.request.path_params["language"])
    if language not in LANGUAGES:
        raise Unknown(language)
    feed = release.feed_at(ask.world.base_url)
    shown = publications.shown(ask.unit, limit=EVERYTHING)
    return _release(release.to_atom(shown, feed=feed, language=language), "application/atom+xml")


def scores(ask: Ask) -> Response:
    """The scores of sellers, brands or platforms."""
    kind = ask.query("kind") or "seller"
    if kind not in views.KINDS:
        raise Unknown(kind)
    return ask.page("public/scores.html", views.load_scores(ask.unit, kind))


def score(ask: Ask) -> Response:
    """One score with its parts, its interval and what moved it."""
    path = ask.request.path_params
    kept = ledger.newest(ask.unit, str(path["kind"]), str(path["subject"]))
    if kept is None:
        raise Unknown
    return ask.page("public/score.html", kept)


def corrections(ask: Ask) -> Response:
    """What was corrected or taken back."""
    return ask.page("public/corrections.html", views.load_changes(ask.unit))


def method(ask: Ask) -> Response:
    """How samples are drawn, bought, tested and judged."""
    return ask.page("public/method.html", None)


def accessibility(ask: Ask) -> Response:
    """How far these pages can be used by everybody."""
    return ask.page("public/accessibility.html", None)


def provider(ask: Ask) -> Response:
    """Who signs the notices, and with which public keys; those that ever sealed evidence beside them."""
    sealing = [published(key.public) for key in known(ask.unit, ask.world.credentials).trust().keys]
    return json_response(ask.request, {**ask.world.provider, "evidence": sealing}, public=True)


def notice_schema(ask: Ask) -> Response:
    """What the document of a notice must look like."""
    return json_response(ask.request, document.schema(), public=True)


async def asset(request: Request) -> Response:
    """One file of the pages; under its lasting name a browser may keep it for ever."""
    wanted = str(request.path_params["path"])
    lasting = LASTING.get(wanted)
    found = lasting or ASSETS.get(wanted)
    if found is None:
        return Response(status_code=404)
    keep = "public, max-age=31536000, immutable" if lasting else "no-cache"
    return Response(found.content, media_type=found.media_type, headers={"cache-control": keep})


def _release(content: bytes, media_type: str, *, name: str | None = None) -> Response:
    headers = {
        "cache-control": "public, max-age=60",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    if name:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return Response(content, media_type=media_type, headers=headers)
