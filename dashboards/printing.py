"""Documents on paper: released by whoever needs one, from the page where the sample is, and given as a PDF file."""

from collections.abc import Collection
from uuid import UUID

from starlette.responses import Response

from dashboards.answer import file_response
from dashboards.ask import Ask
from dashboards.errors import NotYours, Unknown
from dashboards.shopper import own
from dashboards.views.printing import OF_A_SAMPLE, OF_SHOPPERS, OF_STAFF
from dashboards.world import Press
from sampling.documents.kind import DocumentKind
from storage import documents, papers, parcel_papers
from storage.documents import Draft, Released
from storage.unit import Unit

PDF = "application/pdf"


def release(ask: Ask) -> Response:
    """Release a paper of a sample and lead to its file; what says the same as the last version is that version."""
    made = _released(ask, ask.id("sample"), OF_STAFF)
    return ask.go("printing.file", document=made.id)


def file(ask: Ask) -> Response:
    """One released paper of a sample as a PDF."""
    found = documents.get(ask.unit, ask.id("document"))
    if found.kind not in OF_A_SAMPLE:
        raise Unknown(str(found.id))
    return _pdf(ask, found)


def release_own(ask: Ask) -> Response:
    """Release a paper of a shopper's own task and lead to its file."""
    made = _released(ask, own(ask).id, OF_SHOPPERS)
    return ask.go("printing.own_file", task=ask.id("task"), document=made.id)


def own_file(ask: Ask) -> Response:
    """One released paper of a shopper's own task as a PDF."""
    sample, found = own(ask), documents.get(ask.unit, ask.id("document"))
    if found.subject_id != sample.id or found.kind not in OF_SHOPPERS:
        raise NotYours("this document is not yours")
    return _pdf(ask, found)


def _released(ask: Ask, sample_id: UUID, kinds: Collection[DocumentKind]) -> Released:
    kind, subject, press = ask.text("kind"), ask.text("subject"), ask.world.press
    if kind not in set(kinds):
        raise Unknown(kind)
    draft = _draft(ask.unit, DocumentKind(kind), subject, press)
    if draft.subject_id != sample_id:
        raise Unknown(subject)
    return documents.release(
        ask.unit, ask.world.objects, draft, press.issuer, press.printed, by=ask.by, at=ask.now
    )  # fmt: skip


def _draft(unit: Unit, kind: DocumentKind, subject: str, press: Press) -> Draft:
    match kind:
        case DocumentKind.SAMPLE_LABEL:
            return papers.of_unit(unit, subject, press.blind)
        case DocumentKind.SEAL_LABEL:
            return papers.of_seal(unit, subject)
        case DocumentKind.HANDOVER_RECEIPT:
            return parcel_papers.of_handover(unit, subject, press.blind)
        case _:
            return papers.of_sample(unit, kind, subject)


def _pdf(ask: Ask, found: Released) -> Response:
    answer = file_response(documents.file(ask.world.objects, found), f"{found.number}-v{found.version}.pdf", PDF)
    answer.headers["cache-control"] = "no-store"
    return answer
