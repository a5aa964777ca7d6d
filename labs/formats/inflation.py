"""The inflation of an archive's members: bounded while it goes on, and screened for what declares entities."""

import re
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator

from labs.formats.table import refusal
from labs.result import Finding

MOST_INFLATED = 200 * 1024 * 1024
MOST_RATIO = 100
SMALL = 1024 * 1024
"""Below this a high ratio is only a small, regular file."""
DECLARATION = re.compile(
    rb"""(?:\xef\xbb\xbf)?<\?xml\s+version\s*=\s*(?:"1\.[0-9]"|'1\.[0-9]')(?:\s+encoding\s*=\s*(?:"utf-?8"|'utf-?8'))?"""
    rb"""(?:\s+standalone\s*=\s*(?:"yes"|"no"|'yes'|'no'))?\s*\?>""",
    re.IGNORECASE,
)
"""What markup may say of itself, at its start and nowhere else: that it is written in UTF-8."""
_DECLARED = re.compile(rb"<\?xml\s")
_CHUNK = 256 * 1024
_WORD = 9


class Refused(Exception):
    """A member that refuses its archive; the finding says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.rule)
        self.finding = finding


class Inflation:
    """The members of one archive, their sizes counted together."""

    def __init__(self, book: zipfile.ZipFile, size: int, most: int = MOST_INFLATED) -> None:
        self._book, self._size, self._most = book, size, most
        self._total = 0

    def check_declared(self) -> None:
        """Raise Refused where the sizes that the archive declares are too large already."""
        total = 0
        for member in self._book.infolist():
            total += member.file_size
            self._check(total, member.filename)

    def chunks(self, name: str) -> Iterator[bytes]:
        """Give a member as it inflates, or raise Refused: declared sizes are its author's, so it is counted.

        A document type is where entities are declared; other encodings would hide the word.
        """
        looked, markup = b"", name.lower().endswith((".xml", ".rels"))
        with self._book.open(name) as member:
            while chunk := member.read(_CHUNK):
                self._total += len(chunk)
                self._check(self._total, name)
                if markup:
                    first = not looked
                    looked = looked[-_WORD:] + chunk
                    self._screen(looked, name, first=first)
                yield chunk

    def pass_over(self, names: Iterable[str]) -> None:
        """Screen these members and keep nothing of them."""
        for name in names:
            deque(self.chunks(name), maxlen=0)

    def _screen(self, text: bytes, name: str, *, first: bool) -> None:
        """Entities are refused, and readers may differ on what another coding says."""
        if _declares(text):
            raise Refused(refusal("document-type", found=name))
        start = DECLARATION.match(text) if first else None
        if b"?" in text and _DECLARED.search(text, start.end() if start else 0):
            raise Refused(refusal("workbook-broken", found=name, expected="UTF-8"))

    def _check(self, total: int, name: str) -> None:
        if total > self._most or (total > SMALL and total > MOST_RATIO * self._size):
            raise Refused(refusal("zip-bomb", found=name, expected=f"{self._most} bytes, 1:{MOST_RATIO}"))


def _declares(text: bytes) -> bool:
    """Whether markup declares anything; the one sign is looked for first, as that is quick."""
    return b"\0" in text or (b"!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text))
