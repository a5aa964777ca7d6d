"""The files every page needs, under names that change with their content, so that browsers may keep them for ever."""

from dataclasses import dataclass
from mimetypes import guess_type
from pathlib import Path

from sampling.digest import sha256

FOLDER = Path(__file__).parent / "static"
KINDS = {".css", ".js", ".svg"}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file with its lasting name."""

    name: str
    content: bytes
    media_type: str


def gather(folder: Path = FOLDER) -> dict[str, Asset]:
    """Give every asset by its plain name, such as `pages.css` or `vendor/htmx.min.js`."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in KINDS:
            plain = path.relative_to(folder).as_posix()
            content = path.read_bytes()
            stem, _, ending = plain.rpartition(".")
            found[plain] = Asset(f"{stem}.{sha256(content)[:12]}.{ending}", content, guess_type(plain)[0] or "")
    return found
