"""Pictures of parcels, goods and seals: what may be sent in, and how one is shown without what a camera adds."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError
from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.errors import Unknown
from storage import pictures
from storage.role import UserRole

FORMATS = ("JPEG", "PNG", "WEBP")
LARGE, SMALL = 2400, 320
WRONG = (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError)


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


def readable(data: bytes) -> bool:
    """Tell whether the bytes are a whole picture in a format that we show."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            picture.load()
    except WRONG:
        return False
    return True


def redrawn(data: bytes, longest: int) -> bytes:
    """Give the picture anew as JPEG, upright, at most `longest` pixels a side, without place, camera or comment."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((longest, longest))
    # What the file said beside its pixels (comment, XMP, EXIF) would be copied along by the encoder.
    upright.info.clear()
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=88)
    return out.getvalue()
