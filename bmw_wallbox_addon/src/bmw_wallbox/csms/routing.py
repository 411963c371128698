"""The `ocpp` library's routing, with types."""

from collections.abc import Awaitable, Callable
from typing import cast

from ocpp.routing import create_route_map  # type: ignore[import-untyped]  # the library ships no types
from ocpp.routing import on as library_on

type Json = dict[str, object]
type Handler = Callable[[Json], Awaitable[Json]]


def on[**P](action: str) -> Callable[[Callable[P, Awaitable[Json]]], Callable[P, Awaitable[Json]]]:
    """Mark a method as the handler of `action`; it takes and returns payloads as they travel."""
    decorate = library_on(action, skip_schema_validation=True)
    return cast("Callable[[Callable[P, Awaitable[Json]]], Callable[P, Awaitable[Json]]]", decorate)


def routes_of(handlers: object) -> dict[str, Handler]:
    """Return the marked methods of an object by the action that they handle."""
    return {action: routes["_on_action"] for action, routes in create_route_map(handlers).items()}
