"""The clerk who works through the inbox: takes listings off the shop, answers the sender."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from demo.accounts import DESK_TOKEN
from demo.platform_desk.inbox import Inbox, Received

# This one says "removed" at once and removes only when the matter is escalated.
LIARS = frozenset({"glow-mall"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Whom a desk answers: the sender's address, a token per platform there, and the shops' addresses."""

    base: str
    tokens: dict[str, str]
    shops: dict[str, str]


def read_desk(state: Path) -> Desk:
    """The desk's settings, read anew each time: tokens may be handed out while it runs."""
    page = json.loads((state / "desk.json").read_text("utf-8"))
    return Desk(base=page["base"].rstrip("/"), tokens=page["tokens"], shops=page["shops"])


def handle(one: Received, desk: Desk, web: httpx.Client) -> None:
    """Does what one webhook asks for; raises httpx.HTTPError to be tried again."""
    kind = one.event["type"]
    if kind not in ("notice.issued", "notice.revised", "notice.reminder", "notice.escalated"):
        return
    document = _document(one, desk, web)
    if document.get("kind") != "delisting":
        _answer(one, desk, web, "receipts", {"kind": "acknowledged"})
        return
    for listing in document["listings"]:
        if one.platform not in LIARS or kind == "notice.escalated":
            _remove(desk.shops[one.platform], listing["item_id"], web)
        _answer(one, desk, web, "actions", {"ref": listing["ref"], "claimed": "removed"})


def _document(one: Received, desk: Desk, web: httpx.Client) -> dict[str, Any]:
    data: dict[str, Any] = one.event["data"]
    if "listings" in data:
        return data
    if "document" in data:
        document: dict[str, Any] = data["document"]
        return document
    # A document too long for the message is fetched.
    answer = web.get(f"{desk.base}/v1/notices/{_notice(one)}", headers=_bearer(desk, one.platform))
    page: dict[str, Any] = answer.raise_for_status().json()
    fetched: dict[str, Any] = page.get("document", page)
    return fetched


def _notice(one: Received) -> str:
    return str(one.event["data"].get("notice") or one.event["subject"])


def _bearer(desk: Desk, platform: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {desk.tokens[platform]}"}


def _remove(shop: str, item_id: str, web: httpx.Client) -> None:
    answer = web.post(
        f"{shop.rstrip('/')}/desk/listings/{item_id}/offline", headers={"Authorization": f"Bearer {DESK_TOKEN}"}
    )
    answer.raise_for_status()


def _answer(one: Received, desk: Desk, web: httpx.Client, what: str, body: dict[str, str]) -> None:
    reply = web.post(
        f"{desk.base}/v1/notices/{_notice(one)}/{what}",
        json=body,
        headers={**_bearer(desk, one.platform), "Idempotency-Key": f"{one.id}-{body.get('ref', 'receipt')}"},
    )
    # A refusal stands: asking again would not change it. No token yet and too many requests are no refusals.
    if reply.status_code in (401, 429) or reply.is_server_error:
        reply.raise_for_status()


def start(inbox: Inbox, state: Path) -> threading.Event:
    """Starts the clerk; set the event when something came in. The thread ends with the process."""
    bell = threading.Event()

    def work() -> None:
        with httpx.Client(timeout=10, trust_env=False) as web:
            while True:
                bell.wait(1)
                bell.clear()
                for one in inbox.waiting():
                    _try(one, inbox, state, web)

    threading.Thread(target=work, name="clerk", daemon=True).start()
    return bell


def _try(one: Received, inbox: Inbox, state: Path, web: httpx.Client) -> None:
    try:
        handle(one, read_desk(state), web)
    except (httpx.HTTPError, OSError, KeyError, ValueError) as trouble:
        inbox.failed(one, f"{type(trouble).__name__}: {trouble}")
    else:
        inbox.done(one)
