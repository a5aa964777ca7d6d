"""A clamd on loopback that takes INSTREAM as the real one does, and finds the harmless file made for that."""

import socket
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType

from labs.edge.scanner import Scanner

EICAR = b"".join((rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-ANTIVIRUS-", b"TEST-FILE!$H+H*"))
"""In pieces, so that this file is not itself reported."""
Answer = Callable[[bytes], bytes | None]


def said(data: bytes) -> bytes:
    """Give what clamd answers."""
    return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


class Clamd:
    """A server for as long as the block runs; an answer of None is a silence, which the asker bears for so long."""

    def __init__(
        self, answer: Answer = said, *, path: Path | None = None, most: int = 1 << 20, seconds: float = 60
    ) -> None:
        self._answer, self._most = answer, most
        self._door = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
        self._door.bind(str(path) if path else ("127.0.0.1", 0))
        self._door.listen()
        host, port = (str(path), None) if path else self._door.getsockname()
        self.scanner = Scanner(host, port, seconds=seconds)
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "Clamd":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._door.accept()
            except OSError:
                return
            with closing(line):
                self._speak(line)

    def _speak(self, line: socket.socket) -> None:
        with line.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            data = b""
            while size := int.from_bytes(stream.read(4), "big"):
                data += stream.read(size)
                if len(data) > self._most:
                    line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            answer = self._answer(data)
            if answer is None:
                stream.read()  # until the asker gives up
            else:
                line.sendall(answer)
