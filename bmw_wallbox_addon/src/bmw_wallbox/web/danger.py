"""Dangerous actions: for administrators, confirmed by name, and never without a row in the audit."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bmw_wallbox.errors import InvalidPayloadError, WallboxError
from bmw_wallbox.web.access import demand_admin, name_of
from bmw_wallbox.web.backend import Backend


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """What somebody is about to do."""

    action: str
    """What has to be repeated to confirm."""
    target: str
    details: str = ""
    """What it is done with, secrets left out."""
    confirmation: object
    """What the request confirms with: true, or the action's name."""


async def dare[T](
    request: web.Request,
    backend: Backend,
    danger: Danger,
    act: Callable[[], Awaitable[T]],
    said: Callable[[T], str] | None = None,
) -> T:
    """Do what is dangerous and keep who did it; `said` puts the result in words.

    A row is written before and completed after, so that an action during which the app ends is seen as well.

    Raises:
        HTTPForbidden: no administrator asks.
        InvalidPayloadError: it is not confirmed.
        WallboxError: it failed, as the audit tells too.

    """
    await demand_admin(request, backend)
    if danger.confirmation is not True and danger.confirmation != danger.action:
        raise InvalidPayloadError("confirm", danger.confirmation, f'{danger.action} needs "confirm": true')
    audit = backend.expert.audit
    deed = await audit.begin(name_of(request), danger.action, danger.target, danger.details)
    try:
        result = await act()
    except (WallboxError, TimeoutError) as err:
        await audit.end(deed, "failed", str(err))
        raise
    await audit.end(deed, "done", said(result) if said else "")
    return result
