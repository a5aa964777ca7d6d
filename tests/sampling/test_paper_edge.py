"""Printed documents: PDF/A in which both languages can be found, the same bytes each time, every code read back."""

import io
from collections.abc import Mapping
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from sampling.custody import Role
from sampling.documents.kind import TITLES, DocumentKind
from sampling.documents.label import sample_label
from sampling.documents.sheet import sampling_sheet
from sampling.edge.paper import typesetter
from sampling.edge.paper.codes import codes_in, data_matrix, qr, read_back
from sampling.edge.paper.printer import printed
from sampling.edge.paper.typesetter import typeset
from sampling.errors import NoFont, WrongDocument
from sampling.text import Text
from tests.sampling.papers import BOUGHT, SAMPLE, UNITS, blind, examples, labels, stamped

K = DocumentKind
LONG = 60


@pytest.fixture(scope="module")
def files() -> Mapping[DocumentKind, bytes]:
    """Give every kind as it is printed, the lists over several pages."""
    return {kind: printed(document) for kind, document in examples(LONG).items()}


@pytest.fixture(params=K)
def kind(request: pytest.FixtureRequest) -> DocumentKind:
    """Give each kind."""
    return DocumentKind(request.param)


def test_both_languages_and_all_that_proves_a_page_stand_on_every_page(
    files: Mapping[DocumentKind, bytes], kind: DocumentKind
) -> None:
    document = examples(LONG)[kind]
    pages = pages_of(files[kind])
    assert (len(pages) > 1) == (kind in {K.MANIFEST, K.RETENTION_LIST, K.SAMPLE_LABEL, K.SEAL_LABEL})
    for place, text in enumerate(pages, start=1):
        for said in (
            TITLES[kind].zh, TITLES[kind].en, document.stamped.number, document.content_sha256,
            document.stamped.issuer.verify, f"page {place} of {len(pages)}", f"第{place}页，共{len(pages)}页",
        ):  # fmt: skip
            assert squeezed(said) in text


def test_a_file_is_pdf_a_by_its_structure(files: Mapping[DocumentKind, bytes], kind: DocumentKind) -> None:
    """What ISO 19005-1 asks of a file, as far as its objects show it; benchmarks/documents.py asks a validator."""
    with pikepdf.open(io.BytesIO(files[kind])) as pdf:
        assert pdf.check_pdf_syntax() == []
        assert not pdf.is_encrypted and "/ID" in pdf.trailer
        assert pdf.Root.MarkInfo.Marked and "/StructTreeRoot" in pdf.Root and pdf.Root.Lang
        assert [intent.S for intent in pdf.Root.OutputIntents] == ["/GTS_PDFA1"]
        assert pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        with pdf.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("1", "A")
        assert forbidden(pdf) == set()
        assert all(embedded(font) for font in fonts(pdf)) and fonts(pdf)
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.URI)
        assert forbidden(pdf) == {"/OpenAction"}


def test_the_same_document_is_the_same_file(files: Mapping[DocumentKind, bytes]) -> None:
    for kind in (K.SAMPLING_NOTICE, K.SAMPLE_LABEL):
        typesetter._compiler.cache_clear()
        assert printed(examples(LONG)[kind]) == files[kind]


def test_a_sign_that_the_font_lacks_is_printed_as_such_and_refuses_nothing() -> None:
    seller = '小熊 🧸🚀 ئۇيغۇر ཀཱ ẹ́ ไทย हिन्दी \u200d\U0001ccc8 #$*_`<>@[]{}"\\ ㎎／㎏ ①㊿ 𠮷'
    document = sampling_sheet(replace(BOUGHT, seller=seller), UNITS, stamped(K.SAMPLING_SHEET, SAMPLE))
    [text] = pages_of(printed(document))
    assert "小熊〓〓" in text and '#$*_`<>@[]{}"\\' in text and "①㊿" in text
    assert "小熊 🧸🚀" in document.data.decode()


