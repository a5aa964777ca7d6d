"""A bundle on disk: read from a folder or a .zip within limits, written as a folder."""

import zipfile
from collections.abc import Mapping
from pathlib import Path

from sampling.errors import UnreadableBundle

MOST_FILES = 2_000
MOST_BYTES = 1 << 30


def load(path: Path, *, most_bytes: int = MOST_BYTES) -> dict[str, bytes]:
    """Give all files of the bundle by their path in it; anything but a folder or .zip of fair size is refused."""
    if path.is_dir():
        return _from_folder(path, most_bytes)
    if not path.is_file():
        raise UnreadableBundle(f"There is no bundle at {path}.")
    try:
        with zipfile.ZipFile(path) as archive:
            return _from_zip(archive, most_bytes)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise UnreadableBundle(f"{path} is neither a folder nor a readable .zip: {error}.") from error


def store(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the bundle as a folder that must not exist yet: evidence is never overwritten."""
    folder.mkdir(parents=True)
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _from_folder(folder: Path, most_bytes: int) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    if any(path.is_symlink() or not path.is_file() for path in paths):
        raise UnreadableBundle(f"{folder} holds links or devices; a bundle holds plain files only.")
    _check(len(paths), sum(path.stat().st_size for path in paths), most_bytes)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _from_zip(archive: zipfile.ZipFile, most_bytes: int) -> dict[str, bytes]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise UnreadableBundle("The .zip holds two files of one name.")
    # The stated sizes bound what is unpacked: zipfile stops at them.
    _check(len(members), sum(member.file_size for member in members), most_bytes)
    return {_inner(member.filename, names): archive.read(member) for member in members}


def _inner(name: str, names: list[str]) -> str:
    """A .zip of the folder itself has every file under that folder's name."""
    top = names[0].split("/", 1)[0] + "/"
    return name.removeprefix(top) if all(other.startswith(top) for other in names) else name


def _check(count: int, size: int, most_bytes: int) -> None:
    if count > MOST_FILES:
        raise UnreadableBundle(f"The bundle holds {count} files; {MOST_FILES} are the most.")
    if size > most_bytes:
        raise UnreadableBundle(f"The bundle holds {size} bytes; {most_bytes} are the most.")
