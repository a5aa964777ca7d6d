"""The laboratory's paper: a report as PDF with the numbers of its table, signed with a key of its own."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_LINES = 60
_DAY = timedelta(days=1)
_RESERVED = 16384
"""Bytes for a signature; so nobody has to sign twice to learn how long one gets."""


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs a laboratory's reports: a key and its certificate."""

    key: ec.EllipticCurvePrivateKey = field(repr=False)
    certificate: x509.Certificate

    @property
    def pem(self) -> str:
        """The certificate, as whoever believes the signatures keeps it."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()


def signatory(name: str, *, first: datetime, last: datetime) -> Signatory:
    """Somebody with a fresh key and a certificate of their own making for those days."""
    key = ec.generate_private_key(ec.SECP256R1())
    title = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(title).issuer_name(title).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(first).not_valid_after(last)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only",
         "decipher_only"), False,
    )  # fmt: skip
    made = made.add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
    return Signatory(key, made.sign(key, hashes.SHA256()))


def of_today(name: str) -> Signatory:
    """Somebody whose certificate holds for the ten years around today."""
    now = datetime.now(UTC)
    return signatory(name, first=now - _DAY, last=now + 3650 * _DAY)


def signatory_of(folder: Path, lab: str) -> Signatory:
    """Who signs for a laboratory of the demonstration: made when first asked for, and the same ever after."""
    place = folder / f"{lab}.pem"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = of_today(f"Authorised signatory of {lab}")
        draft = place.with_suffix(".new")
        draft.write_bytes(_secret(made.key, serialization.Encoding.PEM) + made.pem.encode())
        draft.replace(place)
    data = place.read_bytes()
    key = serialization.load_pem_private_key(data, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # it is ours
    return Signatory(key, x509.load_pem_x509_certificate(data))


def report_of(table: bytes, by: Signatory, at: datetime) -> bytes:
    """The signed report beside a table of the bench: every number of it, sample by sample."""
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    return signed(printed(_lines(rows)), by, at)


def printed(lines: Sequence[str]) -> bytes:
    """The lines as a PDF in the letters of Latin, sixty a page."""
    pages = [lines[at : at + _LINES] for at in range(0, len(lines), _LINES)] or [()]
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for at, page in enumerate(pages):
        shown = " ".join(f"({_escaped(line)}) '" for line in page)
        drawn = f"BT /F1 9 Tf 12 TL 40 800 Td {shown} ET"
        frame = "/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
        parts.append(f"<</Type/Page/Parent 2 0 R{frame}/Contents {5 + 2 * at} 0 R>>")
        parts.append(f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream")
    return _file(parts)


def signed(report: bytes, by: Signatory, at: datetime | None = None) -> bytes:
    """The report with a signature that covers all of it, made at that time by its own word; else now."""
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class Dated(PdfSigner):
        """Signs by the clock of the demonstration, which runs ahead."""

        def init_signing_session(self, *given: Any, **named: Any) -> Any:
            session = super().init_signing_session(*given, **named)
            session.system_time = at or session.system_time
            return session

    certificate = Certificate.load(by.certificate.public_bytes(serialization.Encoding.DER))
    key = PrivateKeyInfo.load(_secret(by.key, serialization.Encoding.DER))
    signer = SimpleSigner(certificate, key, SimpleCertificateStore())  # type: ignore[no-untyped-call]
    writer = IncrementalPdfFileWriter(BytesIO(report))
    place = PdfSignatureMetadata(field_name=f"Signature{len(writer.prev.embedded_signatures) + 1}")
    return bytes(Dated(place, signer).sign_pdf(writer, bytes_reserved=_RESERVED).getvalue())


def _secret(key: ec.EllipticCurvePrivateKey, encoding: serialization.Encoding) -> bytes:
    return key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _lines(rows: Sequence[dict[str, str]]) -> list[str]:
    head, lines, sample = rows[0], [], ""
    for row in rows:
        if row["sample_code"] != sample:
            sample = row["sample_code"]
            lines += ["", f"Sample {sample}   Seal {row['seal_no_received']} ({row['seal_state']})"]
        limits = "".join(f"   {name.upper()} {row[name]}" for name in ("lod", "loq") if row[name])
        spread = f"   U {row['u_expanded']} (k = {row['coverage_k']})" if row["u_expanded"] else ""
        method = f"{row['method_code']}-{row['method_edition']}"
        lines.append(f"{row['item_code']}   {method}   {row['result_text']} {row['unit']}{spread}{limits}")
    return [
        f"TEST REPORT {head['report_no']}   Version {head['report_version']}",
        f"Laboratory {head['lab_code']}, site {head['site_code']}, {head['accredited']}",
        f"Received {head['received_on']}   Tested {head['tested_from']} to {head['tested_to']}"
        f"   Issued {head['issued_on']}",
        *lines,
        "",
        f"Reviewed and authorised by {head['reviewer_code']}. End of report {head['report_no']}.",
    ]


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _file(parts: Sequence[str]) -> bytes:
    file, places = BytesIO(), []
    file.write(b"%PDF-1.7\n")
    for number, part in enumerate(parts, start=1):
        places.append(file.tell())
        file.write(f"{number} 0 obj\n{part}\nendobj\n".encode("latin-1"))
    table = file.tell()
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    file.write(f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{rows}".encode())
    file.write(f"trailer<</Size {len(parts) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n".encode())
    return file.getvalue()
