"""Every kind of output of a small world: pages of each role, files, messages, rows, logs, and what commands print."""

import io
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from starlette.routing import Match, Route
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from dashboards.app import ROUTES
from dashboards.route import Entry
from flows.report import Report
from storage.captures import ORDER
from storage.database import Database
from storage.objects import Objects
from storage.schema import Base
from tests.dashboards.conftest import Answer, form_token, log_in
from tests.dashboards.story import PEOPLE

VISITOR = "visitor"
EACH = 2
"""How many addresses of one route a person opens; one would do where all are alike."""
HREF = re.compile(r"""(?:href|src|action)=["'](/[^"'#]*)""")


@dataclass
class Outputs:
    """What was put out, by its kind; the same kind may come many times."""

    made: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    excepted: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    """What the assigned exception shows: the order page, opened by an officer."""
    reached: set[str] = field(default_factory=set)
    """The paths of routes that were answered with what they are for."""
    reports: dict[str, Report | None] = field(default_factory=dict)
    """What each flow did, by its name; None for one that broke off."""
    exits: dict[str, int] = field(default_factory=dict)
    """With what each command ended, by its words."""

    def add(self, kind: str, data: bytes | str) -> None:
        """Keep one output."""
        self.made[kind].append(data.encode() if isinstance(data, str) else data)


def walk(app: ASGIApp, out: Outputs, database: Database, ids: dict[str, list[str]]) -> None:
    """Open what each role can open, by every link that any of them was shown, and what programs are answered."""
    shown = order_pages(database) | sealed_talks(database)
    restricted = [(id_, name) for id_ in sorted(shown) for name in ("evidence/dom.html", "capture.wacz")]
    links = ["/scores/platform/oscar-mart", *(f"/office/captures/{id_}/files/{name}" for id_, name in restricted)]
    # The officer comes first: what an officer finds, everybody else tries as well.
    for name in ("officer", *(person.name for person in PEOPLE if person.name != "officer"), None):
        spoken = {"accept-language": "zh" if name == "lab" else "en"}
        with TestClient(app, follow_redirects=False, headers=spoken) as client:
            if name:
                log_in(client, name)
            _crawl(client, out, name or VISITOR, ids, shown, links)
            for entry in (one for one in ROUTES if one.api and one.method == "GET"):
                headers = {"authorization": f"Bearer token-{name}"} if name else {}
                for path in _filled(entry, ids)[:EACH]:
                    _keep(out, entry, name or VISITOR, client.get(path, headers=headers), excepted=False)


def press(app: ASGIApp, out: Outputs, ids: dict[str, list[str]]) -> None:
    """Send every form without its fields: what comes back is the form again with its faults, or an error."""
    for name in (person.name for person in PEOPLE):
        with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
            log_in(client, name)
            token = form_token(client)
            for entry in ROUTES:
                if entry.method == "POST" and entry.name not in ("session.log_out", "session.log_in"):
                    headers = {"authorization": f"Bearer token-{name}", "idempotency-key": name} if entry.api else {}
                    for path in _filled(entry, ids)[:1]:
                        sent: dict[str, Any] = {"content": b"{}"} if entry.api else {"data": {"form_token": token}}
                        answer = client.post(path, headers=headers, **sent)
                        _keep(out, entry, name, answer, excepted=False)


def tables(database: Database, out: Outputs) -> None:
    """Read every row of every table as text and as JSON; bytes come as hexadecimal digits and as themselves."""
    with database.unit() as unit:
        for name, table in Base.metadata.tables.items():
            out.add(f"table {name}", "\n".join(unit.execute(text(f'SELECT "{name}"::text FROM "{name}"')).scalars()))
            for row in unit.execute(table.select()).mappings():
                for value in row.values():
                    if isinstance(value, bytes):
                        out.add(f"table {name}", value)
                    elif isinstance(value, dict | list):
                        out.add(f"table {name}", json.dumps(value, ensure_ascii=False))


