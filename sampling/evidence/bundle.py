"""A bundle: the files of one capture with the signed manifest that anyone can check without us."""

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from sampling.digest import ORIGIN, Digest, canonical, sha256
from sampling.evidence import blocks, guide, provenance, wacz, warc
from sampling.evidence.keys import Keys, key_id, pem
from sampling.evidence.manifest import manifest, media_type
from sampling.evidence.parts import ARCHIVE, MANIFEST, PLACE, SIGNATURE, SIGNER, SUMS, stamp_codes, stamp_paths, sums
from sampling.evidence.visit import Visit
from sampling.version import VERSION

ASIDE = "sealed/"
SOFTWARE = f"mystery-shopper {VERSION}"

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a .zip can hold: the same files give the same .zip


def seal(
    visit: Visit,
    *,
    capture_id: str,
    case: str,
    keys: Keys,
    prev_sha256: Digest = ORIGIN,
    extracted: Mapping[str, Any] | None = None,
    sealed: Mapping[str, bytes] | None = None,
    replay: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:
    """Give all files of the signed bundle by their path; the same visit and keys always give the same bytes.

    `extracted` is what was read from the page, `replay` the record of the replay check, `sealed` files set aside.
    """
    extras = provenance.files(visit, capture_id=capture_id, case=case, extracted=extracted)
    files = {ARCHIVE: _archive(visit, extras, capture_id=capture_id, keys=keys), guide.NAME: guide.text()}
    files |= {_aside(name): data for name, data in (sealed or {}).items()}
    public = keys.manifest.public_key()
    record = manifest(
        visit,
        capture_id=capture_id,
        case=case,
        prev_sha256=prev_sha256,
        signer=key_id(public),
        archive_key=key_id(keys.archive.public_key()),
        files=files,
        members=wacz.members(files[ARCHIVE]),
        replay=replay,
    )
    files[MANIFEST] = canonical(record)
    files[SIGNATURE] = keys.manifest.sign(files[MANIFEST])
    files[SIGNER] = pem(public)
    return _summed(files)


def stamped(files: Mapping[str, bytes], code: str, response: bytes, chain: bytes) -> dict[str, bytes]:
    """Give the bundle with an authority's answer over manifest.json.sig and the certificates (PEM) it is checked by.

    A second answer of the same authority raises ValueError: what proves a capture is never replaced.
    """
    added = dict(zip(stamp_paths(code), (response, chain), strict=True))
    if stamp_codes(added) != (code,):
        raise ValueError(f"{code!r} cannot name an authority")
    if any(files.get(path, data) != data for path, data in added.items()):
        raise ValueError(f"the bundle holds another stamp of {code}")
    return _summed({**files, **added})


def with_inclusion(files: Mapping[str, bytes], inclusion: bytes) -> dict[str, bytes]:
    """Give the bundle with its place in the ledger; a proof under a later checkpoint takes the place of an earlier."""
    return _summed({**files, PLACE: inclusion})


def manifest_sha256(files: Mapping[str, bytes]) -> Digest:
    """Give the hash by which the next capture of the chain names this one."""
    return sha256(files[MANIFEST])


def packed(files: Mapping[str, bytes]) -> bytes:
    """Give the bundle as one .zip; the same files always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(files):
            kind = zipfile.ZIP_STORED if path == ARCHIVE else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), files[path], kind)
    return buffer.getvalue()


def _archive(visit: Visit, extras: Mapping[str, bytes], *, capture_id: str, keys: Keys) -> bytes:
    url = blocks.plain(visit.final_url)
    data, entries = warc.written(
        visit.exchanges,
        _views(visit, url),
        software=SOFTWARE,
        capture_id=capture_id,
        at=visit.started_at,
        connections=visit.connections,
    )
    shown = (made.sent_at for made in visit.exchanges if blocks.plain(made.url) == url and made.status is not None)
    page = wacz.Page(capture_id, url, visit.title, next(shown, visit.started_at))
    return wacz.packed(
        data, entries, page=page, extras=extras, created=visit.ended_at, software=SOFTWARE, key=keys.archive
    )


def _views(visit: Visit, url: str) -> list[warc.View]:
    """The picture and the text that quality tools compare a replay with; all further files lie beside the archive."""
    picture = "viewport.png" if "viewport.png" in visit.files else "page.png"
    named = (("view", picture), ("dom", "dom.html"))
    return [
        warc.View(f"urn:{name}:{url}", media_type(path), visit.files[path], visit.ended_at)
        for name, path in named
        if path in visit.files
    ]


def _aside(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} cannot name a file set aside")
    return f"{ASIDE}{name}.bin"


def _summed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {**files, SUMS: sums(files)}
