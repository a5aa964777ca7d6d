"""The typesetter: sets a template with its data as PDF/A-1a; the same data gives the same bytes."""

import json
import subprocess
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst
from fontTools.ttLib import TTFont

from sampling.documents.paper import UNPRINTABLE
from sampling.errors import NoFont, WrongDocument

FAMILY = "Noto Sans CJK SC"
STANDARD: Literal["a-1a"] = "a-1a"
"""PDF/A level 1a: nothing in it but pages, fonts and their text, tagged; what a validator of 1b accepts."""


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """Give the PDF of a template in this folder; a sign that the font lacks is printed as 〓."""
    text = printable(json.dumps(data, ensure_ascii=False, sort_keys=True))
    try:
        made = _compiler(template).compile(
            format="pdf", pdf_standards=STANDARD, sys_inputs={"data": text, "font": FAMILY}
        )
    except typst.TypstError as error:
        raise WrongDocument(f"the document cannot be set: {error}") from error
    assert isinstance(made, bytes)  # only pictures come as a list, one a page
    return made


def printable(text: str) -> str:
    """Give the text with composed letters, and 〓 for each sign that the font has no glyph for."""
    composed = unicodedata.normalize("NFC", text)
    lacking = {ord(sign) for sign in set(composed)} - _covered()
    return composed.translate(dict.fromkeys(lacking, UNPRINTABLE))


@cache
def _compiler(template: str) -> typst.Compiler:
    folder = Path(__file__).parent
    return typst.Compiler(folder / template, root=folder, font_paths=[find_font()[0].parent], ignore_system_fonts=True)


@cache
def _covered() -> frozenset[int]:
    place, number = find_font()
    with TTFont(place, fontNumber=number, lazy=True) as font:
        return frozenset(font.getBestCmap())


def find_font() -> tuple[Path, int]:
    """Give the file of the font with Chinese characters and its number there, as fontconfig says; or raise NoFont."""
    try:
        asked = ["fc-match", "--format=%{file}\n%{index}\n%{family}", FAMILY]
        said = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise NoFont(f"fc-match does not say where {FAMILY} is: install fontconfig and fonts-noto-cjk") from error
    place, number, family = said.split("\n", 2)
    if FAMILY not in family:
        raise NoFont(f"{FAMILY} is not installed: install fonts-noto-cjk")
    return Path(place), int(number)
