"""The parts of a bundle: the path of each, and the list of sums that `sha256sum -c` reads."""

import re
from collections.abc import Iterable, Mapping

from sampling.digest import Digest, sha256

MANIFEST, SIGNATURE, SIGNER, SUMS = "manifest.json", "manifest.json.sig", "signer.pem", "SHA256SUMS"
HEAD = (MANIFEST, SIGNATURE, SIGNER, SUMS)
"""The files that bind the others and so cannot be listed in the manifest."""

ARCHIVE, PLACE = "capture.wacz", "inclusion.json"

_STAMP = re.compile(r"timestamps/([a-z0-9][a-z0-9-]*)\.(tsr|pem)")
_SUM = re.compile(r"([0-9a-f]{64})  ([^\n]+)")


def stamp_paths(code: str) -> tuple[str, str]:
    """Give where an authority's answer and its chain lie."""
    return f"timestamps/{code}.tsr", f"timestamps/{code}.pem"


def stamp_codes(paths: Iterable[str]) -> tuple[str, ...]:
    """Give the codes of the authorities whose answer or chain is among the paths."""
    return tuple(sorted({found[1] for path in paths if (found := _STAMP.fullmatch(path))}))


def is_added(path: str) -> bool:
    """Tell whether a file may be put in after the manifest is signed."""
    return path == PLACE or _STAMP.fullmatch(path) is not None


def sums(files: Mapping[str, bytes]) -> bytes:
    """Give the SHA256SUMS of all files but itself, as `sha256sum -c` reads it."""
    return summed({path: sha256(data) for path, data in files.items() if path != SUMS})


def summed(digests: Mapping[str, Digest]) -> bytes:
    """Give the SHA256SUMS of these hashes by path."""
    return "".join(f"{digests[path]}  {path}\n" for path in sorted(digests)).encode()


def noted(text: bytes) -> dict[str, Digest]:
    """Give the hash that a SHA256SUMS states for each path; lines of another form are passed over."""
    return {path: digest for digest, path in _SUM.findall(text.decode(errors="replace"))}
