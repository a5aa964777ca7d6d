"""Codes: symbols drawn as vectors, read back from the picture of each page, or from a photo that somebody took."""

import io
import re
from collections.abc import Sequence

import pypdfium2
import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError

from sampling.errors import WrongDocument
from sampling.media import PIXELS

DPI = 300
POINTS_AN_INCH = 72
PHOTOS, LARGEST_PHOTO = ("JPEG", "PNG", "WEBP"), 2400
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


def codes_in(photo: bytes) -> tuple[str, ...]:
    """Give what the codes on a photo say; nothing where there is none, or the file is no picture of fair size."""
    try:
        with Image.open(io.BytesIO(photo), formats=PHOTOS) as picture:
            if picture.width * picture.height > PIXELS:
                return ()
            picture.draft("L", (LARGEST_PHOTO, LARGEST_PHOTO))
            upright = ImageOps.exif_transpose(picture.convert("L"))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return ()
    upright.thumbnail((LARGEST_PHOTO, LARGEST_PHOTO))
    return tuple(found.text for found in zxingcpp.read_barcodes(upright, formats=_formats()))


def _formats() -> zxingcpp.BarcodeFormats:
    """Made anew each time: one that lives as long as the process makes the library complain when that ends."""
    return zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.QRCode])


def _on(page: pypdfium2.PdfPage) -> list[str]:
    picture = page.render(scale=DPI / POINTS_AN_INCH, grayscale=True).to_numpy()
    read = zxingcpp.read_barcodes(
        picture.reshape(picture.shape[:2]), formats=_formats(), try_rotate=False, try_downscale=False, try_invert=False
    )
    return [found.text for found in read]
