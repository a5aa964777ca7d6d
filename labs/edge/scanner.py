"""The scanner for malware: asks a clamd, and never takes its silence for a clean file."""

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from labs.result import Finding

_CHUNK = 256 * 1024
_MOST_ANSWER = 4096
CLEAN = b"stream: OK"


@dataclass(frozen=True, slots=True)
class Scanner:
    """Where a clamd listens: a TCP port, or a socket in the file system where there is no port."""

    host: str
    port: int | None = None
    seconds: float = 30.0
    """For how long nothing may come back."""

    def scan(self, data: bytes) -> Finding | None:
        """Give the finding that refuses or holds a file; None for a clean one, and for nothing else."""
        try:
            answer = self._answer(data)
        except OSError as error:
            return Finding("scanner-down", "hold", None, None, type(error).__name__, "")
        if answer == CLEAN:
            return None
        if answer.endswith(b" FOUND"):
            name = answer.removeprefix(b"stream: ").removesuffix(b" FOUND").decode("utf-8", "replace")
            return Finding("malware-found", "reject", None, None, name, "")
        # A file above its limit of size, or an answer nobody knows: it was not scanned, nor will it be next time.
        return Finding("scanner-refused", "hold", None, None, answer[:100].decode("utf-8", "replace"), "")

    def _answer(self, data: bytes) -> bytes:
        with closing(self._connected()) as line:
            try:
                line.sendall(b"zINSTREAM\0")
                for chunk in _chunks(data):
                    line.sendall(len(chunk).to_bytes(4, "big") + chunk)
                line.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it answers before the end where the file is above its limit
            return _received(line)

    def _connected(self) -> socket.socket:
        if self.port is not None:
            return socket.create_connection((self.host, self.port), timeout=self.seconds)
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(self.seconds)
        try:
            line.connect(self.host)
        except OSError:
            line.close()
            raise
        return line


def _chunks(data: bytes) -> Iterator[bytes]:
    return (data[at : at + _CHUNK] for at in range(0, len(data), _CHUNK))


def _received(line: socket.socket) -> bytes:
    answer = b""
    while b"\0" not in answer and len(answer) < _MOST_ANSWER:
        part = line.recv(_MOST_ANSWER)
        if not part:
            break
        answer += part
    return answer.partition(b"\0")[0].strip()
