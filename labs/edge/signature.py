"""The signatures of a report: checked against the laboratory's certificates, with the text, in a child process."""

import json
import logging
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from labs.edge.child import NOT_ANSWERS, ChildFailed, asked, questioned
from labs.signed import (
    MOST_BYTES,
    Checked,
    ReportRule,
    Signature,
    SignatureState,
    SignedReport,
    missing,
    oversized,
    unreadable,
    weighed,
)

_MOST_TEXT = 8_000_000
_SECONDS, _MEGABYTES = 20, 1024


def check_report(data: bytes | None, rule: ReportRule, at: datetime) -> Checked:
    """Give what a report says and every finding about its signatures; one that cannot be read is refused.

    A signature without a stated time counts as made at `at`. Nothing is fetched, so a revoked certificate has to be
    taken out of the rule.
    """
    if data is None:
        return missing(rule)
    if len(data) > MOST_BYTES:
        return oversized(len(data))
    if not data.startswith(b"%PDF-"):
        return unreadable("%PDF-")
    question = (rule.certificates, at.isoformat())
    try:
        page = json.loads(asked("labs.edge.signature", question, data, seconds=_SECONDS, megabytes=_MEGABYTES))
        signatures = tuple(Signature(SignatureState(one.pop("state")), **one) for one in page["signatures"])
        return weighed(SignedReport(str(page["text"]), int(page["pages"]), signatures), rule)
    except ChildFailed as failed:
        return unreadable(str(failed))
    except NOT_ANSWERS:
        return unreadable("answer")


def main() -> None:
    """Read the report that stands on standard input and write what it says and who signed it as JSON."""
    logging.disable()  # a chain that leads nowhere is an answer here
    (certificates, at), data = questioned()
    json.dump(asdict(read_report(data, certificates, datetime.fromisoformat(at))), sys.stdout)


def read_report(data: bytes, certificates: Sequence[str], at: datetime) -> SignedReport:
    """Give what a report says and who signed it; nothing but a child should read a stranger's."""
    text, pages = _text(data)
    return SignedReport(text, pages, tuple(_signatures(data, certificates, at)))


def _text(data: bytes) -> tuple[str, int]:
    import pypdfium2

    book = pypdfium2.PdfDocument(data)
    texts, length = [], 0
    for page in book:
        texts.append(page.get_textpage().get_text_range())
        length += len(texts[-1])
        if length > _MOST_TEXT:
            raise MemoryError
    return "\n".join(texts), len(book)


def _signatures(data: bytes, certificates: Sequence[str], at: datetime) -> Iterator[Signature]:
    from cryptography.x509 import load_pem_x509_certificates
    from pyhanko.pdf_utils.reader import PdfFileReader

    anchors = [one for pem in certificates for one in load_pem_x509_certificates(pem.encode())]
    found = PdfFileReader(BytesIO(data)).embedded_regular_signatures  # a time-stamp of the whole is nobody's hand
    for place, one in enumerate(found, start=1):
        yield _signature(one, anchors, at, last=place == len(found))


def _signature(one: Any, anchors: Sequence[Any], at: datetime, *, last: bool) -> Signature:
    """The chain is looked for at a time when the certificate was valid, and the time of signing beside it.

    That tells a stranger from a laboratory whose certificate had ended, also where the certificate is an anchor itself.
    """
    certificate = one.signer_cert
    validity = certificate["tbs_certificate"]["validity"]
    first, end = validity["not_before"].native, validity["not_after"].native
    stated = _with_zone(one.self_reported_timestamp)
    moment = stated or at
    status = _status(one, anchors, min(max(moment, first), end))
    if not (status.intact and status.valid and _unchanged(status, last=last)):
        state = SignatureState.CHANGED
    elif not status.trusted:
        state = SignatureState.STRANGER
    else:
        state = SignatureState.GOOD if first <= moment <= end else SignatureState.EXPIRED
    return Signature(
        state=state,
        signer=certificate.subject.human_friendly,
        certificate=certificate.sha256.hex(),
        signed_at=stated.isoformat() if stated else "",
    )


def _with_zone(stated: datetime | None) -> datetime | None:
    """A time that names no zone counts as one of UTC: it cannot be compared otherwise."""
    return stated.replace(tzinfo=UTC) if stated is not None and stated.tzinfo is None else stated


def _unchanged(status: Any, *, last: bool) -> bool:
    """Whether nothing but further signatures, and what proves them later, stands behind what was signed."""
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import SignatureCoverageLevel

    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    allowed = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}
    allowed |= set() if last else {ModificationLevel.FORM_FILLING}
    return status.coverage is SignatureCoverageLevel.ENTIRE_REVISION and status.modification_level in allowed


def _status(one: Any, anchors: Sequence[Any], moment: datetime) -> Any:
    from asn1crypto.x509 import Certificate
    from cryptography.hazmat.primitives.serialization import Encoding
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko_certvalidator import ValidationContext

    roots = [Certificate.load(anchor.public_bytes(Encoding.DER)) for anchor in anchors]
    context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail", moment=moment)
    purposes = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)
    return validate_pdf_signature(one, context, key_usage_settings=purposes)


if __name__ == "__main__":
    main()
