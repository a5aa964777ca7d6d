"""Released documents: a version for each change, never a second one without, and none that can be changed after."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from sampling.custody import Role
from sampling.digest import sha256
from sampling.documents.kind import FOR_LABORATORIES, DocumentKind, document_number
from sampling.documents.paper import Issuer
from sampling.errors import WrongDocument
from sampling.sample import Sample, SampleState, blind_code
from storage import custody, documents, events, papers, parcel_papers
from storage.database import Database
from storage.documents import Document, Draft, Released
from storage.errors import Conflict, NotFound
from storage.objects import Folder, Objects
from storage.unit import Unit
from tests.build import Case, case, moment
from tests.sampling.papers import ISSUER, stamped
from tests.storage.papers import at_laboratory
from tests.storage.test_twins import broken, taken

K = DocumentKind


def plain(document: Document) -> bytes:
    """In place of the printer, which the tests of the edge look at."""
    return b"printed " + document.data


def blind(sample: Sample, role: Role) -> str:
    return sample.blind_code if role is Role.TEST else blind_code(b"key", "campaign", sample.listing_id, "retest")


DRAFTS: dict[DocumentKind, Callable[[Case], Draft]] = {
    K.SAMPLE_LABEL: lambda c: papers.of_unit(c.unit, f"{c.sample.code}-B", blind),
    K.SEAL_LABEL: lambda c: papers.of_seal(c.unit, str(custody.units(c.unit, c.sample.id)[0].seal_no)),
    K.SAMPLING_SHEET: lambda c: papers.of_sample(c.unit, K.SAMPLING_SHEET, c.sample.code),
    K.SAMPLING_NOTICE: lambda c: papers.of_sample(c.unit, K.SAMPLING_NOTICE, c.sample.code),
    K.PLATFORM_COPY: lambda c: papers.of_sample(c.unit, K.PLATFORM_COPY, c.sample.code),
    K.MANIFEST: lambda c: parcel_papers.of_consignment(c.unit, "K26-00001"),
    K.HANDOVER_RECEIPT: lambda c: parcel_papers.of_handover(c.unit, f"{c.sample.code}-A/2", blind),
    K.TASK_MANDATE: lambda c: papers.of_sample(c.unit, K.TASK_MANDATE, c.sample.code),
    K.RETENTION_LIST: lambda c: papers.of_campaign(c.unit, "C2026-001"),
}


def release(
    made: Case, draft: Draft, at: float = 30, *, issuer: Issuer = ISSUER, printed: documents.Print = plain
) -> Released:
    by, then = "user:officer", moment(at)
    return documents.release(made.unit, made.objects, draft, issuer, printed, by=by, at=then)


def test_every_kind_is_released_once_for_all_that_stays_the_same(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = at_laboratory(unit, objects)
        for kind, draft in DRAFTS.items():
            first = release(made, draft(made))
            assert (first.kind, first.version) == (kind, 1)
            assert release(made, draft(made), at=40) == first
            assert documents.file(objects, first) == b"printed " + objects.get(first.content_sha256)
            assert documents.of_file(unit, first.sha256) == first
            assert documents.of_content(unit, first.number, first.content_sha256) == first
            assert [entry.type for entry in events.history(unit, first.subject_id)].count("released") > 0
        assert len(documents.of_subject(unit, made.sample.id)) == 7


def test_what_is_known_of_a_case_stands_in_its_papers(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = at_laboratory(unit, objects)
        said = {kind: objects.get(release(made, draft(made)).content_sha256).decode() for kind, draft in DRAFTS.items()}
    for kind in (K.SAMPLING_SHEET, K.SAMPLING_NOTICE, K.PLATFORM_COPY):
        assert all(word in said[kind] for word in (made.sample.seller, made.sample.title, f"{made.sample.code}-A"))
    for kind in FOR_LABORATORIES:
        for word in (made.sample.seller, made.sample.brand, made.sample.platform, made.sample.title, made.sample.code):
            assert word not in said[kind]
    assert made.blind in said[K.MANIFEST] and made.blind in said[K.HANDOVER_RECEIPT]


def test_what_changes_is_a_version_more_and_both_stay(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = at_laboratory(unit, objects)
        draft = DRAFTS[K.SAMPLING_SHEET](made)
        first = release(made, draft)
        second = release(made, draft, issuer=replace(ISSUER, contact="another"))
        assert (second.number, second.version) == (first.number, 2)
        assert documents.last(unit, first.number) == second
        assert documents.of_file(unit, first.sha256) == first
        assert documents.last(unit, "SS-none") is None


def test_what_does_not_read_back_is_not_released(database: Database, objects: Folder) -> None:
    def refused(document: Document) -> bytes:
        raise WrongDocument(document.stamped.number)

    with database.unit() as unit:
        made = at_laboratory(unit, objects)
        before = kept(objects)
        with pytest.raises(WrongDocument):
            release(made, DRAFTS[K.MANIFEST](made), printed=refused)
        assert kept(objects) == before
        assert documents.last(unit, document_number(K.MANIFEST, "K26-00001")) is None


MISSING: tuple[tuple[Callable[[Unit], Draft], type[Exception]], ...] = (
    (lambda u: papers.of_sample(u, K.SAMPLING_SHEET, "S26-999999"), NotFound),
    (lambda u: papers.of_sample(u, K.SAMPLING_SHEET, "S26-000001"), Conflict),
    (lambda u: papers.of_unit(u, "S26-000001-A", blind), NotFound),
    (lambda u: papers.of_seal(u, "BOLT77"), NotFound),
    (lambda u: parcel_papers.of_consignment(u, "K26-00009"), NotFound),
    (lambda u: parcel_papers.of_handover(u, "S26-000001-A/1", blind), NotFound),
    (lambda u: papers.of_campaign(u, "C1"), NotFound),
)


def test_what_is_not_there_is_not_drafted(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        case(unit, objects, SampleState.CAPTURED)
        for asked, error in MISSING:
            with pytest.raises(error):
                asked(unit)


def test_a_released_document_is_neither_changed_nor_forgotten(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = at_laboratory(unit, objects)
        release(made, DRAFTS[K.MANIFEST](made))
    for change in ("UPDATE document SET sha256 = 'x'", "DELETE FROM document"):
        with pytest.raises(Conflict, match="append-only"), database.unit() as unit:
            unit.execute(text(change))


def kept(objects: Folder) -> set[str]:
    return {sha256(path.read_bytes()) for path in objects.root.rglob("*") if path.is_file()}


def test_a_test_unit_with_a_broken_seal_is_listed_while_it_is_kept(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.SEALED)
        test = custody.of_role(unit, made.sample.id, Role.TEST)
        assert test.code not in said(made, K.RETENTION_LIST)
        custody.look_at_seal(unit, test.id, False, by="u", at=moment(7))
        assert test.code in said(made, K.RETENTION_LIST) and "封签破损" in said(made, K.RETENTION_LIST)


def test_papers_name_categories_items_and_states_in_words(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        made = at_laboratory(unit, objects)
        for kind in (K.SAMPLING_SHEET, K.TASK_MANDATE, K.MANIFEST):
            assert '{"en":"Children\'s toys","zh":"儿童玩具"}' in said(made, kind)
            assert '"toys"' not in said(made, kind)
        assert '{"en":"Migratable lead (migratable_lead)","zh":"可迁移铅"}' in said(made, K.MANIFEST)
        assert '"retained"' not in said(made, K.RETENTION_LIST)


def test_a_label_says_how_goods_are_kept_and_not_where(database: Database, objects: Objects) -> None:
    """The place is typed by whoever seals, may be anybody's home, and the label goes to the laboratory."""
    with database.unit() as unit:
        made = at_laboratory(unit, objects)
        for kind in (K.SAMPLE_LABEL, K.SEAL_LABEL):
            assert "station" not in said(made, kind) and "ambient" in said(made, kind)
        unit.execute(text("UPDATE sample SET category = 'cosmetics'"))
        unit.expire_all()
        assert "5–30 °C" in said(made, K.SAMPLE_LABEL)


def test_papers_that_are_printed_after_the_twin_took_its_place_promise_no_second_test(
    database: Database, objects: Objects
) -> None:
    with database.unit() as unit:
        made = case(unit, objects, SampleState.NOTICE_SENT)
        assert "only a re-test that was granted opens it" in said(made, K.SAMPLING_NOTICE)
        broken(made)
        taken(made)
        assert "only a re-test that was granted opens it" not in said(made, K.SAMPLING_NOTICE)
        assert "cannot be tested again" in said(made, K.SAMPLING_NOTICE)
        assert "tested in place of the test unit" in said(made, K.SAMPLING_SHEET)


def said(made: Case, kind: DocumentKind) -> str:
    """Give what the document would say now."""
    return DRAFTS[kind](made).made(stamped(kind, "x")).data.decode()
