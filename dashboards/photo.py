"""A photo or picture that somebody sent in: whether it can be shown, and how it is drawn anew before it is."""

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from sampling.media import SIDES

FORMATS = ("JPEG", "PNG", "WEBP")
WRONG = (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError)


def readable(data: bytes) -> bool:
    """Tell whether the bytes are a whole picture in a format that we show."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            picture.load()
    except WRONG:
        return False
    return True


def redrawn(data: bytes, longest: int, *, high: int | None = None) -> bytes:
    """Give the picture anew as JPEG, upright, at most `longest` pixels a side, without place, camera or comment.

    A picture of a whole page may be `high` pixels high all the same.
    """
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((longest, high or longest))
    # What the file said beside its pixels (comment, XMP, EXIF) would be copied along by the encoder.
    upright.info.clear()
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=88)
    return out.getvalue()


def grey(data: bytes) -> bytes:
    """Give the few grey points of a picture, upright, that its fingerprint is taken of."""
    with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB").convert("L")
    return upright.resize(SIDES, Image.Resampling.BOX).tobytes()
