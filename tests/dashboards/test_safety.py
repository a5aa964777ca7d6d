"""No page trusts or names another origin, every answer carries its headers, and no file is stale in a browser."""

import re

from starlette.testclient import TestClient

from dashboards.app import ROUTES, create_app
from dashboards.assets import FOLDER
from dashboards.chart import draw
from dashboards.render import ASSETS
from dashboards.render import FOLDER as TEMPLATES
from dashboards.views.sample import load_sample
from storage.database import Database
from storage.objects import Objects
from storage.resumable import Parts
from tests.dashboards.conftest import Visitor, form_token
from tests.dashboards.desk import desk
from tests.dashboards.story import Story

# The name of a format is no address that a browser opens.
NAMES = ("http://www.w3.org/2000/svg",)
LOADED = re.compile(r"""(?:src|href|action|srcset|data)\s*=\s*["']?(?:https?:)?//""", re.IGNORECASE)
IN_CSS = re.compile(r"""(?:url\(\s*["']?|@import\s+["']?)(?:https?:)?//""", re.IGNORECASE)


def test_no_template_and_no_style_names_another_origin() -> None:
    for path in TEMPLATES.rglob("*.html"):
        assert not LOADED.search(path.read_text(encoding="utf-8")), path
    for path in FOLDER.rglob("*.css"):
        assert not IN_CSS.search(path.read_text(encoding="utf-8")), path


def test_no_page_opens_another_origin_or_runs_a_script_of_its_own(visitor: Visitor) -> None:
    client = visitor("officer")
    for entry in ROUTES:
        if entry.method == "GET" and "{" not in entry.path and not entry.api:
            answer = client.get(entry.path)
            if "html" in answer.headers.get("content-type", ""):
                assert not LOADED.search(answer.text), entry.path
                assert not re.search(r"<script(?![^>]*src=)|\son[a-z]+=|\sstyle=|<style|javascript:", answer.text), (
                    entry.path
                )


def test_every_answer_carries_the_safe_headers(visitor: Visitor) -> None:
    client = visitor(None)
    for path in ("/results", "/nothing", "/v1/results", f"/static/{ASSETS['pages.css'].name}", "/login"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "same-origin"
        assert "strict-transport-security" not in headers


def test_over_tls_the_cookies_are_secure_and_the_browser_stays_there(
    database: Database, objects: Objects, parts: Parts
) -> None:
    app = create_app(database, objects, parts, base_url="https://testserver", **desk())
    client = TestClient(app, base_url="https://testserver")
    answer = client.get("/login")
    assert "max-age" in answer.headers["strict-transport-security"] and "Secure" in answer.headers["set-cookie"]


def test_a_file_has_a_name_that_changes_with_its_content(visitor: Visitor) -> None:
    client = visitor(None)
    lasting = client.get(f"/static/{ASSETS['pages.css'].name}")
    assert "immutable" in lasting.headers["cache-control"]
    assert client.get("/static/pages.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/../app.py").status_code == 404
    assert f"/static/{ASSETS['pages.css'].name}" in client.get("/results").text


def test_the_style_of_the_pages_stays_small() -> None:
    assert len((FOLDER / "pages.css").read_text(encoding="utf-8").splitlines()) < 400


def test_a_chart_shows_the_limit_its_guard_band_and_the_value(database: Database, objects: Objects) -> None:
    with database.unit() as unit:
        page = load_sample(unit, Story.begin(unit, objects).judged("84")[0].id)
    lead = next(row for row in page.measured if row.result.item == "migratable_lead")
    picture = draw("zh", lead)
    assert all(f'class="{part}"' in picture for part in ("limit", "guard", "spread", "point"))
    assert "限值 90 mg/kg" in picture and "84 mg/kg" in picture
    assert draw("zh", next(row for row in page.measured if row.limit is None)) == ""


def test_the_character_that_no_text_holds_is_refused_wherever_it_comes(visitor: Visitor) -> None:
    public = visitor(None)
    for path in ("/results/%00", "/v1/results?cursor=%00", "/receipt/%00", f"/v1/results?limit={'9' * 5000}"):
        assert public.get(path).status_code == 400, path
    assert public.post("/login", data={"name": "a\0", "password": "b"}).status_code == 400


def part(name: str, body: bytes, file: bytes = b"") -> bytes:
    """One part of a form as it travels."""
    named = b'; filename="' + file + b'"' if file else b""
    head = b'--x\r\nContent-Disposition: form-data; name="' + name.encode() + b'"' + named
    return head + b"\r\n\r\n" + body + b"\r\n"


def test_half_a_character_is_refused_wherever_it_comes(visitor: Visitor) -> None:
    """A sender names the coding of its form; in some of them half a character has a place."""
    lab = visitor("lab")
    token = part("form_token", form_token(lab).encode())
    for coding, body in (
        ("unicode_escape", part("as", rb"\ud800") + part("file", b"lab_code", b"r.csv")),
        ("unicode_escape", part("file", b"lab_code", rb"\ud800.csv")),
        ("utf-8", part("file", b"lab_code", b"\0.csv")),
    ):
        kind = f"multipart/form-data; boundary=x; charset={coding}"
        answer = lab.post("/lab/uploads", content=token + body + b"--x--\r\n", headers={"content-type": kind})
        assert (answer.status_code, "which no text may" in answer.text) == (400, True), (coding, body)