def test_a_page_that_shows_another_code_is_refused(files: Mapping[DocumentKind, bytes]) -> None:
    label, sheet = files[K.SAMPLE_LABEL], files[K.SAMPLING_SHEET]
    read_back(label, (blind(0), blind(1)))
    for wrong in ((blind(1), blind(0)), (blind(0), blind(1), blind(2)), (blind(0),)):
        with pytest.raises(WrongDocument):
            read_back(label, wrong)
    with pytest.raises(WrongDocument, match="should show the code X"):
        read_back(sheet, ("X",))


def test_a_symbol_that_is_not_drawn_is_missed() -> None:
    document = labels(1)
    data = {
        **document.record(), "content_sha256": "", "module_mm": "0.508",
        "symbols": {blind(0): data_matrix(blind(0)).replace("<path", "<desc").replace("</path", "</desc")},
    }  # fmt: skip
    with pytest.raises(WrongDocument, match="nothing"):
        read_back(typeset("labels.typ", data), document.codes)


def test_an_address_too_long_for_a_code_that_scanners_read_is_refused() -> None:
    with pytest.raises(WrongDocument, match="too long"):
        qr("https://authority.example/" + "x" * 1000)


def test_a_template_that_fails_is_no_document() -> None:
    with pytest.raises(WrongDocument, match="cannot be set"):
        typeset("paper.typ", {})


@pytest.mark.parametrize("family", ["No Such Font 1", "Other"])
def test_without_a_font_nothing_is_printed(monkeypatch: pytest.MonkeyPatch, family: str) -> None:
    if family == "Other":
        monkeypatch.setenv("PATH", "/nowhere")
    else:
        monkeypatch.setattr(typesetter, "FAMILY", family)
    with pytest.raises(NoFont):
        typesetter.find_font()


def test_the_longest_that_may_stand_on_a_label_stays_on_its_page() -> None:
    for storage in ("常" * 200, "W" * 200, Text("常" * 200, "W" * 200)):
        label = sample_label(blind(0), Role.BACKUP, seal_no="W" * 40, storage=storage)
        assert len(pages_of(printed(replace(labels(1), labels=(label,))))) == 1


def pages_of(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [squeezed(document[place].get_textpage().get_text_range()) for place in range(len(document))]
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Without spaces and line ends, which stand where the line breaks; English is told apart by its letters."""
    return "".join(text.replace("\u200b", "").split())


def forbidden(pdf: pikepdf.Pdf) -> set[str]:
    """What PDF/A-1 knows not: scripts, forms, files inside, layers, pictures seen through, references outside."""
    words = ("/JavaScript", "/JS", "/AcroForm", "/EmbeddedFiles", "/EF", "/OCProperties", "/SMask", "/Launch", "/URI",
             "/Encrypt", "/XFA", "/Movie", "/Sound", "/AA", "/OpenAction")  # fmt: skip
    found = {word for word in words for made in pdf.objects if isinstance(made, pikepdf.Dictionary) and word in made}
    seen_through = {
        "transparency"
        for made in pdf.objects
        if isinstance(made, pikepdf.Dictionary) and (made.get("/ca", 1) != 1 or made.get("/CA", 1) != 1)
    }
    return found | seen_through


def fonts(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [
        made
        for made in pdf.objects
        if isinstance(made, pikepdf.Dictionary) and made.get("/Type") == "/Font" and "/DescendantFonts" not in made
    ]


def embedded(font: pikepdf.Object) -> bool:
    """A subset, named by six letters and a plus, whose program is in the file."""
    name = str(font.BaseFont)
    return name[7:8] == "+" and any(f"/FontFile{end}" in font.FontDescriptor for end in ("", "2", "3"))


def test_the_codes_of_a_photo_are_read_unless_it_has_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    made, out = zxingcpp.create_barcode("B7001", zxingcpp.BarcodeFormat.QRCode), io.BytesIO()
    Image.fromarray(zxingcpp.write_barcode_to_image(made, scale=8)).convert("RGB").save(out, "JPEG")
    assert codes_in(out.getvalue()) == ("B7001",)
    assert codes_in(b"no picture") == ()
    monkeypatch.setattr("sampling.edge.paper.codes.PIXELS", 1000)
    assert codes_in(out.getvalue()) == ()
