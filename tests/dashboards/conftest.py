"""What the tests of the pages share: an application on a fresh database, and visitors of each role."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from dashboards.app import create_app
from storage.database import Database
from storage.objects import Folder, Objects
from tests.dashboards.story import PASSWORD, Story, people

Visitor = Callable[[str | None], TestClient]


@pytest.fixture
def objects(tmp_path: Path) -> Objects:
    """Give an empty store of files."""
    return Folder(tmp_path / "objects")


@pytest.fixture
def app(database: Database, objects: Objects) -> ASGIApp:
    """Give the application with one user of each role."""
    with database.unit() as unit:
        people(unit)
    return create_app(database, objects, base_url="http://testserver", provider={"issuer": "test", "keys": []})


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
    token = client.get("/login").context["frame"].form_token  # type: ignore[attr-defined]
    answer = client.post("/login", data={"form_token": token, "name": name, "password": password})
    return answer.status_code


def form_token(client: TestClient) -> str:
    """Give the token of the visitor's forms."""
    return str(client.get("/method").context["frame"].form_token)  # type: ignore[attr-defined]
