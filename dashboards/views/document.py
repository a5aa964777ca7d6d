"""What the paper in somebody's hand is: a released document, an earlier version of one, or none of ours."""

from dataclasses import dataclass

from sampling.documents.kind import TITLES
from sampling.text import Text
from storage import documents
from storage.documents import Released
from storage.unit import Unit


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """What was asked and the released version that answers; number and hash must both fit, so none can be guessed."""

    number: str
    hash: str
    found: Released | None = None
    newest: int | None = None
    """The version that took its place, where one did."""

    @property
    def asked(self) -> bool:
        """Whether anything was asked at all."""
        return bool(self.number or self.hash)

    @property
    def title(self) -> Text | None:
        """What the document that was found is called."""
        return TITLES[self.found.kind] if self.found else None


def load_document(unit: Unit, number: str, content: str) -> DocumentPage:
    """Give the released version with this number and this printed hash, as far as there is one."""
    found = documents.of_content(unit, number, content)
    last = documents.last(unit, number) if found else None
    newest = last.version if found and last and last.version != found.version else None
    return DocumentPage(number, content, found, newest)
