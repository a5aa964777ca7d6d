"""A container: the .zip in which files are handed around, opened in memory within limits; its maker is not believed."""

import io
import zipfile
import zlib
from typing import IO

from sampling.errors import UnreadableBundle

MOST_FILES = 2_000
MOST_BYTES = 1 << 30

# The others may ask for gigabytes of memory before the first byte is there.
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, zlib.error, ValueError)
_ENCRYPTED = 0x1


def unpacked(
    source: bytes | IO[bytes], *, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES
) -> dict[str, bytes]:
    """Give the files of a .zip by path, without a folder that holds them all; what is no fair .zip is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
            members = _members(archive, most_bytes, most_files)
            names = [member.filename for member in members]
            return {_inner(member.filename, names): archive.read(member) for member in members}
    except _BROKEN as error:
        raise UnreadableBundle(f"This is no readable .zip: {error}.") from error


def check_size(count: int, size: int, *, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES) -> None:
    """Refuse more files, or more bytes in them, than a bundle may have."""
    if count > most_files:
        raise UnreadableBundle(f"The bundle holds {count} files; {most_files} are the most.")
    if size > most_bytes:
        raise UnreadableBundle(f"The bundle holds {size} bytes; {most_bytes} are the most.")


def _members(archive: zipfile.ZipFile, most_bytes: int, most_files: int) -> list[zipfile.ZipInfo]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len({member.filename for member in members}) != len(members):
        raise UnreadableBundle("The .zip holds two files of one name.")
    if any(member.flag_bits & _ENCRYPTED or member.compress_type not in _PLAIN for member in members):
        raise UnreadableBundle("The .zip is encrypted or packed in an unusual way.")
    # The stated sizes bound what is unpacked: zipfile stops at them.
    check_size(len(members), sum(member.file_size for member in members), most_bytes=most_bytes, most_files=most_files)
    return members


def _inner(name: str, names: list[str]) -> str:
    """A .zip of the folder itself has every file under that folder's name."""
    top = names[0].split("/", 1)[0] + "/"
    return name.removeprefix(top) if all(other.startswith(top) for other in names) else name


def stated_size(data: bytes) -> int:
    """Give how many bytes a .zip says it unpacks to, 0 for what is none: asked before somebody else opens it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(member.file_size for member in archive.infolist())
    except _BROKEN:
        return 0
