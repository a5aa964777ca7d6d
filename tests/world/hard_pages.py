"""A loopback shop whose pages are hard to capture: late, lazy, walled, hung, or full of traps."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = "<p>The lamp shines well, is sold by a good shop and comes with a cable of two metres.</p>" * 10

LATE = f"""<!doctype html><html><head><meta charset="utf-8"><title>Lamp</title></head><body>
<div id="banner" style="position:fixed;inset:0;background:#000a"><button id="reject">Reject all</button></div>
<h1>Lamp</h1><p class="price loading">…</p>{TEXT}
<div style="height:3000px"></div><img id="lazy" loading="lazy" src="/pic.svg" width="40" height="40">
<script>
document.getElementById("reject").onclick = () => document.getElementById("banner").remove();
setTimeout(async () => {{
  const price = document.querySelector(".price");
  price.textContent = await (await fetch("/price")).text();
  price.classList.remove("loading");
}}, 700);
</script></body></html>"""

TRAPS = f"""<!doctype html><title>Traps</title><h1>Lamp</h1>{TEXT}<iframe src="/file"></iframe><script>
fetch("/unread"); new EventSource("/stream"); alert("Buy now!"); open("/popup"); location.href = "/file";
navigator.serviceWorker && navigator.serviceWorker.register("/worker.js").catch(() => 0);
</script>"""

PAGES = {
    "/late": LATE,
    "/traps": TRAPS,
    "/plain": f"<title>Lamp</title><h1>Lamp</h1>{TEXT}",
    "/captcha": "<title>Security check</title><p>You are not a robot?</p><div class='g-recaptcha'></div>",
    "/loop": f"<title>Loop</title>{TEXT}<script>setTimeout(() => {{ while (true); }}, 100)</script>",
    "/popup": "<title>Popup</title>",
    "/strict": f"<meta http-equiv='Content-Security-Policy' content=\"default-src 'self'\"><title>Lamp</title>{TEXT}",
    "/robots.txt": "",
}


FILES = {
    "/price": ("text/plain; charset=utf-8", "￥1,299起".encode()),
    "/pic.svg": ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "/file": ("application/x-msdownload", b"MZ"),
    "/unread": ("application/octet-stream", bytes(200_000)),
}


class Handler(BaseHTTPRequestHandler):
    """Answers one request; `/hang` never does, `/stream` never ends."""

    def do_GET(self) -> None:
        match self.path:
            case "/hang":
                time.sleep(60)
            case "/moved":
                self._answer(302, b"", Location="/plain")
            case "/stream":
                self._answer(200, b"data: 1\n\n", content_type="text/event-stream", end=False)
                time.sleep(3)
            case path if path in FILES:
                self._answer(200, FILES[path][1], content_type=FILES[path][0])
            case path if path in PAGES:
                self._answer(200, PAGES[path].encode())
            case _:
                self._answer(404, b"<title>404</title><h1>Not found</h1>")

    def _answer(
        self,
        status: int,
        body: bytes,
        *,
        content_type: str = "text/html; charset=utf-8",
        end: bool = True,
        **headers: str,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        for name, value in headers.items():
            self.send_header(name, value)
        if end:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the tests read what the browser recorded."""


class Server(ThreadingHTTPServer):
    """Does not wait for the answers that never end, nor tell of visitors who left."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that hung up is what these pages are for."""


@contextmanager
def open_shop() -> Iterator[str]:
    """Give the shop's address while it is open."""
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
