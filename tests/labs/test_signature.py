"""The signed report beside a table: who signed it and when, what was changed since, and what it says."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, PdfTimeStamper, SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from demo.laboratory.paper import Signatory, of_today, printed, signatory, signed
from labs.edge.door import take_in
from labs.edge.signature import check_report, read_report
from labs.result import Finding
from labs.signed import MOST_BYTES, ReportRule, Sent, SignatureState, weighed
from tests.labs.build import csv_of, expected, line

NOW = datetime.now(UTC)
LINES = ("Report R1", "Version 1", "B26-0002 lead 0.45 mg/kg")


@pytest.fixture(scope="module")
def chief() -> Signatory:
    return of_today("Chief of LAB1")


@pytest.fixture(scope="module")
def report(chief: Signatory) -> bytes:
    return signed(printed(LINES), chief)


def told(data: bytes, rule: ReportRule) -> list[tuple[str, str, str]]:
    """What the reader in the child says, without the child: it takes half a second each time."""
    checked = weighed(read_report(data, rule.certificates, NOW), rule)
    return [(one.rule, one.reaction, one.found) for one in checked.findings]


def refused(data: bytes | None, rule: ReportRule) -> list[tuple[str, str, str]]:
    return [(one.rule, one.reaction, one.found) for one in check_report(data, rule, NOW).findings]


def test_a_report_signed_by_the_laboratory_says_what_it_says(chief: Signatory, report: bytes) -> None:
    checked = check_report(report, ReportRule(True, (of_today("another").pem, chief.pem)), NOW)
    assert (checked.findings, checked.report is None) == ((), False)
    assert checked.report is not None
    [one] = checked.report.signatures
    assert (one.state, one.signer) == (SignatureState.GOOD, "Common Name: Chief of LAB1")
    assert abs(datetime.fromisoformat(one.signed_at) - datetime.now(UTC)) < timedelta(minutes=5)
    assert [text in checked.report.text for text in LINES] == [True] * 3


ENDLESS = b'{"text": "", "pages": Infinity, "signatures": []}'


@pytest.mark.parametrize("answer", [b"[" * 10**5, ENDLESS, b"[]"], ids=["deep", "endless", "list"])
def test_what_is_no_answer_is_a_report_that_cannot_be_read(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labs.edge.signature.asked", lambda *_, **__: answer)
    assert refused(b"%PDF-1.7", ReportRule()) == [("report-broken", "reject", "answer")]


def test_a_second_signature_leaves_the_first_one_good(chief: Signatory, report: bytes) -> None:
    twice = read_report(signed(report, chief), (chief.pem,), NOW)
    assert [one.state for one in twice.signatures] == [SignatureState.GOOD] * 2


def stamped(report: bytes, by: Signatory) -> bytes:
    """The report with a time-stamp of the whole behind its signatures, as it is kept for long."""
    fresh = rsa.generate_private_key(65537, 2048)  # its maker knows no other kind
    key = PrivateKeyInfo.load(fresh.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    clock = DummyTimeStamper(Certificate.load(by.certificate.public_bytes(Encoding.DER)), key, fixed_dt=NOW)
    return bytes(PdfTimeStamper(clock).timestamp_pdf(IncrementalPdfFileWriter(BytesIO(report)), "sha256").getvalue())


def test_a_time_stamp_of_the_whole_is_nobodys_signature(chief: Signatory, report: bytes) -> None:
    rule = ReportRule(True, (chief.pem,))
    assert told(stamped(report, chief), rule) == []
    assert told(stamped(printed(LINES), chief), rule) == [("report-unsigned", "hold", "")]


def unzoned(report: bytes, by: Signatory) -> bytes:
    """The report signed as some programs do: the time stands in the document alone, and names no zone."""
    certificate = Certificate.load(by.certificate.public_bytes(Encoding.DER))
    key = PrivateKeyInfo.load(by.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))

    class Unzoned(PdfSigner):
        def init_signing_session(self, *given: Any, **named: Any) -> Any:
            session = super().init_signing_session(*given, **named)
            session.system_time = NOW.replace(tzinfo=None)
            return session

    place = PdfSignatureMetadata(field_name="Signature1", subfilter=SigSeedSubFilter.PADES)
    signer = SimpleSigner(certificate, key, SimpleCertificateStore())  # type: ignore[no-untyped-call]
    return bytes(Unzoned(place, signer).sign_pdf(IncrementalPdfFileWriter(BytesIO(report))).getvalue())


def test_a_time_without_a_zone_counts_as_one_of_utc(chief: Signatory) -> None:
    [one] = read_report(unzoned(printed(LINES), chief), (chief.pem,), NOW).signatures
    assert (one.state, one.signed_at) == (SignatureState.GOOD, NOW.replace(microsecond=0).isoformat())


def written_over(report: bytes) -> bytes:
    """The report with another page in the place of its own, in the way that leaves what was signed as it is."""
    writer = IncrementalPdfFileWriter(BytesIO(report))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(StreamObject(stream_data=b"BT /F1 9 Tf (0.05) Tj ET"))
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0).reference)
    out = BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]
    return out.getvalue()


def test_each_fault_of_a_signature_has_its_own_rule(chief: Signatory, report: bytes) -> None:
    rule = ReportRule(True, (chief.pem,))
    name = "Common Name: Chief of LAB1"
    swapped = report.replace(b"0.45", b"0.05", 1)
    old = signatory("Old", first=NOW - timedelta(days=90), last=NOW - timedelta(days=2))
    assert told(swapped, rule) == [("report-changed", "reject", name)]
    assert [one[:2] for one in told(written_over(report), rule)] == [("report-changed", "reject")]
    assert told(report, ReportRule(True, (of_today("another").pem,))) == [("report-stranger", "hold", name)]
    assert told(report, ReportRule(True)) == [("report-stranger", "hold", name)]
    assert told(signed(printed(LINES), old), ReportRule(True, (old.pem,))) == [
        ("report-expired", "hold", "Common Name: Old")
    ]
    assert told(printed(LINES), rule) == [("report-unsigned", "hold", "")]
    assert told(printed(LINES), ReportRule()) == [("report-unsigned", "warn", "")]
    assert told(signed(printed(()), chief), rule) == [("report-scanned", "hold", "1")]
    assert refused(None, rule) == [("report-missing", "hold", "")]
    assert refused(None, ReportRule()) == []


def test_what_is_no_report_is_refused(report: bytes) -> None:
    rule = ReportRule(True)
    assert refused(b"MZ", rule) == [("report-broken", "reject", "%PDF-")]
    assert [one[:2] for one in refused(report[: len(report) // 2], rule)] == [("report-broken", "reject")]
    assert refused(bytes(MOST_BYTES + 1), rule) == [("report-too-large", "reject", str(MOST_BYTES + 1))]


def test_the_door_holds_a_table_that_says_more_than_its_report(chief: Signatory, report: bytes) -> None:
    rule = ReportRule(True, (chief.pem,))
    table = csv_of(line(), line(replicate="2", result_text="0.46"))
    odd, said = take_in(Sent("r.csv", table, report), expected(), rule, at=NOW)
    assert said is not None
    assert [(one.rule, one.found, one.cell) for one in odd.findings] == [("report-result-absent", "0.46", "H3")]


def test_the_door_opens_nothing_that_the_scanner_stops() -> None:
    stop = Finding("malware-found", "reject", None, None, "Eicar", "")
    reading, report = take_in(
        Sent("r.csv", csv_of(line()), b"bad"), expected(), ReportRule(), at=NOW,
        scan=lambda data: stop if data == b"bad" else None,
    )  # fmt: skip
    assert (reading.findings, reading.reports, report) == ((stop,), (), None)
