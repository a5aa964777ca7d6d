"""The public pages of the draws: every promise while it is one, and the published folders."""

from starlette.responses import Response

from dashboards.answer import json_response, stream_response
from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.views import draws as views


def listed(ask: Ask) -> Response:
    """Every draw, the aborted ones too."""
    return ask.page("public/draws.html", views.load_draws(ask.unit))


def listed_json(ask: Ask) -> Response:
    """The same for programs."""
    body = {"draws": [one.record() for one in views.load_draws(ask.unit)]}
    return json_response(ask.request, body, public=True)


def file(ask: Ask) -> Response:
    """One file of a published draw."""
    path = ask.request.path_params
    number, name = str(path["number"]), str(path["name"])
    if not (number.isascii() and number.isdigit() and len(number) < 7):
        raise Unknown(number)
    digest = views.published_file(ask.unit, str(path["campaign"]), int(number), name)
    if digest is None:
        raise Unknown(name)
    return stream_response(ask.world.objects, digest, name)
