"""The commands of documents: print one as it is released, and tell whether a file is one that was released."""

from argparse import Namespace
from pathlib import Path

from flows.blinding import blinding
from flows.keys import derived
from sampling.digest import sha256
from sampling.documents.kind import TITLES, DocumentKind
from sampling.edge.paper.printer import printed
from shopper.administer import opened
from shopper.errors import CommandError
from storage import clock, documents, papers, parcel_papers
from storage.documents import Draft, Released
from storage.papers import Blind, issuer
from storage.settings import Settings, load, secret_key
from storage.store import open_objects
from storage.unit import Unit

BY = "command"


def print_document(chosen: Namespace) -> int:
    """Release a document, or take its last version where nothing has changed since, and write its file."""
    settings = load()
    objects = open_objects(settings)
    with opened(settings) as database, database.unit() as unit:
        draft = _draft(unit, DocumentKind(chosen.kind), chosen.subject, settings)
        now = clock.now(unit)
        kept = documents.release(unit, objects, draft, issuer(settings), printed, by=BY, at=now)
        data = documents.file(objects, kept)
    try:
        chosen.out.write_bytes(data)
    except OSError as error:
        raise CommandError(f"{chosen.out} cannot be written: {error.strerror}.") from error
    print(f"{chosen.out}: {kept.number} version {kept.version}, SHA-256 {kept.sha256}")
    return 0


def verify_document(chosen: Namespace) -> int:
    """Say which released version a file is; 1 where it is none, or where a later version took its place."""
    digest = sha256(_read(chosen.file))
    with opened(load()) as database, database.unit() as unit:
        found = documents.of_file(unit, digest)
        newest = documents.last(unit, found.number) if found else None
    if found is None or newest is None:
        print(f"{chosen.file}: NOT OK, no document with these bytes was released (SHA-256 {digest})")
        return 1
    print(f"{chosen.file}: {_told(found)}")
    if newest.version != found.version:
        print(f"{chosen.file}: NOT OK, version {newest.version} took its place")
        return 1
    return 0


def blind_codes(settings: Settings) -> Blind:
    """Give what names a unit on the papers that a laboratory sees."""
    return blinding(derived(secret_key(settings), "blind"))


def _draft(unit: Unit, kind: DocumentKind, subject: str, settings: Settings) -> Draft:
    blind = blind_codes(settings)
    match kind:
        case DocumentKind.SAMPLE_LABEL:
            return papers.of_unit(unit, subject, blind)
        case DocumentKind.SEAL_LABEL:
            return papers.of_seal(unit, subject)
        case DocumentKind.MANIFEST:
            return parcel_papers.of_consignment(unit, subject)
        case DocumentKind.HANDOVER_RECEIPT:
            return parcel_papers.of_handover(unit, subject, blind)
        case DocumentKind.RETENTION_LIST:
            return papers.of_campaign(unit, subject)
        case _:
            return papers.of_sample(unit, kind, subject)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _told(found: Released) -> str:
    released = found.released_at.isoformat(timespec="seconds")
    return f"OK, {TITLES[found.kind].en} {found.number} version {found.version}, released {released}"
