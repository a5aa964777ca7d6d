"""The gate every request passes: the body read, the caller known, the role checked, the handler in one unit of work."""

import re
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Message, Receive

from dashboards import replay
from dashboards.answer import problem_response
from dashboards.ask import Ask
from dashboards.errors import ERRORS, BadRequest, ForgedForm, NeedsLogIn, Problem, TooLarge, WrongRole, translate
from dashboards.language import choose_language
from dashboards.password import form_token, new_token, same, token_sha256
from dashboards.route import Entry
from dashboards.world import World
from storage import accounts, clock
from storage.accounts import User
from storage.unit import Unit

SESSION = "shopper_session"
VISITOR = "shopper_visitor"
LANGUAGE = "shopper_language"
TOKEN = "x-form-token"
"""The header in which a page's own script sends the form token; another site's page may not set it."""
CHANGING = frozenset({"POST", "PATCH", "DELETE"})
JSON = "application/json"
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_UNKEPT = re.compile("[\0\ud800-\udfff]")
"""What no text of the database holds: a NUL, and halves of characters."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def guarded(entry: Entry, world: World) -> Callable[[Request], Awaitable[Response]]:
    """Give the endpoint that lets the right callers through to the entry's handler."""

    async def endpoint(request: Request) -> Response:
        request.scope["entry_name"] = entry.name
        request = Request(request.scope, _counted(request.receive, entry.largest))
        try:
            body, form = await _read(request, entry.largest)
        except ERRORS as error:
            return await run_in_threadpool(_failed, entry, request, world, translate(error))
        response = await run_in_threadpool(_serve, entry, request, world, (body, form))
        await form.close()
        return response

    return endpoint


def _serve(entry: Entry, request: Request, world: World, sent: tuple[bytes, FormData]) -> Response:
    """Answer in one transaction; an error leaves no trace of it."""
    try:
        with world.database.unit() as unit:
            ask = _ask(entry, request, world, unit, sent)
            _admit(entry, ask)
            response = replay.answer(entry, ask) if entry.idempotent_key else entry.handler(ask)
    except NeedsLogIn:
        if not (entry.api or entry.script):
            return RedirectResponse(f"/login?next={quote(request.url.path, safe='/')}", status_code=303)
        return _failed(entry, request, world, Problem(401, "needs_log_in"))
    except ERRORS as error:
        return _failed(entry, request, world, translate(error))
    _keep_visitor(ask, response)
    return response


def _ask(entry: Entry, request: Request, world: World, unit: Unit, sent: tuple[bytes, FormData]) -> Ask:
    now, ahead = clock.now(unit), clock.ahead(unit)
    session = request.cookies.get(SESSION, "")
    user = _bearer(request, unit) if entry.api else None
    if not entry.api and session:
        user = accounts.find_session(unit, token_sha256(session), now - ahead)
    return Ask(
        request=request,
        world=world,
        unit=unit,
        now=now,
        wall=now - ahead,
        user=user,
        cookie=session if user else request.cookies.get(VISITOR) or new_token(),
        language=_language(request, user),
        form=sent[1],
        body=sent[0],
    )


def _bearer(request: Request, unit: Unit) -> User | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return accounts.find_token(unit, token_sha256(token.strip())) if scheme.lower() == "bearer" and token else None


def known_language(request: Request) -> str:
    """Give the language of a request whose sender is not known."""
    return _language(request, None)


def _language(request: Request, user: User | None) -> str:
    cookie = request.cookies.get(LANGUAGE)
    return choose_language(cookie, user.language if user else None, request.headers.get("accept-language"))


def _admit(entry: Entry, ask: Ask) -> None:
    """Let a caller of the right role pass, with a form of our own making."""
    role = ask.user.role if ask.user else None
    if role not in entry.roles:
        raise NeedsLogIn if ask.user is None else WrongRole
    if entry.method in CHANGING and not entry.api:
        _check_origin(ask.request)
        given = ask.request.headers.get(TOKEN, "") if entry.script else ask.text("form_token")
        if not same(given, form_token(ask.cookie)):
            raise ForgedForm


def _check_origin(request: Request) -> None:
    """Refuse a form that another site's page sends; a client that names no origin is no browser."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForgedForm


def _keep_visitor(ask: Ask, response: Response) -> None:
    """Give a visitor without a session a cookie that the log-in form's token is bound to."""
    if ask.user is None and ask.request.cookies.get(VISITOR) != ask.cookie and "set-cookie" not in response.headers:
        set_cookie(ask, response, VISITOR, ask.cookie)


def set_cookie(ask: Ask, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Put a cookie that scripts cannot read and other sites do not send."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=ask.world.https)


def _failed(entry: Entry, request: Request, world: World, problem: Problem) -> Response:
    """Tell what went wrong, as a page or as a problem document; nothing is read from the failed unit."""
    user = None
    if not entry.api and (session := request.cookies.get(SESSION)):
        with world.database.unit() as unit:
            now = clock.now(unit) - clock.ahead(unit)
            user = accounts.find_session(unit, token_sha256(session), now)
    language = _language(request, user)
    return problem_response(request, problem, language=language, user=user, api=entry.api or entry.script)


def _counted(receive: Receive, largest: int) -> Receive:
    """Give what the server reads, and break off where it brings more than that, whatever length was stated."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > largest:
            raise TooLarge
        return message

    return counted


def _expect_text(texts: Iterable[str]) -> None:
    """Refuse what no text of the database holds."""
    for found in filter(None, map(_UNKEPT.search, texts)):
        raise BadRequest(f"a text holds U+{ord(found[0]):04X}, which no text may")


def _unescaped(body: bytes) -> str:
    """A text of JSON with the characters that its escapes stand for; two halves of one are joined."""
    text = body.decode("utf-8", "replace").replace("\\\\", "")
    plain = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


async def _form(request: Request) -> FormData:
    """Give a form whose texts and names of files may be kept; one that is refused is closed, for it holds files."""
    form = await request.form(max_files=10, max_fields=200)
    try:
        _expect_text(value if isinstance(value, str) else value.filename or "" for _, value in form.multi_items())
    except BadRequest:
        await form.close()
        raise
    return form


async def _read(request: Request, largest: int) -> tuple[bytes, FormData]:
    """Give the body, or the form in it; one with more bytes than that is refused before it is taken in."""
    _expect_text([request.scope["path"], *request.query_params.values()])
    if request.method not in ("POST", "PATCH"):
        return b"", FormData()
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise BadRequest("the length of the request is missing")
    if int(length) > largest:
        raise TooLarge
    try:
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind in FORMS:
            return b"", await _form(request)
        body = await request.body()
        if kind in ("", JSON):
            _expect_text([_unescaped(body)])
        return body, FormData()
    except (ClientDisconnect, ValueError) as error:
        raise BadRequest("the request broke off") from error
