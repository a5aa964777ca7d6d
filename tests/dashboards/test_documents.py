"""The page that the code on a document leads to: it tells a released one from all others, and nothing more."""

from urllib.parse import urlsplit

from sampling.documents.kind import DocumentKind
from sampling.documents.paper import Issuer
from sampling.text import Text
from storage import documents, papers
from storage.database import Database
from storage.documents import Document, Released
from storage.objects import Objects
from tests.build import moment
from tests.dashboards.conftest import Visitor, template, view
from tests.storage.papers import at_laboratory


def test_a_printed_document_is_told_from_one_that_never_was(
    visitor: Visitor, database: Database, objects: Objects
) -> None:
    printed: list[Document] = []

    def keep(document: Document) -> bytes:
        printed.append(document)
        return document.data

    def release(contact: str) -> Released:
        issuer = Issuer(Text("局", "Authority"), contact, "http://testserver/verify-document")
        return documents.release(unit, objects, draft, issuer, keep, by="t", at=moment(30))

    with database.unit() as unit:
        made = at_laboratory(unit, objects)
        draft = papers.of_sample(unit, DocumentKind.SAMPLING_NOTICE, made.sample.code)
        first, second = release("one"), release("another")
    old, new = (f"/verify-document?{urlsplit(one.codes[0]).query}" for one in printed)
    client = visitor(None)
    answer = client.get(new)
    assert (answer.status_code, template(answer)) == (200, "public/document.html")
    assert (view(answer).found, view(answer).newest) == (second, None)
    assert made.sample.seller not in answer.text
    assert (view(client.get(old)).found, view(client.get(old)).newest) == (first, 2)
    for wrong in (new[:-1], f"/verify-document?number={first.number}", f"/verify-document?hash={first.content_sha256}"):
        assert view(client.get(wrong)).found is None and view(client.get(wrong)).asked
    assert not view(client.get("/verify-document")).asked
