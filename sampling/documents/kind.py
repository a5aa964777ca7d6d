"""The kinds of documents: what each is called, how its numbers begin, and who may read it."""

from enum import StrEnum

from sampling.text import Text


class DocumentKind(StrEnum):
    """What a document is for."""

    SAMPLE_LABEL = "sample-label"
    SEAL_LABEL = "seal-label"
    SAMPLING_SHEET = "sampling-sheet"
    SAMPLING_NOTICE = "sampling-notice"
    PLATFORM_COPY = "platform-copy"
    MANIFEST = "manifest"
    HANDOVER_RECEIPT = "handover-receipt"
    TASK_MANDATE = "task-mandate"
    RETENTION_LIST = "retention-list"


_K = DocumentKind

TITLES = {
    _K.SAMPLE_LABEL: Text("样品标签", "Sample label"),
    _K.SEAL_LABEL: Text("封签标签", "Seal label"),
    _K.SAMPLING_SHEET: Text("抽样单", "Sampling sheet"),
    _K.SAMPLING_NOTICE: Text("抽样告知书", "Sampling notice"),
    _K.PLATFORM_COPY: Text("抽样告知书（平台留存联）", "Sampling notice, the platform's copy"),
    _K.MANIFEST: Text("送检清单", "Consignment manifest"),
    _K.HANDOVER_RECEIPT: Text("样品交接单", "Handover receipt"),
    _K.TASK_MANDATE: Text("抽样任务委托书", "Sampling mandate"),
    _K.RETENTION_LIST: Text("备样留存清单", "Retention list"),
}
LETTERS = {
    _K.SAMPLE_LABEL: "UL",
    _K.SEAL_LABEL: "SL",
    _K.SAMPLING_SHEET: "SS",
    _K.SAMPLING_NOTICE: "SN",
    _K.PLATFORM_COPY: "SP",
    _K.MANIFEST: "CM",
    _K.HANDOVER_RECEIPT: "HR",
    _K.TASK_MANDATE: "TM",
    _K.RETENTION_LIST: "RL",
}
FOR_LABORATORIES = frozenset({_K.SAMPLE_LABEL, _K.SEAL_LABEL, _K.MANIFEST, _K.HANDOVER_RECEIPT})
"""The kinds that a laboratory sees: they name goods by blind codes alone, never a seller, brand or platform."""


def document_number(kind: DocumentKind, subject: str) -> str:
    """Give the number of a document, such as `SS-S26-000123`; every version of it keeps the number."""
    return f"{LETTERS[kind]}-{subject}"
