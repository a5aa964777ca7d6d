"""Pictures of parcels, goods and seals: each is shown without what a camera adds, some to officers alone."""

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.photo import WRONG, redrawn
from storage import pictures
from storage.role import UserRole

LARGE, SMALL = 2400, 320


def show(ask: Ask) -> Response:
    """One picture of a sample; a parcel's is opened by an officer alone, and the look is kept."""
    sample, digest = ask.id("sample"), str(ask.request.path_params["digest"])
    found = {one.digest: one for one in pictures.of_sample(ask.unit, sample)}
    if digest not in found:
        raise Unknown(digest)
    one = found[digest]
    if one.restricted:
        ask.own(ask.who.role is UserRole.OFFICER)
        pictures.looked_at(ask.unit, sample, one, by=ask.by, at=ask.now)
    try:
        content = redrawn(ask.world.objects.get(digest), SMALL if ask.query("size") == "small" else LARGE)
    except WRONG as error:
        raise Unknown(digest) from error
    answer = file_response(content, f"{digest[:12]}.jpg", "image/jpeg", inline=True)
    if one.restricted:
        # A copy in the browser would be looked at without our knowing.
        answer.headers["cache-control"] = "no-store"
    return answer
