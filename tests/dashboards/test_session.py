"""Coming in and going out: sessions, their end, forged forms, and guessed passwords."""

from datetime import timedelta
from typing import cast

import pytest
import uvicorn
from sqlalchemy import func, select, update
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from dashboards.app import listening
from dashboards.form import Fault
from dashboards.password import hash_password, matches, token_sha256
from storage import accounts, clock
from storage.database import Database
from storage.schema.accounts import FailureRow, SessionRow, UserRow
from tests.dashboards.conftest import Visitor, form_token, log_in
from tests.dashboards.story import PASSWORD


def test_a_user_logs_in_reads_and_logs_out(visitor: Visitor, database: Database) -> None:
    client = visitor("coordinator")
    assert client.get("/office/campaigns").status_code == 200
    token = client.cookies["shopper_session"]
    with database.unit() as unit:
        assert unit.get(SessionRow, token_sha256(token)) is not None
        assert unit.get(SessionRow, token) is None
    assert client.post("/logout", data={"form_token": form_token(client)}).status_code == 303
    client.cookies.set("shopper_session", token)
    assert client.get("/office/campaigns").status_code == 303


def test_the_session_cookie_is_out_of_reach_of_scripts(visitor: Visitor) -> None:
    client = visitor(None)
    token = client.get("/login").context["frame"].form_token
    answer = client.post("/login", data={"form_token": token, "name": "lab", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert answer.headers["location"] == "/lab"


def test_a_new_log_in_ends_the_session_before(visitor: Visitor) -> None:
    client = visitor("lab")
    first = client.cookies["shopper_session"]
    assert log_in(client, "lab") == 303
    assert client.cookies["shopper_session"] != first
    client.cookies.set("shopper_session", first)
    assert client.get("/lab").status_code == 303


@pytest.mark.parametrize(
    ("column", "age", "status"),
    [
        ("used_at", timedelta(minutes=59), 200),
        ("used_at", timedelta(minutes=61), 303),
        ("opened_at", timedelta(hours=11), 200),
        ("opened_at", timedelta(hours=13), 303),
    ],
)
def test_a_session_ends_idle_or_old(
    visitor: Visitor, database: Database, column: str, age: timedelta, status: int
) -> None:
    client = visitor("shopper")
    with database.unit() as unit:
        unit.execute(update(SessionRow).values({column: func.clock_timestamp() - age}))
    assert client.get("/shopper").status_code == status


def test_a_clock_moved_ahead_logs_nobody_out(visitor: Visitor, database: Database) -> None:
    client = visitor("shopper")
    with database.unit() as unit:
        clock.advance(unit, timedelta(days=20), movable=True)
    assert client.get("/shopper").status_code == 200


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ({}, {}),
        ({"form_token": "0" * 64}, {}),
        (None, {"origin": "https://evil.example"}),
        (None, {"origin": "null"}),
    ],
)
def test_a_form_that_is_not_ours_is_refused(
    visitor: Visitor, database: Database, form: dict[str, str] | None, headers: dict[str, str]
) -> None:
    client = visitor("officer")
    sent = {"language": "zh", **({"form_token": form_token(client)} if form is None else form)}
    answer = client.post("/account", data=sent, headers=headers)
    assert (answer.status_code, answer.template.name) == (403, "error.html")
    assert answer.context["view"].code == "forged_form"
    with database.unit() as unit:
        assert unit.scalar(select(UserRow.language).where(UserRow.name == "officer")) is None


def test_a_form_token_is_bound_to_its_session(visitor: Visitor) -> None:
    other = form_token(visitor("officer"))
    assert visitor("coordinator").post("/account", data={"language": "zh", "form_token": other}).status_code == 403


def test_five_wrong_passwords_stop_the_sixth_even_when_it_is_right(visitor: Visitor) -> None:
    client = visitor(None)
    assert [log_in(client, "officer", "wrong") for _ in range(5)] == [400] * 5
    token = client.get("/login").context["frame"].form_token
    answer = client.post("/login", data={"form_token": token, "name": "officer", "password": PASSWORD})
    assert answer.context["form"].errors == {"name": Fault.TOO_MANY_TRIES}
    assert log_in(visitor(None), "coordinator") == 303


