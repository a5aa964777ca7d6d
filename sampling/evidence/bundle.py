"""A bundle: the files of one capture with the signed manifest that anyone can check without us."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sampling.digest import ORIGIN, Digest, canonical, sha256
from sampling.evidence.manifest import manifest
from sampling.evidence.verification import MANIFEST, SIGNATURE, SIGNER, SUMS, key_id, sums
from sampling.evidence.visit import Visit

FOLDER = "evidence/"
"""Where the captured files lie in a bundle; later kinds of proof lie beside it."""

GUIDE = "VERIFY.md"

_GUIDE_TEXT = """\
# How to check this bundle / 如何核验本证据包

Nothing but common tools is needed. Run these in the folder of this file:
只需常用工具，在本文件所在目录运行：

    sha256sum -c SHA256SUMS
    openssl pkeyutl -verify -pubin -inkey signer.pem -rawin -in manifest.json -sigfile manifest.json.sig

The first command proves that no file was changed since the list was made; the second that `manifest.json`,
which names the SHA-256 of every captured file and of the capture before it, was signed with the key in `signer.pem`.
第一条命令证明文件清单生成后没有文件被改动；第二条证明 `manifest.json`（其中写明每个文件及前一次取证的 SHA-256）
由 `signer.pem` 中的密钥签署。

Compare the key with the one the authority publishes:
请将该公钥与主管机关公布的公钥核对：

    openssl pkey -pubin -in signer.pem -outform DER | sha256sum
"""

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a .zip can hold: the same files give the same .zip


def seal(
    visit: Visit,
    *,
    capture_id: str,
    case: str,
    key: Ed25519PrivateKey,
    prev_sha256: Digest = ORIGIN,
    extracted: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:
    """Give all files of the signed bundle by their path; `extracted` is what was read from the page."""
    files = {FOLDER + name: data for name, data in visit.files.items()}
    if extracted is not None:
        files[f"{FOLDER}extract.json"] = canonical(extracted)
    files[GUIDE] = _GUIDE_TEXT.encode()
    public = key.public_key()
    record = manifest(
        visit,
        capture_id=capture_id,
        case=case,
        prev_sha256=prev_sha256,
        signer=key_id(public),
        files=files,
    )
    files[MANIFEST] = canonical(record)
    files[SIGNATURE] = key.sign(files[MANIFEST])
    files[SIGNER] = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    files[SUMS] = sums(files)
    return files


def manifest_sha256(files: Mapping[str, bytes]) -> Digest:
    """Give the hash by which the next capture of the chain names this one."""
    return sha256(files[MANIFEST])


def packed(files: Mapping[str, bytes]) -> bytes:
    """Give the bundle as one .zip; the same files always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), files[path], zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
