"""The `ocpp` library's routing, with types."""

from collections.abc import Awaitable, Callable
from typing import cast

from ocpp.routing import on as library_on  # type: ignore[import-untyped]  # the library ships no types

type Json = dict[str, object]


def on[**P](action: str) -> Callable[[Callable[P, Awaitable[Json]]], Callable[P, Awaitable[Json]]]:
    """Mark a method as the handler of `action`; it takes and returns payloads as they travel."""
    decorate = library_on(action, skip_schema_validation=True)
    return cast("Callable[[Callable[P, Awaitable[Json]]], Callable[P, Awaitable[Json]]]", decorate)
