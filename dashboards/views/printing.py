"""What can be printed of a sample as it stands, and what was released of it already."""

from collections.abc import Iterable
from dataclasses import dataclass

from sampling.documents.kind import TITLES, DocumentKind
from sampling.sample import Sample
from sampling.seal import is_ours
from sampling.text import Text
from storage import custody, documents, samples
from storage.documents import Released
from storage.unit import Unit

_K = DocumentKind
OF_SHOPPERS = (_K.TASK_MANDATE, _K.SAMPLING_SHEET, _K.SAMPLE_LABEL, _K.SEAL_LABEL)
OF_STAFF = (
    _K.TASK_MANDATE, _K.SAMPLING_SHEET, _K.SAMPLING_NOTICE, _K.PLATFORM_COPY, _K.SAMPLE_LABEL, _K.SEAL_LABEL,
    _K.HANDOVER_RECEIPT,
)  # fmt: skip
OF_A_SAMPLE = frozenset(OF_STAFF)
"""The kinds that are papers of one sample."""


@dataclass(frozen=True, slots=True)
class Printable:
    """One document that can be printed now: its kind, and what of the sample it is of."""

    kind: DocumentKind
    subject: str

    @property
    def title(self) -> Text:
        """What it is called."""
        return TITLES[self.kind]


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers of a sample: those that can be printed, and the released ones, oldest first."""

    printable: tuple[Printable, ...]
    released: tuple[tuple[Text, Released], ...]
    """Each with what it is called."""


def load_papers(unit: Unit, sample: Sample, kinds: Iterable[DocumentKind]) -> Papers:
    """Give the papers of a sample that somebody may see."""
    shown = tuple(kinds)
    found = [(TITLES[one.kind], one) for one in documents.of_subject(unit, sample.id) if one.kind in shown]
    return Papers(tuple(one for one in _printable(unit, sample) if one.kind in shown), tuple(found))


def _printable(unit: Unit, sample: Sample) -> Iterable[Printable]:
    if samples.was_given(unit, sample.id):
        yield Printable(_K.TASK_MANDATE, sample.code)
    sealed = [part for part in custody.units(unit, sample.id) if part.seal_no is not None]
    if sealed:
        yield from (Printable(kind, sample.code) for kind in (_K.SAMPLING_SHEET, _K.SAMPLING_NOTICE, _K.PLATFORM_COPY))
    for part in sealed:
        yield Printable(_K.SAMPLE_LABEL, part.code)
        if is_ours(part.seal_no or ""):  # beside a seal of another maker there is its own
            yield Printable(_K.SEAL_LABEL, part.seal_no or "")
        yield from (
            Printable(_K.HANDOVER_RECEIPT, f"{part.code}/{one.seq}")
            for one in custody.handovers(unit, part.id)
            if one.passes
        )
