"""Documents from the command line: printed as released, known again by their bytes, and refused when changed."""

from pathlib import Path

import pypdfium2
import pytest

from sampling.documents.kind import DocumentKind
from shopper.grammar import DOCUMENTS
from shopper.main import main
from storage.database import Database
from storage.objects import Folder
from tests.storage.papers import at_laboratory


def test_the_grammar_knows_every_kind() -> None:
    assert set(DOCUMENTS) == set(DocumentKind)


def test_a_document_is_printed_and_known_again(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHOPPER_HOME", str(tmp_path))
    monkeypatch.setenv("SHOPPER_DATABASE_URL", database.url)
    with database.unit() as unit:
        made = at_laboratory(unit, Folder(tmp_path / "objects"))
        code = made.sample.code
    for kind, subject in (("sample-label", f"{code}-B"), ("sampling-sheet", code), ("manifest", "K26-00001")):
        out = tmp_path / f"{kind}.pdf"
        assert main(["document", "print", kind, subject, "--out", str(out)]) == 0
        assert "version 1, SHA-256" in capsys.readouterr().out
    assert main(["document", "verify", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: OK, Consignment manifest CM-K26-00001 version 1")
    document = pypdfium2.PdfDocument(out)
    assert len(document) == 1
    document.close()
    changed = tmp_path / "sampling-sheet.pdf"
    changed.write_bytes(changed.read_bytes() + b"\n")
    assert main(["document", "verify", str(changed)]) == 1
    assert "NOT OK, no document with these bytes" in capsys.readouterr().out
    monkeypatch.setenv("SHOPPER_BASE_URL", "https://other.example")
    assert main(["document", "print", "manifest", "K26-00001", "--out", str(tmp_path / "second.pdf")]) == 0
    assert main(["document", "verify", str(tmp_path / "manifest.pdf")]) == 1
    assert "NOT OK, version 2 took its place" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["document", "verify", "missing.pdf"], 2, "cannot be read"),
        (["document", "print", "sampling-sheet", "S26-000404", "--out", "x.pdf"], 1, "there is no sample"),
    ],
)
def test_what_cannot_be_done_is_said(
    words: list[str], code: int, told: str, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("SHOPPER_HOME", str(tmp_path))
    monkeypatch.setenv("SHOPPER_DATABASE_URL", database.url)
    assert main(words) == code
    assert told in capsys.readouterr().err
