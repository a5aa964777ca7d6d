"""The child that decodes a HEIC within the seconds and megabytes it is told, from standard input to output."""

import io
import resource
import sys

import pi_heif
from PIL import Image, ImageOps

from dashboards.heic import TOO_MANY_PIXELS
from sampling.media import PIXELS

LONGEST = 2400
"""How many pixels a side comes back with at most: as many as a page shows."""


def main(seconds: int, megabytes: int) -> None:
    """Write the picture anew, or end with a code that says why not."""
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    pi_heif.register_heif_opener(thumbnails=False)
    data = sys.stdin.buffer.read()
    try:
        found = Image.open(io.BytesIO(data), formats=("HEIF",))
    except Image.DecompressionBombError:
        sys.exit(TOO_MANY_PIXELS)
    with found as picture:
        if picture.width * picture.height > PIXELS:
            sys.exit(TOO_MANY_PIXELS)
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((LONGEST, LONGEST))
    upright.info.clear()
    upright.save(sys.stdout.buffer, "JPEG", quality=92)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
