"""The printer: gives the bytes of a document, once every code on it was read back from its page."""

from typing import Any

from sampling.documents.label import MODULE_MM, Labels
from sampling.documents.paper import Paper
from sampling.edge.paper.codes import data_matrix, qr, read_back
from sampling.edge.paper.typesetter import typeset


def printed(document: Paper | Labels) -> bytes:
    """Give the PDF/A of a document; one whose codes do not read back is refused with WrongDocument."""
    match document:
        case Labels():
            made = typeset("labels.typ", _labels(document))
        case Paper():
            made = typeset("paper.typ", _paper(document))
    read_back(made, document.codes)
    return made


def _paper(paper: Paper) -> dict[str, Any]:
    symbol = qr(paper.codes[0])
    return {**paper.record(), "content_sha256": paper.content_sha256, "symbol": symbol}


def _labels(document: Labels) -> dict[str, Any]:
    drawn = {code: data_matrix(code) for code in document.codes}
    return {
        **document.record(), "content_sha256": document.content_sha256, "symbols": drawn, "module_mm": str(MODULE_MM),
    }  # fmt: skip
