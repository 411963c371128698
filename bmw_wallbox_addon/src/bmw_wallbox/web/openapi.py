"""The description of the HTTP API as OpenAPI 3.1, made of the server's own routes."""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from inspect import getdoc
from typing import Any

import msgspec
from aiohttp import web

from bmw_wallbox.web.backend import Backend
from bmw_wallbox.web.openapi_table import OPERATIONS, SHAPES, Operation, Query
from bmw_wallbox.web.wire import answer

_OURS = re.compile(r"/(api/.*|healthz|ws)")
_INTENT = {
    "name": "X-Requested-With",
    "in": "header",
    "required": True,
    "description": "Shows that the request comes from a page or program that means it.",
    "schema": {"const": "bmw-wallbox"},
}
_ERROR = {
    "type": "object",
    "required": ["error", "message"],
    "properties": {
        "error": {"type": "string", "description": "A stable key."},
        "message": {"type": "string", "description": "What is wrong and what to do, in words."},
    },
}


class OpenApi:
    """Everybody who may use the API may read what it offers."""

    def __init__(self, backend: Backend) -> None:
        del backend  # every part of the interface is made with it

    def routes(self) -> list[web.RouteDef]:
        """Return this part of the interface."""
        return [web.get("/api/openapi.json", self.show)]

    async def show(self, request: web.Request) -> web.Response:
        """Answer with this description."""
        return answer(describe(request.app.router.routes()))


def describe(routes: Iterable[web.AbstractRoute]) -> dict[str, Any]:
    """Return the OpenAPI document of those routes that are the API's."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = route.resource.canonical if route.resource is not None else ""
        if _OURS.fullmatch(path) and route.method != "HEAD":
            paths.setdefault(path, {})[route.method.lower()] = _operation(route, path)
    _, schemas = msgspec.json.schema_components(SHAPES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "BMW Wallbox",
            "version": version("bmw-wallbox"),
            "description": "Addresses are relative to the panel's.",
        },
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {**schemas, "Error": _ERROR}},
    }


def _operation(route: web.AbstractRoute, path: str) -> dict[str, Any]:
    known = OPERATIONS.get((route.method, path), Operation())
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    parameters += [_parameter(name, query) for name, query in known.query.items()]
    changes = route.method not in {"GET", "HEAD"}
    found: dict[str, Any] = {
        "summary": " ".join((getdoc(route.handler) or "").partition("\n\n")[0].split()),
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{path}").strip("_"),
        "parameters": [*parameters, _INTENT] if changes else parameters,
        "responses": {
            known.status: {"description": "Done.", "content": _content(known.answer, known.files)},
            "default": {
                "description": "It could not be done.",
                "content": _content({"$ref": "#/components/schemas/Error"}),
            },
        },
    }
    if changes and route.method != "DELETE":
        found["requestBody"] = {"content": _content(known.body)}
    return found


def _parameter(name: str, query: Query) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": query.meaning, "schema": query.schema}


def _content(schema: Mapping[str, Any], files: Iterable[str] = ()) -> dict[str, Any]:
    others = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in files}
    return {"application/json": {"schema": schema}, **others} if schema or not others else others
