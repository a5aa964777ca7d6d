"""The key file: the keys that covers were sealed with since the installation's own, the newest last."""

import os
from collections.abc import Sequence
from pathlib import Path

from storage.errors import WrongSecret

NAME = "vault.keys"
KEY = 32


def keys(home: Path) -> tuple[bytes, ...]:
    """Give the keys of the data folder; none before the first rotation, and a damaged file raises WrongSecret."""
    path = home / NAME
    if not path.exists():
        return ()
    try:
        found = tuple(bytes.fromhex(line) for line in path.read_text().split())
    except (OSError, ValueError) as error:
        raise WrongSecret(f"The keys in {path} cannot be read: restore the file from the backup.") from error
    if any(len(key) != KEY for key in found):
        raise WrongSecret(f"The keys in {path} are damaged: restore the file from the backup.")
    return found


def replace(home: Path, kept: Sequence[bytes]) -> None:
    """Keep exactly these keys, readable by the owner alone; a crash leaves the file as it was or as it shall be."""
    path, draft = home / NAME, home / f"{NAME}.{os.getpid()}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("".join(f"{key.hex()}\n" for key in kept))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
