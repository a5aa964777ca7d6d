"""What a visit met is told by weighted signs; a sign that ordinary pages carry too is not enough."""

import pytest

from sampling.evidence.obstacle import Meeting, classify
from sampling.evidence.visit import VisitKind

ASKED = "http://shop.test/item/1"
LONG = "The lamp shines well and is sold by a good shop. " * 20
GOOD = f"<title>Lamp</title><h1>Lamp</h1><a href='/login'>Sign in</a><p>{LONG}</p>"
SHORT = "<title>{title}</title><p>{text}</p>{more}"


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


WALLS = [
    (wall("Security check", "Please show that you are not a robot"), "captcha"),
    (wall("安全验证", "检测到异常访问，请完成验证"), "captcha"),
    (wall("Shop", "Are you human?", "<div class='g-recaptcha'></div>"), "captcha"),
    (
        wall("Just a moment...", "Checking your browser", "<iframe src='//challenges.cloudflare.com/x'></iframe>"),
        "captcha",
    ),
    (met(headers={"cf-mitigated": "challenge"}), "captcha"),
    (wall("Log in", "Log in E-mail Password and so on", "<form><input type='password'></form>"), "login"),
    (
        wall("请先登录", "扫码登录 或者 账号登录 请输入您的手机号和密码以继续浏览商品", "<input type='password'>"),
        "login",
    ),
    (wall("Access denied", "Access denied: you may not see this page here"), "forbidden"),
    (wall("提示", "访问过于频繁，请稍后再试。您的访问次数过多，系统已暂时限制访问"), "rate_limit"),
    (wall("Too many requests", "Too many requests were made from your address"), "rate_limit"),
    (met("", ""), "empty"),
    (met(final_url="http://other.test/"), "redirected"),
]


@pytest.mark.parametrize(("page", "reason"), WALLS)
def test_a_wall_is_told_by_its_signs(page: Meeting, reason: str) -> None:
    outcome = classify(page)
    assert (outcome.kind, outcome.reason) == (VisitKind.OBSTACLE, reason)
    assert outcome.signals


ORDINARY = [
    met(),  # a link to the log-in stands on every page
    wall("Lamp", "Lamp 9.90 Sign in to buy, delivered by Tuesday"),
    met(GOOD + "<div class='g-recaptcha'></div>"),  # the review form asks for proof, the offer does not
    met(GOOD + "<input type='password'>"),
    met(headers={"server": "nginx", "cf-mitigated": ""}),
    met(final_url="http://www.shop.test/item/1", hosts=("www.shop.test",)),
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
    (200, VisitKind.LISTING, None),
    (None, VisitKind.LISTING, None),
]


@pytest.mark.parametrize(("status", "kind", "reason"), STATUSES)
def test_a_status_decides_before_any_sign(status: int | None, kind: VisitKind, reason: str | None) -> None:
    outcome = classify(met(status=status))
    assert (outcome.kind, outcome.reason) == (kind, reason)


def test_a_site_may_say_with_status_200_that_an_offer_is_gone() -> None:
    page = wall("Mall", "商品已下架 This item is no longer available")
    assert classify(page).kind is VisitKind.LISTING
    gone = met(page.html, page.text, gone=("商品已下架",))
    assert classify(gone).kind is VisitKind.NOT_FOUND
