"""Photos and films of a shopper in pieces (tus 1.0): begun, asked after, continued where they broke off, given up."""

import base64
import binascii
import re
from collections.abc import Mapping
from pathlib import Path

from starlette.responses import Response

from dashboards.answer import problem_document
from dashboards.ask import Ask
from dashboards.errors import BadRequest, NotYours, Problem
from dashboards.form import Fault, Fields
from dashboards.language import label
from dashboards.photo import grey, oversized, readable
from dashboards.views import shopper as views
from sampling import film
from sampling.digest import Digest
from sampling.errors import IllegalMove
from sampling.media import HEAD, MB, Likeness, Medium, Refusal, contradicted, fingerprint, refused
from sampling.sample import Sample, SampleEvent
from sampling.transfer import Announced, Transfer, TransferState, awaited
from storage import resumable
from storage.objects import hashed

PIECE = 8 * MB
"""How many bytes one request may carry; a server holds no more of a film than that."""
VERSION = {"tus-resumable": "1.0.0"}
KIND = "application/offset+octet-stream"
STATUS: Mapping[Refusal, int] = {
    Refusal.EMPTY: 400,
    Refusal.TOO_LARGE: 413,
    Refusal.NOT_TAKEN: 415,
    Refusal.OTHER_TYPE: 415,
    Refusal.CUT: 422,
    Refusal.CHANGED: 422,
    Refusal.TOO_MANY_PIXELS: 413,
    Refusal.TOO_MANY: 403,
}
SHA256 = re.compile(r"[0-9a-f]{64}")


def begin(ask: Ask) -> Response:
    """Begin a transfer; a file that is too large or of a type that is not taken is refused before a byte is kept."""
    sample, announced = _sample(ask), _announced(ask)
    if (refusal := refused(announced.medium, announced.type, announced.size)) is not None:
        return _refusal(ask, refusal)
    if not awaited(announced.medium, announced.purpose, sample.state):
        raise IllegalMove(f"transfer: no {announced.medium} of {announced.purpose} is taken in state {sample.state}")
    if resumable.is_enough(ask.unit, sample.id, announced):
        return _refusal(ask, Refusal.TOO_MANY)
    begun = resumable.begin(ask.unit, ask.world.parts, sample.id, announced, owner=ask.who.name, at=ask.now)
    place = ask.request.app.url_path_for("upload.offset", task=str(ask.id("task")), transfer=str(begun.id))
    return Response(status_code=201, headers={**VERSION, "location": str(place), "upload-offset": "0"})


def offset(ask: Ask) -> Response:
    """Tell how much of a transfer is here; one that was refused, given up or left for too long is gone."""
    found = _transfer(ask)
    if found.state in (TransferState.REFUSED, TransferState.EXPIRED):
        return Response(status_code=410, headers=VERSION)
    told = {"upload-offset": str(found.received), "upload-length": str(found.size), "cache-control": "no-store"}
    return Response(status_code=200, headers={**VERSION, **told})


def append(ask: Ask) -> Response:
    """Keep one more piece; the first one shows whether the type is true, the last one whether the file is whole."""
    found, parts = _transfer(ask), ask.world.parts
    if ask.request.headers.get("content-type") != KIND:
        raise BadRequest(f"a piece is of the type {KIND}")
    start = _number(ask, "upload-offset")
    moved = resumable.append(ask.unit, parts, found.id, start, ask.body)
    path = parts.place(moved.id)
    refusal = _wrong(moved, path, start)
    if refusal is None and moved.received == moved.size and resumable.is_one_too_many(ask.unit, moved.id):
        refusal = Refusal.TOO_MANY
    if refusal is not None:
        resumable.refuse(ask.unit, parts, moved.id, refusal, by=ask.by, at=ask.now)
        return _refusal(ask, refusal)
    if moved.received == moved.size:
        digest = ask.world.objects.put_file(path)
        mark = fingerprint(grey(path.read_bytes())) if moved.medium is Medium.PHOTO else None
        resumable.complete(ask.unit, moved.id, Likeness(digest, mark), by=ask.by, at=ask.now)
        parts.drop(moved.id)
    return Response(status_code=204, headers={**VERSION, "upload-offset": str(moved.received)})


def drop(ask: Ask) -> Response:
    """Give up a transfer that is on its way; a file that is kept stays kept."""
    resumable.drop(ask.unit, ask.world.parts, _transfer(ask).id, by=ask.by, at=ask.now)
    return Response(status_code=204, headers=VERSION)


