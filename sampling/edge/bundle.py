"""A bundle on disk: read from a folder or a .zip within limits, written as a folder that is there whole or never."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

from sampling.errors import UnreadableBundle
from sampling.evidence.container import MOST_BYTES, check_size, unpacked


def load(path: Path, *, most_bytes: int = MOST_BYTES) -> dict[str, bytes]:
    """Give all files of the bundle by their path in it; anything but a folder or .zip of fair size is refused."""
    if path.is_dir():
        return _from_folder(path, most_bytes)
    if not path.is_file():
        raise UnreadableBundle(f"There is no bundle at {path}.")
    try:
        with path.open("rb") as file:
            return unpacked(file, most_bytes=most_bytes)
    except UnreadableBundle as error:
        raise UnreadableBundle(f"{path} is neither a folder nor a bundle as .zip: {error}") from error


def store(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the bundle as a folder that must not exist yet: evidence is never overwritten.

    It is written under another name first, so a folder of this name is always whole.
    """
    if folder.exists():
        raise FileExistsError(folder)
    draft = folder.with_name(f".{folder.name}.{token_hex(4)}")
    try:
        for path, data in files.items():
            _write(draft / path, data)
        draft.rename(folder)
    except BaseException:  # also when somebody stops the program: half a bundle must not lie about
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _from_folder(folder: Path, most_bytes: int) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    if any(path.is_symlink() or not path.is_file() for path in paths):
        raise UnreadableBundle(f"{folder} holds links or devices; a bundle holds plain files only.")
    check_size(len(paths), sum(path.stat().st_size for path in paths), most_bytes=most_bytes)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
