"""Labels: what sticks on a unit or beside a seal; its code holds an opaque code with a check character, no more."""

from dataclasses import dataclass
from typing import Any

from sampling.custody import Role
from sampling.digest import Digest, canonical, sha256
from sampling.documents.kind import TITLES, DocumentKind
from sampling.documents.paper import Stamped, Value, plain
from sampling.errors import WrongDocument
from sampling.sample import blind_code_is_whole
from sampling.seal import check_character, is_ours
from sampling.text import Text

MODULE_MM = 0.508
"""The X-dimension: six dots of a 300 dpi label printer, above the 0.33 mm that hand scanners ask for."""
QUIET_MODULES = 1
"""The clear margin that a Data Matrix needs on each side."""
MOST_SIGNS = 30
"""So much of the storage fits the label; what is longer ends in dots."""
ROLES = {
    Role.TEST: Text("检验样", "test"),
    Role.BACKUP: Text("备样", "backup"),
    Role.ARBITRATION: Text("仲裁样", "third"),
    Role.DUPLICATE: Text("平行样", "duplicate"),
}


@dataclass(frozen=True, slots=True)
class Label:
    """One label: the code that is scanned, and what a person reads beside it."""

    code: str
    role: Role
    seal_no: str
    storage: Value

    def record(self) -> dict[str, Any]:
        """Give it as plain JSON."""
        return {
            "code": self.code,
            "letter": self.role.value,
            "role": ROLES[self.role].record(),
            "seal_no": self.seal_no,
            "storage": plain(_shortened(self.storage)),
        }


@dataclass(frozen=True, slots=True)
class Labels:
    """A document of labels, one a page of the label printer's roll."""

    kind: DocumentKind
    stamped: Stamped
    labels: tuple[Label, ...]

    def record(self) -> dict[str, Any]:
        """Give all that the labels say as plain JSON."""
        return {
            "kind": self.kind.value,
            "title": TITLES[self.kind].record(),
            **self.stamped.record(),
            "labels": [label.record() for label in self.labels],
        }

    @property
    def data(self) -> bytes:
        """The canonical bytes of what the labels say."""
        return canonical(self.record())

    @property
    def content_sha256(self) -> Digest:
        """The hash printed on every label: the file cannot hold its own."""
        return sha256(self.data)

    @property
    def codes(self) -> tuple[str, ...]:
        """What the code on each page says, in order, read back before release."""
        return tuple(label.code for label in self.labels)


def sample_label(code: str, role: Role, *, seal_no: str, storage: Value) -> Label:
    """Give the label of one unit by its blind code; a code that does not fit its check character is refused."""
    if not blind_code_is_whole(code):
        raise WrongDocument(f"{code} is no blind code with its check character")
    return Label(code, _worn(role), seal_no, storage)


def seal_label(seal_no: str, role: Role, *, storage: Value) -> Label:
    """Give the label beside a seal; a number that is not ours or does not fit its check character is refused."""
    if not is_ours(seal_no) or check_character(seal_no[:-1]) != seal_no[-1]:
        raise WrongDocument(f"{seal_no} is no seal number of ours with its check character")
    return Label(seal_no, _worn(role), seal_no, storage)


def _worn(role: Role) -> Role:
    """A blind duplicate is labelled as a test unit: its laboratory must not know what it is."""
    return Role.TEST if role is Role.DUPLICATE else role


def _shortened(storage: Value) -> Value:
    match storage:
        case Text():
            return Text(_cut(storage.zh, MOST_SIGNS // 2), _cut(storage.en, MOST_SIGNS // 2))
        case _:
            return _cut(storage, MOST_SIGNS)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
