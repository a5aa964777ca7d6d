"""The pictures of every kind of document in `docs/documents/`: the first page of each, made of example data."""

import io
import sys
from pathlib import Path

import pypdfium2
from PIL import Image

from sampling.documents.label import Labels
from sampling.edge.paper.printer import printed
from tests.sampling.papers import examples

PLACE = Path(__file__).with_name("documents")
PAGE_DPI, LABEL_DPI, POINTS_AN_INCH = 100, 300, 72


def main() -> int:
    """Write a picture of each kind and say where they are."""
    PLACE.mkdir(exist_ok=True)
    for kind, document in examples().items():
        dpi = LABEL_DPI if isinstance(document, Labels) else PAGE_DPI
        path = PLACE / f"{kind}.png"
        path.write_bytes(_slim(first_page(printed(document), dpi)))
        print(f"{path}: {path.stat().st_size} bytes")
    return 0


def first_page(data: bytes, dpi: int) -> Image.Image:
    """Give the first page of a PDF as it looks in print."""
    document = pypdfium2.PdfDocument(data)
    try:
        drawn: Image.Image = document[0].render(scale=dpi / POINTS_AN_INCH).to_pil()
        return drawn
    finally:
        document.close()


def _slim(picture: Image.Image) -> bytes:
    """Sixteen greys show black text on white as well."""
    packed = io.BytesIO()
    picture.convert("L").quantize(16).save(packed, "PNG", optimize=True)
    return packed.getvalue()


if __name__ == "__main__":
    sys.exit(main())
