"""Every route states who may use it, and every other role is refused."""

import re

import pytest
from starlette.testclient import TestClient

from dashboards.app import ROUTES
from dashboards.route import Entry
from storage.role import UserRole
from tests.dashboards.conftest import Answer, Visitor, form_token

ROLES: tuple[UserRole | None, ...] = (None, *UserRole)
NOWHERE = "01920000-0000-7000-8000-000000000000"


def address(entry: Entry) -> str:
    """Give the route's path with an id that nothing has."""
    return re.sub(r"{(\w+)(:path)?}", lambda name: "en" if name[1] == "language" else NOWHERE, entry.path)


def ask(client: TestClient, entry: Entry, name: str | None) -> Answer:
    """Give the answer to a well-formed request to the route."""
    if entry.api:
        headers = {"idempotency-key": "k", **({"authorization": f"Bearer token-{name}"} if name else {})}
        return client.request(entry.method, address(entry), headers=headers, content=b"{}")
    if entry.script:
        headers = {"x-form-token": form_token(client), "content-length": "0"}
        return client.request(entry.method, address(entry), headers=headers)
    if entry.method == "GET":
        return client.get(address(entry))
    return client.post(address(entry), data={"form_token": form_token(client)})


def refusal(entry: Entry, answer: Answer) -> str:
    """Give the code of the problem that was answered, if it was one."""
    if answer.status_code < 400:
        return ""
    if (entry.api or entry.script) and answer.content:
        return str(answer.json()["type"]).rpartition("/")[2]
    view = getattr(answer, "context", {}).get("view")
    return str(getattr(view, "code", ""))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_its_own_routes_and_403_for_the_others(visitor: Visitor, role: UserRole | None) -> None:
    name = role.value if role else None
    client = visitor(name)
    for entry in (one for one in ROUTES if one.name != "session.log_out"):
        answer = ask(client, entry, name)
        status, turned_away = answer.status_code, refusal(entry, answer) == "wrong_role"
        if role in entry.roles:
            # The row does not exist or the form is empty; what counts is that the gate let the request pass.
            assert status not in (401, 500) and not turned_away, (entry.method, entry.path, status)
            assert status != 303 or entry.name in {"public.home", "session.switch_language"}, entry.path
        elif entry.method == "HEAD":
            assert status == (401 if role is None else 403)  # such an answer has no body that could say why
        elif role is None:
            assert status == (401 if entry.api or entry.script else 303), (entry.method, entry.path, status)
        else:
            assert status == 403 and turned_away, (entry.method, entry.path, status)


def test_every_route_names_a_role_and_a_handler_once() -> None:
    assert all(entry.roles and entry.roles <= set(ROLES) for entry in ROUTES)
    names = [entry.name for entry in ROUTES]
    assert len(names) == len(set(names))
    assert all((entry.handler.__doc__ or "").strip() for entry in ROUTES)


def test_a_page_that_needs_a_user_sends_a_visitor_to_the_log_in(visitor: Visitor) -> None:
    answer = visitor(None).get("/office/campaigns")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/office/campaigns")