def photo(ask: Ask, fields: Fields, sample: Sample, purpose: SampleEvent) -> Digest | None:
    """Give the hash of a form's photo, which came before it in pieces or comes with it; None where there is none.

    A file that is no picture, or a transfer that is not this photo, is a fault of the form.
    """
    if before := fields.values.get("photo_transfer", ""):
        named = [one for one in resumable.of_sample(ask.unit, sample.id) if str(one.id) == before]
        if not named or (named[0].medium, named[0].purpose) != (Medium.PHOTO, purpose):
            fields.refuse("photo", Fault.NOT_SENT)
            return None
        return named[0].sha256
    sent = ask.file("photo")
    if sent is None:
        return None
    if not readable(sent[1]):
        fields.refuse("photo", Fault.NOT_A_PICTURE)
        return None
    announced = Announced(purpose, Medium.PHOTO, "", len(sent[1]))
    if resumable.is_enough(ask.unit, sample.id, announced):
        fields.refuse("photo", Fault.TOO_MANY_FILES)
        return None
    return _kept(ask, sample, announced, sent[1])


def _kept(ask: Ask, sample: Sample, announced: Announced, data: bytes) -> Digest:
    """Keep a picture that came as a whole, as the camera made it."""
    likeness = Likeness(ask.world.objects.put(data), fingerprint(grey(data)))
    begun = resumable.begin(ask.unit, ask.world.parts, sample.id, announced, owner=ask.who.name, at=ask.now)
    resumable.complete(ask.unit, begun.id, likeness, by=ask.by, at=ask.now)
    return likeness.sha256


def _wrong(moved: Transfer, path: Path, start: int) -> Refusal | None:
    """Give what is wrong with a file as far as it is here, with each question asked once."""
    known = min(HEAD, moved.size)
    if start < known <= moved.received:
        with path.open("rb") as file:
            refusal = contradicted(moved.medium, moved.type, file.read(HEAD))
        if refusal is not None:
            return refusal
    if moved.received < moved.size:
        return None
    if moved.announced is not None and hashed(path) != moved.announced:
        return Refusal.CHANGED
    if moved.medium is Medium.PHOTO and oversized(path.read_bytes()):
        return Refusal.TOO_MANY_PIXELS
    return None if _whole(moved.medium, path, moved.size) else Refusal.CUT


def _whole(medium: Medium, path: Path, size: int) -> bool:
    if medium is Medium.PHOTO:
        return readable(path.read_bytes())
    with path.open("rb") as file:

        def read(place: int, length: int) -> bytes:
            file.seek(place)
            return file.read(length)

        return film.whole(read, size)


def _announced(ask: Ask) -> Announced:
    said = _metadata(ask.request.headers.get("upload-metadata", ""))
    try:
        medium, purpose = Medium(said.get("medium", "")), SampleEvent(said.get("purpose", ""))
    except ValueError as error:
        raise BadRequest("the medium or the purpose of the file is missing") from error
    digest = said.get("sha256", "").lower()
    if digest and not SHA256.fullmatch(digest):
        raise BadRequest("the SHA-256 of the file is 64 hexadecimal digits")
    return Announced(purpose, medium, said.get("filetype", "").lower(), _number(ask, "upload-length"), digest or None)


def _metadata(text: str) -> dict[str, str]:
    """Give the pairs of a header such as `filetype dmlkZW8vbXA0,medium ZmlsbQ==`."""
    try:
        pairs = [pair.strip().partition(" ") for pair in text.split(",") if pair.strip()]
        return {name: base64.b64decode(value, validate=True).decode() for name, _, value in pairs}
    except (binascii.Error, ValueError) as error:
        raise BadRequest("what is said of the file cannot be read") from error


def _number(ask: Ask, name: str) -> int:
    text = ask.request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadRequest(f"the header {name} is missing")
    return int(text)


def _sample(ask: Ask) -> Sample:
    sample = views.own_sample(ask.unit, ask.who.name, ask.id("task"))
    if sample is None:
        raise NotYours("this task is not yours")
    return sample


def _transfer(ask: Ask) -> Transfer:
    sample, found = _sample(ask), resumable.get(ask.unit, ask.world.parts, ask.id("transfer"))
    if (found.sample_id, found.owner) != (sample.id, ask.who.name):
        raise NotYours("this transfer is not yours")
    return found


def _refusal(ask: Ask, refusal: Refusal) -> Response:
    problem = Problem(STATUS[refusal], "file_refused", label(ask.language, refusal))
    answer = problem_document(problem, ask.language)
    answer.headers.update(VERSION)
    return answer