def files(database: Database, objects: Objects, out: Outputs) -> None:
    """Read every stored file that a row names, but those of order pages alone."""
    with database.unit() as unit:
        rows = unit.execute(text("SELECT purpose, files FROM capture")).all()
    kept = {digest for purpose, named in rows if purpose != ORDER for digest in named.values()}
    for purpose, named in rows:
        for name, digest in named.items():
            kind = f"file of a capture: {purpose} {name}"
            if purpose != ORDER or digest in kept:
                out.add(kind, objects.get(digest))
            else:
                out.excepted[kind].append(objects.get(digest))


def order_pages(database: Database) -> frozenset[str]:
    """Give the ids of the captures that show a cover."""
    with database.unit() as unit:
        found = unit.execute(text("SELECT id FROM capture WHERE purpose = :order"), {"order": ORDER})
        return frozenset(map(str, found.scalars()))


def sealed_talks(database: Database) -> frozenset[str]:
    """Give the ids of the messages that name a cover, and of the tasks of the shopper who wrote them."""
    with database.unit() as unit:
        found = unit.execute(
            text("SELECT m.id, t.id FROM message m JOIN task t USING (sample_id) WHERE m.sealed IS NOT NULL")
        )
        return frozenset(str(id_) for row in found for id_ in row)


def ids_of(database: Database) -> dict[str, list[str]]:
    """Give the ids of every table, under the names that paths use for them."""
    with database.unit() as unit:
        return {
            name: [str(id_) for id_ in unit.execute(text(f'SELECT id FROM "{name}" ORDER BY id DESC')).scalars()]
            for name, table in Base.metadata.tables.items()
            if "id" in table.columns and table.columns["id"].type.python_type is UUID
        }


def _crawl(
    client: TestClient, out: Outputs, who: str, ids: dict[str, list[str]], shown: frozenset[str], links: list[str]
) -> None:
    pages = [one for one in ROUTES if one.method == "GET" and not one.api and one.name != "session.switch_language"]
    matching = [(one, Route(one.path, lambda: None, name=one.name)) for one in pages]
    waiting = [*(path for entry in pages for path in _filled(entry, ids)), *links]
    seen, tried, opened = set(waiting), Counter[str](), Counter[str]()
    for path in waiting:
        scope = {"type": "http", "path": path.partition("?")[0], "method": "GET"}
        entry = next((one for one, route in matching if route.matches(scope)[0] is Match.FULL), None)
        restricted = any(id_ in path for id_ in shown)
        kind = f"{entry.path if entry else ''} {restricted}"
        if entry is None or opened[kind] >= EACH or tried[kind] >= 2 * EACH:
            continue
        answer = client.get(path)
        tried[kind] += 1
        opened[kind] += answer.status_code == 200
        own = (entry.name, who) == ("cover.show", "shopper")
        _keep(out, entry, who, answer, excepted=own or (restricted and who in ("officer", "shopper")))
        if answer.headers.get("content-type", "").startswith("text/html"):
            fresh = [link for link in HREF.findall(answer.text) if link not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
            if who == "officer":
                links.extend(fresh)


def _keep(out: Outputs, entry: Entry, who: str, answer: Answer, *, excepted: bool) -> None:
    status, content = answer.status_code, answer.content
    # How long an answer is may be any four digits.
    headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "content-length")
    came = "answer" if status < 300 else "fault" if status in (400, 409, 422) else "refusal"
    kind = f"{came}: {entry.method} {entry.path} to {who}"
    if status < 300:
        out.reached.add(entry.path)
    if excepted:
        out.excepted[kind].append(content)
    else:
        out.add(kind, headers)
        out.add(kind, content)


def _filled(entry: Entry, ids: dict[str, list[str]]) -> list[str]:
    """Give the addresses of a route with what there is; a path with a word that is no table's is found by links."""
    names = re.findall(r"{(\w+)(?::\w+)?}", entry.path)
    if not names:
        return [entry.path]
    if len(names) > 1 or names[0] not in ids:
        return []
    return [re.sub(r"{.*?}", id_, entry.path) for id_ in ids[names[0]]]


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Give every file of a packed bundle, and of the archive inside it, by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            yield name.rpartition("/")[2] if name.count("/") < 2 else name.partition("/")[2], inner
            if name.endswith(".wacz"):
                yield from members(inner)
