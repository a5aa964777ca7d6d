"""What a visit met is told by weighted signs; a sign that ordinary pages carry too is not enough."""

import pytest

from sampling.evidence.obstacle import Meeting, classify, unreached
from sampling.evidence.visit import VisitKind
from tests.world.walls import Page, ordinary, walls

ASKED = "http://shop.test/item/1"
LONG = "The lamp shines well and is sold by a good shop. " * 20
GOOD = f"<title>Lamp</title><h1>Lamp</h1><a href='/login'>Sign in</a><p>{LONG}</p>"
SHORT = "<title>{title}</title><p>{text}</p>{more}"
KINDS = {"not_found": VisitKind.NOT_FOUND, "delisted": VisitKind.NOT_FOUND, "server_error": VisitKind.ERROR}


def met(html: str = GOOD, text: str = LONG, status: int | None = 200, **changes: object) -> Meeting:
    facts: dict[str, object] = {
        "requested_url": ASKED,
        "final_url": ASKED,
        "status": status,
        "html": html,
        "text": text,
    }
    return Meeting(**{**facts, **changes})  # type: ignore[arg-type]


def wall(title: str, text: str, more: str = "") -> Meeting:
    return met(SHORT.format(title=title, text=text, more=more), text)


@pytest.mark.parametrize("held_back", [False, True])
def test_walls_are_found_and_most_of_them_with_the_right_reason(held_back: bool) -> None:
    met_with = [(page.reason, classify(page.met).reason) for page in walls(held_back=held_back)]
    assert len({reason for reason, _ in met_with}) >= 10
    assert sum(found is not None for _, found in met_with) >= 0.95 * len(met_with)
    assert sum(found == reason for reason, found in met_with) >= 0.9 * len(met_with)


@pytest.mark.parametrize("held_back", [False, True])
def test_no_ordinary_page_is_taken_for_a_wall(held_back: bool) -> None:
    pages = ordinary(held_back=held_back)
    assert len(pages) >= (30 if held_back else 100)
    assert [page.name for page in pages if classify(page.met).kind is not VisitKind.LISTING] == []


@pytest.mark.parametrize("page", walls(held_back=False), ids=lambda page: page.name)
def test_a_wall_is_told_by_its_signs(page: Page) -> None:
    outcome = classify(page.met)
    assert outcome.reason == page.reason
    assert outcome.kind is KINDS.get(str(page.reason), VisitKind.OBSTACLE)
    assert int(outcome.signals["weight"]) >= 5


WALLS = [
    (wall("Security check", "Please show that you are not a robot"), "captcha"),
    (wall("Shop", "Are you human?", "<div class='g-recaptcha'></div>"), "captcha"),
    (met(headers={"cf-mitigated": "challenge"}), "captcha"),
    (met("", ""), "empty"),
    (met("", "", None), "empty"),
    (met(final_url="http://other.test/"), "redirected"),
    (met(final_url="http://192.0.2.1/item/1"), "redirected"),
    (met(final_url="http://shop.test/de/"), "redirected"),
    (met(text=LONG, html=GOOD + "<input type='password'>", final_url="http://shop.test/login"), "login"),
    (met(html="<div id='root'> </div>", text="Lamp shop, menu, basket and help", expects_price=True), "empty"),
]


@pytest.mark.parametrize(("page", "reason"), WALLS)
def test_further_walls(page: Meeting, reason: str) -> None:
    outcome = classify(page)
    assert (outcome.kind, outcome.reason) == (VisitKind.OBSTACLE, reason)


ORDINARY = [
    met(),  # a link to the log-in stands on every page
    wall("Lamp", "Lamp 9.90 Sign in to buy, delivered by Tuesday"),
    met(GOOD + "<div class='g-recaptcha'></div>"),  # the review form asks for proof, the offer does not
    met(GOOD + "<input type='password'>"),
    met(headers={"server": "nginx", "cf-mitigated": ""}),
    met(final_url="http://www.shop.test/item/1"),
    met(requested_url="http://shop.test/index.php", final_url="http://shop.test/en/"),
    met(final_url="http://www.mall.test/item/1", hosts=("mall.test",)),
    met(expects_price=True),  # a missing price alone may be a sold-out offer
    met('<h1>404</h1><script>{"@type": "ProductGroup", "hasVariant": [{"@type": "Product"}]}</script>', "404"),
    met(text=LONG * 10, html=f"<title>404</title><p>{LONG}"),
]


@pytest.mark.parametrize("page", ORDINARY)
def test_an_ordinary_page_is_no_obstacle(page: Meeting) -> None:
    assert classify(page).kind is VisitKind.LISTING
    assert classify(page).reason is None


STATUSES = [
    (401, VisitKind.OBSTACLE, "login"),
    (403, VisitKind.OBSTACLE, "forbidden"),
    (407, VisitKind.OBSTACLE, "proxy"),
    (429, VisitKind.OBSTACLE, "rate_limit"),
    (451, VisitKind.OBSTACLE, "legal_block"),
    (503, VisitKind.OBSTACLE, "unavailable"),
    (404, VisitKind.NOT_FOUND, "not_found"),
    (410, VisitKind.NOT_FOUND, "not_found"),
    (500, VisitKind.ERROR, "server_error"),
    (523, VisitKind.ERROR, "server_error"),
    (200, VisitKind.LISTING, None),
    (None, VisitKind.LISTING, None),
]


@pytest.mark.parametrize(("status", "kind", "reason"), STATUSES)
def test_a_status_is_enough(status: int | None, kind: VisitKind, reason: str | None) -> None:
    outcome = classify(met(status=status))
    assert (outcome.kind, outcome.reason) == (kind, reason)


def test_a_refusal_that_says_why_is_named_for_the_why() -> None:
    page = wall("Access denied", "Access denied. This shop is not available in your country.")
    assert classify(met(page.html, page.text, 403)).reason == "geo"


def test_every_sign_is_told_with_its_weight_for_and_against() -> None:
    html = "<title>Lamp</title><h1>Lamp</h1><p>€ 9.00 <button>Add to cart</button></p><div class='h-captcha'></div>"
    outcome = classify(met(html, "Lamp € 9.00 Add to cart"))
    assert (outcome.kind, dict(outcome.signals)) == (
        VisitKind.LISTING,
        {"captcha_widget": "h-captcha (+4)", "price_and_buying": "€ 9.00, Add to cart (-20)"},
    )


def test_a_site_has_its_own_words_for_an_offer_that_is_gone() -> None:
    assert classify(met()).kind is VisitKind.LISTING
    outcome = classify(met(gone=("sold by a good shop",)))
    assert (outcome.kind, outcome.reason) == (VisitKind.NOT_FOUND, "not_found")
    assert outcome.signals == {"gone": "sold by a good shop"}


@pytest.mark.parametrize(
    ("reason", "kind"), [("certificate", VisitKind.OBSTACLE), ("dns", VisitKind.ERROR), ("timeout", VisitKind.ERROR)]
)
def test_a_page_that_was_not_opened_is_a_wall_only_for_its_certificate(reason: str, kind: VisitKind) -> None:
    assert (unreached(reason).kind, unreached(reason).reason) == (kind, reason)
