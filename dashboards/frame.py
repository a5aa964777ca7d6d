"""What surrounds every page: who is logged in, where they can go, and in which languages."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request

from dashboards.form import Done
from dashboards.language import LANGUAGES, NAMES, TAGS
from dashboards.password import form_token
from storage.accounts import User
from storage.role import UserRole

STAFF = (
    "coordinator.campaigns",
    "carriage.consignments",
    "officer.decisions",
    "officer.notices",
    "coordinator.purchases",
    "retention.kept",
    "officer.publications",
    "laboratories.listed",
    "intake.held",
)
PUBLIC = (
    "public.results",
    "public.scores",
    "draws.listed",
    "evidence.verify",
    "documents.verify",
    "public.corrections",
    "public.method",
)
PLACES: dict[UserRole | None, tuple[str, ...]] = {
    None: PUBLIC,
    UserRole.COORDINATOR: STAFF,
    UserRole.OFFICER: (*STAFF, "officer.covers"),
    UserRole.SHOPPER: ("shopper.tasks", "purse.show"),
    UserRole.LAB: ("lab.consignments", "lab.uploads"),
    UserRole.PLATFORM: ("platform.inbox",),
}


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language the page can be read in."""

    code: str
    tag: str
    name: str
    current: bool
    url: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The page around the view."""

    language: str
    tag: str
    tongues: tuple[Tongue, ...]
    user: str | None
    role: UserRole | None
    organisation: str | None
    places: tuple[str, ...]
    """Route names, in the order of the menu."""
    here: str
    form_token: str
    done: Done | None
    bare: bool = False
    """Whether the page stands for itself, without a way to any other."""


def frame(request: Request, *, user: User | None, language: str, cookie: str) -> Frame:
    """Give the surroundings of a page for one request."""
    done = request.query_params.get("done")
    return Frame(
        language=language,
        tag=TAGS[language],
        tongues=_tongues(request, language),
        user=user.shown_as if user else None,
        role=user.role if user else None,
        organisation=(user.lab or user.platform) if user else None,
        places=PLACES[user.role if user else None],
        here=_here(request, PLACES[user.role if user else None]),
        form_token=form_token(cookie),
        done=next((member for member in Done if member.value == done), None),
    )


def _here(request: Request, places: tuple[str, ...]) -> str:
    """Give the place of the menu that the page belongs to: the one whose path it continues the furthest."""
    paths = {str(request.app.url_path_for(place)): place for place in places}
    path = request.url.path
    inside = [start for start in paths if path == start or path.startswith(f"{start}/")]
    return paths[max(inside, key=len)] if inside else ""


def _tongues(request: Request, language: str) -> tuple[Tongue, ...]:
    query = f"?{request.url.query}" if request.url.query else ""
    back = quote(request.url.path + query, safe="") if request.method == "GET" else "%2F"
    return tuple(
        Tongue(code, TAGS[code], NAMES[code], code == language, f"/language/{code}?back={back}") for code in LANGUAGES
    )
