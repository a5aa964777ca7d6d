"""Codes: symbols drawn as vectors, and read back from the picture of each page at the resolution it is printed in."""

import re
from collections.abc import Sequence

import pypdfium2
import zxingcpp

from sampling.errors import WrongDocument

DPI = 300
POINTS_AN_INCH = 72
FORMATS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.QRCode])
WIDTH_MM, LEAST_MODULE_MM = 34, 0.33
"""How wide `paper.typ` sets the code, and the X-dimension below which a hand scanner may fail."""
SIDE = re.compile(r'<svg width="(\d+)"')


def data_matrix(text: str) -> str:
    """Give a square Data Matrix as SVG, one unit a module, with one module of quiet zone on each side."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    return str(zxingcpp.write_barcode_to_svg(made))


def qr(text: str) -> str:
    """Give a QR code of level Q as SVG, one unit a module, with four modules of quiet zone on each side."""
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    drawn = str(zxingcpp.write_barcode_to_svg(made))
    side = SIDE.search(drawn)
    if side is None or WIDTH_MM / int(side.group(1)) < LEAST_MODULE_MM:
        raise WrongDocument(f"{text} is too long for a code of {WIDTH_MM} mm")
    return drawn


def read_back(pdf: bytes, expected: Sequence[str]) -> None:
    """Read the code of every page; where a page shows not exactly its own, raise WrongDocument.

    `expected` names one code a page; a single one stands on all pages.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = len(document)
        wanted = list(expected) * pages if len(expected) == 1 else list(expected)
        if len(wanted) != pages:
            raise WrongDocument(f"{len(wanted)} codes should stand on {pages} pages")
        for number, code in enumerate(wanted):
            found = _on(document[number])
            if found != [code]:
                raise WrongDocument(f"page {number + 1} should show the code {code}, but reads {found or 'nothing'}")
    finally:
        document.close()


def _on(page: pypdfium2.PdfPage) -> list[str]:
    picture = page.render(scale=DPI / POINTS_AN_INCH, grayscale=True).to_numpy()
    read = zxingcpp.read_barcodes(
        picture.reshape(picture.shape[:2]), formats=FORMATS, try_rotate=False, try_downscale=False, try_invert=False
    )
    return [found.text for found in read]
