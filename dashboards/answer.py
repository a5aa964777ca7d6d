"""Answers that are not a page of their own: problems (RFC 9457), JSON with an ETag, and files."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dashboards.errors import Problem
from dashboards.form import Form
from dashboards.frame import frame
from dashboards.language import word
from dashboards.render import TEMPLATES
from sampling.digest import Digest, sha256
from storage.accounts import User
from storage.objects import PIECE, Objects

PROBLEM = "application/problem+json"


def problem_response(request: Request, problem: Problem, *, language: str, user: User | None, api: bool) -> Response:
    """Tell a person or a program what went wrong, in its language."""
    if api:
        return problem_document(problem, language)
    around = frame(request, user=user, language=language, cookie="")
    context = {"view": problem, "form": Form(), "frame": around}
    return TEMPLATES[language].TemplateResponse(request, "error.html", context, status_code=problem.status)


def problem_document(problem: Problem, language: str) -> Response:
    """Give a problem document; the code is stable, the title is in the caller's language."""
    body = {
        "type": f"/problems/{problem.code}",
        "title": word(language, "Problem", problem.code),
        "status": problem.status,
        "detail": problem.detail,
    }
    headers = {"content-language": language}
    if problem.status == 401:
        headers["www-authenticate"] = 'Bearer realm="Mystery Shopper"'
    return Response(_json(body), status_code=problem.status, media_type=PROBLEM, headers=headers)


def json_response(request: Request, body: Mapping[str, Any], *, status: int = 200, public: bool = False) -> Response:
    """Give JSON with an ETag; a caller that holds the same bytes already gets 304 without them."""
    content = _json(body)
    tag = f'"{sha256(content)[:32]}"'
    headers = {"etag": tag, "cache-control": "public, max-age=60" if public else "no-cache"}
    if public:
        # Open data: any page may read it, and it carries nothing of the reader.
        headers |= {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
    if request.method == "GET" and tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, status_code=status, media_type="application/json", headers=headers)


def file_response(content: bytes, name: str, media_type: str, *, inline: bool = False) -> Response:
    """Give a stored file; only pictures are shown in place, because a captured page may hold anything."""
    way = "inline" if inline else "attachment"
    headers = {
        "content-disposition": f"{way}; filename*=UTF-8''{quote(name)}",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "private, max-age=3600",
    }
    return Response(content, media_type=media_type, headers=headers)


def stream_response(objects: Objects, digest: Digest, name: str) -> Response:
    """Give a kept file of any size in pieces; its address never gives other bytes."""

    def pieces() -> Iterator[bytes]:
        with objects.file(digest) as path, path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "content-security-policy": "default-src 'none'; sandbox",
        "cache-control": "public, max-age=86400, immutable",
        "etag": f'"{digest[:32]}"',
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    return StreamingResponse(pieces(), media_type="application/octet-stream", headers=headers)


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str).encode() + b"\n"
