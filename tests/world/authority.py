"""A time-stamping authority on loopback: a root, a certificate for time-stamps, and `openssl ts -reply` behind HTTP."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sampling.evidence import timestamp

POLICY = "1.3.6.1.4.1.99999.1"
MEDIA = "application/timestamp-reply"

_CONFIG = """\
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
{purposes}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = us
[us]
serial = {folder}/serial
signer_cert = {folder}/leaf.pem
signer_key = {folder}/leaf.key
signer_digest = sha256
default_policy = {policy}
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_alg = sha256
"""


@dataclass(frozen=True, slots=True)
class Office:
    """An authority's keys in a folder of their own."""

    folder: Path
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def chain(self) -> bytes:
        """Its certificates as PEM, its own first and the root last."""
        return self._plain("leaf.pem") + self._plain("root.pem")

    def stamp(self, query: bytes, *options: str) -> bytes:
        """Give the answer to a request; the serial's file bears one writer at a time."""
        with self.lock:
            (self.folder / "query").write_bytes(query)
            words = ["ts", "-reply", "-config", "config", "-queryfile", "query", "-out", "reply", *options]
            _openssl(self.folder, *words)
            return (self.folder / "reply").read_bytes()

    def _plain(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()


def open_office(
    folder: Path, *, name: str = "Test TSA", purposes: str = "critical,timeStamping", serial: int = 5
) -> Office:
    """Give an authority whose fresh keys and certificates lie in the folder; about 20 ms."""
    folder.mkdir(parents=True)
    (folder / "config").write_text(
        _CONFIG.format(
            name=name, folder=folder, policy=POLICY, purposes=f"extendedKeyUsage = {purposes}" if purposes else ""
        )
    )
    (folder / "serial").write_text("01\n")
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", "config", "-sha256"]
    subject = ["-subj", f"/CN={name} root"]
    _openssl(
        folder, "req", "-x509", *curve, *subject, "-days", "3650", "-extensions", "root",
        "-keyout", "root.key", "-out", "root.pem",
    )  # fmt: skip
    _openssl(
        folder, "req", "-x509", *curve, "-subj", f"/CN={name}", "-days", "3650", "-extensions", "leaf",
        "-set_serial", str(serial), "-CA", "root.pem", "-CAkey", "root.key", "-keyout", "leaf.key", "-out", "leaf.pem",
    )  # fmt: skip
    return Office(folder)


@dataclass
class Counter:
    """Where an authority listens, who stamps there, how many asked, and the mood it is in."""

    url: str
    office: Office
    mood: str = "well"
    """`down`: 503; `slow`: drips; `garbage`; `page`: HTML; `other`: stamps other data; `long`: too much; else: well."""
    asked: int = 0


@contextmanager
def stamping(office: Office) -> Iterator[Counter]:
    """Listen on a free port of loopback until the block ends."""
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            counter.asked += 1
            query = self.rfile.read(int(self.headers["content-length"]))
            status, media, body = _answer(counter.office, counter.mood, query)
            self.send_response(status)
            self.send_header("content-type", media)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self._write(body, slowly=counter.mood == "slow")

        def _write(self, body: bytes, *, slowly: bool) -> None:
            try:
                for place in range(0, len(body), 1 if slowly else len(body) or 1):
                    self.wfile.write(body[place : place + 1] if slowly else body)
                    if slowly and over.wait(0.05):
                        return
            except OSError:
                return  # who asked has gone: that is their right

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    counter = Counter(f"http://127.0.0.1:{server.server_address[1]}/", office)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield counter
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(office: Office, mood: str, query: bytes) -> tuple[int, str, bytes]:
    match mood:
        case "down":
            return 503, "text/plain", b"closed"
        case "garbage":
            return 200, MEDIA, b"\x30\x03\x02\x01"
        case "page":
            return 200, "text/html", b"<h1>Sign in</h1>"
        case "long":
            return 200, MEDIA, bytes(1 << 20)
        case "other":
            return 200, MEDIA, office.stamp(timestamp.query(b"other data", 1))
        case _:
            return 200, MEDIA, office.stamp(query)


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
