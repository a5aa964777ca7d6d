"""A photo or picture that somebody sent in: whether it can be shown, and how it is drawn anew before it is."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageOps, UnidentifiedImageError

from dashboards import heic
from sampling.media import PIXELS, SIDES

ENOUGH = (8 * SIDES[0], 8 * SIDES[1])
"""A JPEG is decoded no smaller than that for its fingerprint."""
FORMATS = ("JPEG", "PNG", "WEBP")
"""What is decoded in this process; a HEIC comes from its child as a JPEG."""
WRONG = (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError)


def readable(data: bytes) -> bool:
    """Tell whether the bytes are a whole picture in a format and of a size that we can show."""
    try:
        with _opened(data) as picture:
            if not _fits(picture):
                return False
            picture.draft(None, SIDES)  # the whole file is read all the same, in an eighth of its width
            picture.load()
    except WRONG:
        return False
    return True


def oversized(data: bytes) -> bool:
    """Tell whether a picture has more pixels than we decode; bytes that are no picture have none."""
    try:
        with _opened(data) as picture:
            return not _fits(picture)
    except (Image.DecompressionBombError, heic.TooManyPixels):
        return True
    except WRONG:
        return False


def redrawn(data: bytes, longest: int, *, high: int | None = None) -> bytes:
    """Give the picture anew as JPEG, upright, at most `longest` pixels a side, without place, camera or comment.

    A picture of a whole page may be `high` pixels high all the same.
    """
    with _opened(data) as picture:
        picture.draft("RGB", (longest, high or longest))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((longest, high or longest))
    # What the file said beside its pixels (comment, XMP, EXIF) would be copied along by the encoder.
    upright.info.clear()
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=88)
    return out.getvalue()


def grey(data: bytes) -> bytes:
    """Give the few grey points of a picture, upright, that its fingerprint is taken of."""
    with _opened(data) as picture:
        picture.draft("L", ENOUGH)
        upright = ImageOps.exif_transpose(picture.convert("L"))
    return upright.resize(SIDES, Image.Resampling.BOX).tobytes()


def _fits(picture: Image.Image) -> bool:
    return picture.width * picture.height <= PIXELS


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    with Image.open(io.BytesIO(heic.plain(data) if heic.is_heic(data) else data), formats=FORMATS) as picture:
        yield picture
