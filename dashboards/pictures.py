"""Pictures and films of parcels, goods and seals: a picture without what a camera adds, some to officers alone."""

from starlette.responses import Response

from dashboards.answer import file_response, stream_response
from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.photo import WRONG, redrawn
from storage import pictures, resumable
from storage.role import UserRole

LARGE, SMALL = 2400, 320
ENDINGS = {"video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}


def show(ask: Ask) -> Response:
    """One picture of a sample; a parcel's is opened by an officer alone, and the look is kept."""
    sample, digest = ask.id("sample"), str(ask.request.path_params["digest"])
    found = {one.digest: one for one in pictures.of_sample(ask.unit, sample)}
    if digest not in found:
        raise Unknown(digest)
    one = found[digest]
    if one.restricted:
        ask.own(ask.who.role is UserRole.OFFICER)
        pictures.looked_at(ask.unit, sample, digest, by=ask.by, at=ask.now)
    try:
        content = redrawn(ask.world.objects.get(digest), SMALL if ask.query("size") == "small" else LARGE)
    except WRONG as error:
        raise Unknown(digest) from error
    answer = file_response(content, f"{digest[:12]}.jpg", "image/jpeg", inline=True)
    if one.restricted:
        # A copy in the browser would be looked at without our knowing.
        answer.headers["cache-control"] = "no-store"
    return answer


def film(ask: Ask) -> Response:
    """One film of a sample: it shows the parcel's label, so an officer alone may open it, and the look is kept."""
    sample, digest = ask.id("sample"), str(ask.request.path_params["digest"])
    one = next((one for one in resumable.films(ask.unit, sample) if one.sha256 == digest), None)
    if one is None:
        raise Unknown(digest)
    ask.own(ask.who.role is UserRole.OFFICER)
    pictures.looked_at(ask.unit, sample, digest, by=ask.by, at=ask.now)
    answer = stream_response(ask.world.objects, digest, f"{digest[:12]}.{ENDINGS.get(one.type, 'mp4')}")
    answer.headers.update({"cache-control": "no-store", "cross-origin-resource-policy": "same-origin"})
    del answer.headers["access-control-allow-origin"]
    return answer
