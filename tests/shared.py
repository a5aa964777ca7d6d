"""Where the real data lies that is too large to be part of the repository."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def shared(name: str) -> Path:
    """Give the place of a shared file, in the folder SHARED_DATA or beside the repository; it may be absent."""
    return Path(os.environ.get("SHARED_DATA") or ROOT.parent / "shared" / "data") / name
