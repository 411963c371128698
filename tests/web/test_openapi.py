"""The description of the HTTP API names what the server really has, and nothing else."""

import re
from typing import Any

import pytest
from aiohttp import web

from bmw_wallbox.web.openapi import describe
from bmw_wallbox.web.openapi_table import OPERATIONS
from bmw_wallbox.web.server import PanelServer
from tests.web.panel import Panel


@pytest.fixture
async def served(server: PanelServer) -> set[tuple[str, str]]:
    """Return all that the server answers but the panel's files."""
    routes = (await server._application()).router.routes()
    found = {(route.method, route.resource.canonical) for route in routes if route.resource is not None}
    ours = ("/api/", "/healthz", "/ws")
    return {(method, path) for method, path in found if method != "HEAD" and path.startswith(ours)}


def described(document: dict[str, Any]) -> set[tuple[str, str]]:
    return {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}


async def test_every_call_of_the_server_is_described(panel: Panel, served: set[tuple[str, str]]) -> None:
    document = await panel.json("/api/openapi.json")
    assert document["openapi"] == "3.1.0"
    assert described(document) == served


async def test_what_the_table_adds_belongs_to_a_call_that_exists(served: set[tuple[str, str]]) -> None:
    assert OPERATIONS.keys() <= served


async def test_every_call_says_what_it_does_under_a_name_of_its_own(panel: Panel) -> None:
    document = await panel.json("/api/openapi.json")
    calls = [call for methods in document["paths"].values() for call in methods.values()]
    names = [call["operationId"] for call in calls]
    assert len(set(names)) == len(names)
    assert [call["operationId"] for call in calls if not call["summary"]] == []


async def test_every_reference_leads_somewhere(panel: Panel) -> None:
    response = await panel.get("/api/openapi.json")
    text = (await response.read()).decode()
    schemas = (await response.json())["components"]["schemas"]
    assert {"ChargingSession", "Tariffs", "Settings", "Error"} <= schemas.keys()
    assert set(re.findall(r'"#/components/schemas/(\w+)"', text)) <= schemas.keys()


async def test_parameters_of_the_path_are_declared_and_changes_need_the_header(panel: Panel) -> None:
    document = await panel.json("/api/openapi.json")
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            where = {
                place: {p["name"] for p in call["parameters"] if p["in"] == place}
                for place in ("path", "header")
            }
            assert where["path"] == set(re.findall(r"{(\w+)}", path))
            assert where["header"] == (set() if method == "get" else {"X-Requested-With"})


def test_files_of_the_panel_are_no_part_of_it() -> None:
    async def give(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/panel.js", give)
    assert describe(app.router.routes())["paths"] == {}
