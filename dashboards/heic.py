"""HEIC, the picture of telephones: decoded in a child, for its decoder is large and its files come from anyone."""

import subprocess
import sys
from pathlib import Path

from sampling.media import HEAD, HEIF, MB, sniff

SECONDS = 2
"""How much computing the child may do for a small file; one that takes more is a bomb."""
PATIENCE = 20
"""How many seconds more it may take on a machine that does other things."""
MEMORY = 1024
"""How many megabytes of addresses the child may have: a picture of the most pixels we take, and the decoder."""
TOO_MANY_PIXELS = 3
"""With what the child ends whose picture has more pixels than we decode."""
_ROOT = Path(__file__).parents[1]


class WrongPicture(ValueError):
    """A picture cannot be decoded, or not within the time and memory that its size deserves."""


class TooManyPixels(WrongPicture):
    """A picture has more pixels than we decode."""


def is_heic(data: bytes) -> bool:
    """Tell whether the first bytes are those of a telephone's own picture."""
    return sniff(data[:HEAD]) in HEIF


def plain(data: bytes) -> bytes:
    """Give the picture as an upright JPEG without anything beside its pixels, or raise WrongPicture.

    Each megabyte of the file gives the child another second to compute.
    """
    seconds = SECONDS + len(data) // MB
    try:
        child = subprocess.run(
            [sys.executable, "-E", "-s", "-m", "dashboards.heic_child", str(seconds), str(MEMORY)], input=data,
            capture_output=True, timeout=seconds + PATIENCE, cwd=_ROOT, env={"MALLOC_ARENA_MAX": "2"}, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as late:
        raise WrongPicture("timeout") from late
    if child.returncode == TOO_MANY_PIXELS:
        raise TooManyPixels
    if child.returncode != 0:
        raise WrongPicture(f"exit {child.returncode}")
    return child.stdout
