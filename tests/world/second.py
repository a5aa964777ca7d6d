"""A loopback shop that speaks HTTP/2."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

PAGE = b"<!doctype html><title>Lamp</title><h1>Lamp</h1><img src=/lamp.svg>"
PICTURE = b"<svg xmlns='http://www.w3.org/2000/svg'/>"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    line = H2Connection(H2Configuration(client_side=False))
    line.initiate_connection()
    while not writer.is_closing():
        writer.write(line.data_to_send())
        if not (data := await reader.read(65_536)):
            break
        for event in line.receive_data(data):
            if isinstance(event, RequestReceived):
                _answer(line, event)
    writer.close()


def _answer(line: H2Connection, event: RequestReceived) -> None:
    path = dict(event.headers or ())[b":path"]
    kind, body = ("image/svg+xml", PICTURE) if path == b"/lamp.svg" else ("text/html", PAGE)
    stream = event.stream_id
    assert stream is not None
    line.send_headers(stream, [(":status", "200"), ("content-type", kind), ("content-length", str(len(body)))])
    line.send_data(stream, body, end_stream=True)


@asynccontextmanager
async def open_second(certificate: Path) -> AsyncIterator[str]:
    """Give the address of the shop while it is open."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["h2"])
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, ssl=context)
    try:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
