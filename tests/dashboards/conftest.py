"""What the tests of the pages share: an application on a fresh database, and visitors of each role."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from dashboards.app import create_app
from storage.database import Database
from storage.objects import Folder, Objects
from storage.resumable import Parts
from tests.dashboards.desk import desk
from tests.dashboards.story import CREDENTIALS, PASSWORD, Story, people

Visitor = Callable[[str | None], TestClient]

# The client answers with a response that also holds the template and its context; the library types none of it.
Answer: TypeAlias = Any


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    """Give an empty store of files."""
    return Folder(tmp_path / "objects")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    """Give an empty folder for what is on its way in."""
    return Parts(tmp_path / "uploads")


@pytest.fixture
def app(database: Database, objects: Objects, parts: Parts) -> ASGIApp:
    """Give the application with one user of each role."""
    with database.unit() as unit:
        people(unit)
    provider = {"issuer": "test", "keys": []}
    return create_app(
        database, objects, parts, base_url="http://testserver", provider=provider, credentials=CREDENTIALS, **desk()
    )


@pytest.fixture
def story(database: Database, objects: Objects) -> Iterator[Story]:
    """Give a campaign to bring forward; what it wrote is kept when the test says `story.keep()`."""
    with database.unit() as unit:
        yield Story.begin(unit, objects)


@pytest.fixture
def visitor(app: ASGIApp) -> Visitor:
    """Give a way to visit as a user, or as nobody."""

    def visit(name: str | None) -> TestClient:
        client = TestClient(app, follow_redirects=False, headers={"accept-language": "en"})
        if name is not None:
            log_in(client, name)
        return client

    return visit


def log_in(client: TestClient, name: str, password: str = PASSWORD) -> int:
    """Log in through the form and give the status of the answer."""
    token = client.get("/login").context["frame"].form_token
    answer = client.post("/login", data={"form_token": token, "name": name, "password": password})
    return int(answer.status_code)


def form_token(client: TestClient) -> str:
    """Give the token of the visitor's forms."""
    return str(client.get("/method").context["frame"].form_token)


def view(answer: Answer) -> Any:
    """Give the view a page was made of."""
    return answer.context["view"]


def template(answer: Answer) -> str:
    """Give the name of the template a page was made of."""
    return str(answer.template.name)


def errors(answer: Answer) -> dict[str, Any]:
    """Give the faults a page shows."""
    return dict(answer.context["form"].errors)


def send(
    client: TestClient, path: str, fields: Mapping[str, object] | None = None, **files: tuple[str, bytes]
) -> Answer:
    """Send a form as the page would."""
    return client.post(path, data={"form_token": form_token(client), **(fields or {})}, files=files or None)