def test_wrong_tries_from_elsewhere_do_not_lock_the_owner_out(app: ASGIApp, visitor: Visitor) -> None:
    stranger = TestClient(app, follow_redirects=False, client=("203.0.113.9", 4000))
    assert [log_in(stranger, "officer", "wrong") for _ in range(6)] == [400] * 6
    # A name that spells out another pair's key stands for itself alone.
    assert [log_in(stranger, "testclient officer", "wrong") for _ in range(5)] == [400] * 5
    assert log_in(visitor(None), "officer") == 303
    assert log_in(stranger, "officer") == 400


@pytest.mark.parametrize(("tries", "status"), [(49, 303), (50, 400)])
def test_an_account_that_is_guessed_at_from_many_addresses_is_closed(
    visitor: Visitor, database: Database, tries: int, status: int
) -> None:
    with database.unit() as unit:
        for _ in range(tries):
            accounts.add_failure(unit, "account:officer", clock.now(unit))
    assert log_in(visitor(None), "officer") == status


@pytest.mark.parametrize(
    ("proxies", "peer", "believed"),
    [
        ((), "10.0.0.2", False),
        (("10.0.0.2",), "10.0.0.2", True),
        (("10.0.0.0/24",), "10.0.0.2", True),
        (("10.0.0.2",), "10.0.0.3", False),
    ],
)
def test_a_forwarded_address_is_believed_from_a_named_proxy_alone(
    app: ASGIApp, database: Database, proxies: tuple[str, ...], peer: str, believed: bool
) -> None:
    config = uvicorn.Config(app, log_config=None, **listening(proxies))
    config.load()
    served = TestClient(cast(ASGIApp, config.loaded_app), client=(peer, 4000), follow_redirects=False)
    served.headers["x-forwarded-for"] = "198.51.100.7"
    assert log_in(served, "officer", "wrong") == 400
    with database.unit() as unit:
        keys = set(unit.scalars(select(FailureRow.key)))
    seen = "198.51.100.7" if believed else peer
    assert keys == {f"address:{seen}", "account:officer", f"pair:{seen} officer"}


def test_an_account_opens_again_after_a_quarter_of_an_hour(visitor: Visitor, database: Database) -> None:
    client = visitor(None)
    for _ in range(5):
        log_in(client, "officer", "wrong")
    with database.unit() as unit:
        unit.execute(update(FailureRow).values(at=FailureRow.at - timedelta(minutes=16)))
    assert log_in(client, "officer") == 303


def test_one_address_cannot_guess_over_many_names(visitor: Visitor, database: Database) -> None:
    with database.unit() as unit:
        for _ in range(30):
            accounts.add_failure(unit, "address:testclient", clock.now(unit))
    assert log_in(visitor(None), "officer") == 400


def test_a_log_in_leads_inside_only(visitor: Visitor) -> None:
    for wanted, place in [
        ("/office/notices", "/office/notices"),
        ("https://evil.example/", "/office/decisions"),
        ("//evil.example", "/office/decisions"),
        ("/\\evil.example", "/office/decisions"),
    ]:
        client = visitor(None)
        token = client.get("/login").context["frame"].form_token
        sent = {"form_token": token, "name": "officer", "password": PASSWORD, "next": wanted}
        assert client.post("/login", data=sent).headers["location"] == place


def test_a_changed_password_ends_every_session(visitor: Visitor, database: Database) -> None:
    client = visitor("lab")
    with database.unit() as unit:
        user = accounts.find_user(unit, "lab")
        assert user is not None
        accounts.set_password(unit, user.id, hash_password("another"))
    assert client.get("/lab").status_code == 303
    assert log_in(visitor(None), "lab", "another") == 303


def test_a_hash_is_argon2id_and_nobody_has_no_password() -> None:
    assert hash_password("x").startswith("$argon2id$")
    assert [
        matches("x", hash_password("x")),
        matches("y", hash_password("x")),
        matches("x", None),
        matches("", ""),
    ] == [
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("role", "lab", "platform"), [("lab", None, None), ("officer", "L-01", None), ("platform", None, None)]
)
def test_a_user_belongs_to_what_the_role_needs(
    database: Database, role: str, lab: str | None, platform: str | None
) -> None:
    from storage.errors import Conflict
    from storage.role import UserRole

    with pytest.raises(Conflict), database.unit() as unit:
        accounts.add_user(unit, accounts.new_user("x", "X", UserRole(role), lab=lab, platform=platform))
