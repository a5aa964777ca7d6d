"""The laboratory's paper: a report as PDF with the numbers of its table, signed with a key of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_LINES = 60
_DAY = timedelta(days=1)


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
    """Give somebody with a fresh key and a certificate of their own making for those days."""
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
    """Give somebody whose certificate holds for the ten years around today."""
    now = datetime.now(UTC)
    return signatory(name, first=now - _DAY, last=now + 3650 * _DAY)


def printed(lines: Sequence[str]) -> bytes:
    """Give the lines as a PDF in the letters of Latin, sixty a page."""
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


def signed(report: bytes, by: Signatory) -> bytes:
    """Give the report with a signature that covers all of it."""
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key = by.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = Certificate.load(by.certificate.public_bytes(serialization.Encoding.DER))
    signer = SimpleSigner(certificate, PrivateKeyInfo.load(key), SimpleCertificateStore())  # type: ignore[no-untyped-call]
    writer = IncrementalPdfFileWriter(BytesIO(report))
    place = f"Signature{len(writer.prev.embedded_signatures) + 1}"
    return bytes(PdfSigner(PdfSignatureMetadata(field_name=place), signer).sign_pdf(writer).getvalue())


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
