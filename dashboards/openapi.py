"""The description of the API (OpenAPI 3.1), made from the route list and the models of the bodies."""

import re
from typing import Any

from starlette.responses import Response

from dashboards import api
from dashboards.answer import json_response
from dashboards.ask import Ask
from dashboards.route import Entry

BODIES: dict[str, type[api.Body]] = {
    "api.acknowledge": api.Receipt,
    "api.claim": api.Action,
    "api.contest": api.Contest,
    "api.receive_consignment": api.Arrival,
}


def document(ask: Ask) -> Response:
    """This description."""
    entries: tuple[Entry, ...] = ask.request.app.state.entries
    return json_response(ask.request, describe(entries, ask.world.base_url), public=True)


def describe(entries: tuple[Entry, ...], base_url: str) -> dict[str, Any]:
    """Give the description of every route that programs call."""
    paths: dict[str, dict[str, Any]] = {}
    for entry in entries:
        if entry.api:
            paths.setdefault(entry.path, {})[entry.method.lower()] = _operation(entry)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Mystery Shopper", "version": "1"},
        "servers": [{"url": base_url}],
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(entry: Entry) -> dict[str, Any]:
    names = re.findall(r"{(\w+)", entry.path)
    text = {"schema": {"type": "string"}, "required": True}
    parameters = [{"name": name, "in": "path", **text} for name in names]
    if entry.idempotent_key:
        parameters.append({"name": "Idempotency-Key", "in": "header", **text})
    operation: dict[str, Any] = {
        "operationId": entry.name,
        "summary": (entry.handler.__doc__ or "").strip(),
        "parameters": parameters,
        "responses": {"default": {"description": "JSON, or a problem document (RFC 9457)"}},
    }
    if None not in entry.roles:
        operation["security"] = [{"token": []}]
    if entry.method == "POST":
        operation["requestBody"] = {"required": True, "content": _content(entry)}
    return operation


def _content(entry: Entry) -> dict[str, Any]:
    model = BODIES.get(entry.name)
    if model is not None:
        return {"application/json": {"schema": model.model_json_schema()}}
    if entry.name == "api.send_upload":
        binary = {"type": "string", "format": "binary"}
        files = {"type": "object", "properties": {"file": binary, "report": binary}, "required": ["file"]}
        return {"multipart/form-data": {"schema": files}}
    return {"application/json": {"schema": {"type": "object"}}}
