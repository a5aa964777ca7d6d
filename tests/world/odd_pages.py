"""The pages of the shop that keeps its own list: each asks for something that is easily lost."""

from tests.world.hard_pages import TEXT

BIG = bytes(range(256)) * (30 << 12)
_PAGE = "<!doctype html><meta charset={}><title>{}</title><h1>{}</h1><p>{}</p>"
GBK = _PAGE.format("gbk", "台灯", "台灯", "到手价 ￥1,299起").encode("gbk")
SHIFT_JIS = _PAGE.format("shift_jis", "電球", "電球", "税込 1,299円").encode("shift_jis")
RTL = _PAGE.format("utf-8", "مصباح", "مصباح", "<span dir=rtl>السعر ١٬٢٩٩ ر.س</span>").encode()

HARD = f"""<!doctype html><html><head><meta charset=utf-8><title>Lamp</title><link rel=stylesheet href=/style.css>
<link rel=icon href=/icon.png></head><body><h1>Lamp</h1><p id=price>…</p>{TEXT}
<img src=/picture.png><img src=/cut.jpg><img src=/missing.png><div style="height:2500px"></div>
<img src=/picture.png?lazy loading=lazy width=40 height=40>
<iframe src=/frame></iframe><iframe src="http://localhost:@@/frame?other"></iframe>
<script>
fetch("/price").then(answer => answer.text()).then(text => price.textContent = text);
fetch("/basket", {{method: "POST", headers: {{"Content-Type": "application/json"}}, body: JSON.stringify({{sku: 1}})}});
fetch("/blob", {{method: "POST", body: new Blob(["b".repeat(200000)])}}).then(answer => answer.text());
navigator.sendBeacon("/beacon", "hello");
fetch("/reset").catch(() => 0);
fetch("/cut.html").then(answer => answer.text()).catch(() => 0);
new Worker("/worker.js");
const events = new EventSource("/events");
const socket = new WebSocket("ws://" + location.host + "/socket");
socket.onopen = () => {{ socket.send("ask 灯"); socket.send(new Uint8Array([1, 2, 3])); }};
new WebSocket("ws://" + location.host + "/no-socket");
</script></body></html>"""

PAGES: dict[str, tuple[str, bytes]] = {
    "/frame": ("text/html", b"<p>A frame</p><img src=/picture.png?frame>"),
    "/frame?other": (
        "text/html",
        b"<p>Another</p><img src=/picture.png?other><script>new Worker('/worker.js')</script>",
    ),
    "/style.css": ("text/css", b"h1 { color: #123 }"),
    "/worker.js": ("text/javascript", b"importScripts('/part.js'); fetch('/price?worker').then(a => a.text())"),
    "/part.js": ("text/javascript", b"self.part = 1"),
    "/price": ("text/plain; charset=utf-8", "￥1,299起".encode()),
    "/price?worker": ("text/plain; charset=utf-8", "￥1,299起".encode()),
    "/framed": ("text/html", f"<title>Lamp</title>{TEXT}<iframe src='/consent-frame'></iframe>".encode()),
    "/consent-frame": (
        "text/html",
        b"<p>We use cookies.</p><button onclick='document.body.textContent = 1'>Reject all</button>",
    ),
    "/shared": ("text/html", f"<title>Shared</title>{TEXT}<script>new SharedWorker('/shared.js')</script>".encode()),
    "/shared.js": ("text/javascript", b"setTimeout(() => fetch('/price?shared').then(a => a.text()), 300)"),
    "/price?shared": ("text/plain", b"12"),
    "/gbk": ("text/html", GBK),
    "/shift_jis": ("text/html", SHIFT_JIS),
    "/rtl": ("text/html; charset=utf-8", RTL),
    "/plain": ("text/html", f"<title>Lamp</title><h1>Lamp</h1>{TEXT}".encode()),
    "/tall": ("text/html", f"<title>Tall</title>{TEXT}<div style='height:60000px'></div><p>The foot</p>".encode()),
    "/big": (
        "text/html",
        f"<title>Big</title>{TEXT}<script>fetch('/big.bin').then(a => a.arrayBuffer())</script>".encode(),
    ),
    "/big.bin": ("application/octet-stream", BIG),
    "/many": (
        "text/html",
        (
            f"<title>Many</title>{TEXT}<script>for (let i = 0; i < 500; i++) fetch('/piece?' + i).then(a => a.text())"
            "</script>"
        ).encode(),
    ),
    "/fickle": (
        "text/html; charset=utf-8",
        f"<title>Fickle</title><p id=price>￥100</p>{TEXT}<script>let n = 100; onbeforeprint = () => "
        "price.textContent = '￥' + ++n;</script>".encode(),
    ),
    "/banner": (
        "text/html; charset=utf-8",
        f"<title>Lamp</title><h1>Lamp</h1>{TEXT}"
        "<div id=cookie-box style='position:fixed;inset:50% 0 0 0;background:#222'>"
        "<p>Wir verwenden Cookies</p><button onclick='location.hash = 1'>Alle akzeptieren</button>"
        "<button onclick='this.parentNode.remove()'>Alle ablehnen</button></div>".encode(),
    ),
    "/trickle": ("text/html", f"<title>Slow</title><h1>Lamp</h1>{TEXT}<img src=/trickle.png>".encode()),
}
