"""Coming in and going out: log-in, log-out, the language, the account."""

from datetime import timedelta
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response

from dashboards.ask import Ask
from dashboards.errors import Unknown
from dashboards.form import Done, Fault, Form
from dashboards.gate import LANGUAGE, SESSION, set_cookie
from dashboards.language import LANGUAGES
from dashboards.password import matches, new_token, token_sha256
from storage import accounts
from storage.accounts import User

WINDOW = timedelta(minutes=15)
# Wrong tries within the window: of one account from one address, of one account from anywhere, and from one
# address. Only the first is small, or a stranger could lock an officer out.
TRIES = {"pair": 5, "account": 50, "address": 30}
HOMES = {
    "coordinator": "/office/campaigns",
    "officer": "/office/decisions",
    "shopper": "/shopper",
    "lab": "/lab",
    "platform": "/platform",
}


def show_login(ask: Ask) -> Response:
    """The log-in form."""
    return ask.page("login.html", _inside(ask.query("next")))


def log_in(ask: Ask) -> Response:
    """Open a session for the right name and password; slow down whoever guesses."""
    name, keys = ask.text("name")[:200], _keys(ask)
    if any(accounts.count_failures(ask.unit, key, ask.wall - WINDOW) >= most for key, most in keys.items()):
        return _refused(ask, name, Fault.TOO_MANY_TRIES)
    user = accounts.find_user(ask.unit, name)
    if not matches(ask.text("password"), user.password if user else None) or user is None:
        for key in keys:
            accounts.add_failure(ask.unit, key, ask.wall)
        return _refused(ask, name, Fault.WRONG_LOG_IN)
    accounts.clear_failures(ask.unit, _pair(ask))
    return _welcome(ask, user)


def log_out(ask: Ask) -> Response:
    """Close the session."""
    accounts.close_session(ask.unit, token_sha256(ask.cookie))
    response = RedirectResponse("/login?done=logged_out", status_code=303)
    response.delete_cookie(SESSION)
    return response


def switch_language(ask: Ask) -> Response:
    """Read on in the other language."""
    language = ask.request.path_params["language"]
    if language not in LANGUAGES:
        raise Unknown(language)
    response = RedirectResponse(_inside(ask.query("back")) or "/", status_code=303)
    set_cookie(ask, response, LANGUAGE, language, seconds=365 * 24 * 3600)
    return response


def show_account(ask: Ask) -> Response:
    """Who I am here, and the language I read."""
    return ask.page("account.html", ask.who)


def save_account(ask: Ask) -> Response:
    """Keep the language I read."""
    language = ask.text("language")
    if language not in LANGUAGES:
        return ask.page("account.html", ask.who, form=Form({}, {"language": Fault.NOT_OFFERED}))
    accounts.set_language(ask.unit, ask.who.id, language)
    response = ask.go("session.show_account", Done.LANGUAGE_SAVED)
    set_cookie(ask, response, LANGUAGE, language, seconds=365 * 24 * 3600)
    return response


def _keys(ask: Ask) -> dict[str, int]:
    account, place = f"account:{ask.text('name')[:200]}", f"address:{address(ask)}"
    return {_pair(ask): TRIES["pair"], account: TRIES["account"], place: TRIES["address"]}


def _pair(ask: Ask) -> str:
    # An address holds no blank, so no name can stand for another account's pair.
    return f"pair:{address(ask)} {ask.text('name')[:200]}"


def address(ask: Ask) -> str:
    """Give from where a visitor asks, by which a guesser is slowed down."""
    client = ask.request.client
    return client.host if client else "unknown"


def _refused(ask: Ask, name: str, fault: Fault) -> Response:
    return ask.page("login.html", _inside(ask.text("next")), form=Form({"name": name}, {"name": fault}))


def _welcome(ask: Ask, user: User) -> Response:
    """Send the user home with a new session; the old one, if any, ends here."""
    token = new_token()
    if ask.user is not None:
        accounts.close_session(ask.unit, token_sha256(ask.cookie))
    accounts.open_session(ask.unit, token_sha256(token), user_id=user.id, now=ask.wall)
    response = RedirectResponse(_inside(ask.text("next")) or HOMES[user.role.value], status_code=303)
    set_cookie(ask, response, SESSION, token)
    return response


def _inside(address: str) -> str:
    """Give the path if it stays on these pages, else nothing: a log-in must not send people elsewhere."""
    parts = urlsplit(address)
    inside = address.startswith("/") and not address.startswith("//") and "\\" not in address
    return address if inside and not parts.netloc and not parts.scheme else ""
