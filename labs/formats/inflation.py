"""The inflation of an archive's members: bounded while it goes on, and screened for what declares entities."""

import zipfile
from collections import deque
from collections.abc import Iterable, Iterator

from labs.formats.table import refusal
from labs.result import Finding

MOST_INFLATED = 200 * 1024 * 1024
MOST_RATIO = 100
SMALL = 1024 * 1024
"""Below this a high ratio is only a small, regular file."""
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
                    looked = looked[-_WORD:] + chunk
                    if _declares(looked):
                        raise Refused(refusal("document-type", found=name))
                yield chunk

    def pass_over(self, names: Iterable[str]) -> None:
        """Screen these members and keep nothing of them."""
        for name in names:
            deque(self.chunks(name), maxlen=0)

    def _check(self, total: int, name: str) -> None:
        if total > self._most or (total > SMALL and total > MOST_RATIO * self._size):
            raise Refused(refusal("zip-bomb", found=name, expected=f"{self._most} bytes, 1:{MOST_RATIO}"))


def _declares(text: bytes) -> bool:
    """Whether markup declares anything; the one sign is looked for first, as that is quick."""
    return b"\0" in text or (b"!" in text and (b"<!DOCTYPE" in text or b"<!ENTITY" in text))
