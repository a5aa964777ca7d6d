"""The desk's addresses: notices in, and a list of them for whoever checks."""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from demo.platform_desk import clerk
from demo.platform_desk.inbox import Inbox
from demo.platform_desk.signature import genuine, keys_of


async def receive(request: Request) -> Response:
    """202 for a genuine webhook, 200 for a repeat of one, 401 else, 503 while the sender's keys cannot be had."""
    desk_state: Path = request.app.state.folder
    body, platform = await request.body(), request.path_params["platform"]
    try:
        desk = clerk.read_desk(desk_state)
        async with httpx.AsyncClient(timeout=5, trust_env=False) as web:
            provider = (await web.get(f"{desk.base}/.well-known/msa/provider.json")).raise_for_status().json()
    except (httpx.HTTPError, OSError, ValueError, KeyError):
        return JSONResponse({"error": "the sender's keys cannot be had"}, 503)
    if platform not in desk.shops:
        return JSONResponse({"error": "no such platform"}, 404)
    if not genuine(request.headers, body, keys=keys_of(provider), now=datetime.now(UTC)):
        return JSONResponse({"error": "bad signature"}, 401)
    inbox: Inbox = request.app.state.inbox
    message_id = request.headers["webhook-id"]
    repeat = any((one.id, one.platform) == (message_id, platform) for one in inbox.all())
    inbox.take(platform, message_id, json.loads(body))
    request.app.state.bell.set()
    return JSONResponse({"id": message_id}, 200 if repeat else 202)


async def received(request: Request) -> Response:
    """Every webhook taken: what it was, how often it came, how often it had an effect."""
    inbox: Inbox = request.app.state.inbox
    return JSONResponse(
        [
            {
                "id": one.id,
                "platform": one.platform,
                "type": one.event.get("type"),
                "subject": one.event.get("subject"),
                "deliveries": one.deliveries,
                "effects": one.effects,
                "trouble": one.trouble,
            }
            for one in inbox.all()
        ]
    )


async def healthy(_request: Request) -> Response:
    """200 as soon as the desk is open."""
    return PlainTextResponse("ok")


def open_desk(state: Path) -> Starlette:
    """The desk on its state folder, with its clerk at work."""
    routes = [
        Route("/notices/{platform}", receive, methods=["POST"]),
        Route("/received", received),
        Route("/healthz", healthy),
    ]
    app = Starlette(routes=routes)
    app.state.folder = state
    app.state.inbox = Inbox(state / "desk.sqlite3")
    app.state.bell = clerk.start(app.state.inbox, state)
    return app
