"""Who may talk to the panel, and who of them is an administrator."""

import asyncio
import hmac
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import BasicAuth, hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bmw_wallbox.errors import HomeAssistantError
from bmw_wallbox.web.backend import Backend

ADMIN_TIMEOUT_S = 5
REQUESTED_WITH = "X-Requested-With"
REQUESTED_BY_US = "bmw-wallbox"

_CHALLENGE = {hdrs.WWW_AUTHENTICATE: 'Basic realm="BMW Wallbox", charset="UTF-8"'}
_READING = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
_LOCAL_NAMES = frozenset({"localhost", "ip6-localhost"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who sent a request, as far as its connection proves it."""

    through_ingress: bool
    user_id: str | None = None
    """The Home Assistant user; only the Supervisor's word counts."""


VISITOR = web.RequestKey("visitor", Visitor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The rule of admission: by peer address, or by password where one is set.

    Forwarding headers are never believed: only the socket's peer says where a request comes from.
    """

    ingress: frozenset[str] = frozenset({"172.30.32.2"})
    """The Supervisor's ingress address."""
    local: tuple[IPv4Network | IPv6Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1"))
    password: str | None = field(default=None, repr=False)
    """Asked for by the browser in place of the peer check; whoever knows it is an administrator."""

    def admit(self, request: web.BaseRequest) -> Visitor:
        """Return who asks.

        Raises:
            HTTPForbidden: the peer may not use the panel.
            HTTPUnauthorized: a password is needed, or the one given is wrong.

        """
        peer = _peer(request)
        local = any(peer in network for network in self.local) if peer is not None else False
        if self.password:
            if not (local and request.path == "/healthz"):
                self._check_password(request.headers.get(hdrs.AUTHORIZATION, ""))
            return Visitor(through_ingress=False)
        if str(peer) in self.ingress:
            return Visitor(through_ingress=True, user_id=request.headers.get("X-Remote-User-Id"))
        if not local or not _names_this_machine(request.host):
            raise web.HTTPForbidden(text="The panel is open to Home Assistant's ingress only.")
        return Visitor(through_ingress=False)

    def _check_password(self, authorization: str) -> None:
        try:
            given = BasicAuth.decode(authorization, encoding="utf-8").password
        except ValueError:
            given = ""
        if not hmac.compare_digest(given.encode(), (self.password or "").encode()):
            raise web.HTTPUnauthorized(text="The panel's password is needed.", headers=_CHALLENGE)


def guard(access: Access) -> Middleware:
    """Return the middleware that admits a request before anything else looks at it."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[VISITOR] = access.admit(request)
        if request.method not in _READING:
            _check_intent(request)
        return await handler(request)

    return check


async def is_admin(request: web.Request, backend: Backend) -> bool:
    """Return whether the visitor is an administrator of this house; False while nobody can tell."""
    visitor = request[VISITOR]
    if not visitor.through_ingress:
        return True
    try:
        async with asyncio.timeout(ADMIN_TIMEOUT_S):
            return await backend.is_admin(visitor.user_id)
    except (HomeAssistantError, TimeoutError):
        return False


async def demand_admin(request: web.Request, backend: Backend) -> None:
    """Raise HTTPForbidden unless an administrator asks."""
    if not await is_admin(request, backend):
        raise web.HTTPForbidden(text="Only an administrator of Home Assistant may do this.")


def name_of(request: web.Request) -> str:
    """Return who asks, for the audit: Home Assistant's user id, behind the name that goes with it."""
    visitor = request[VISITOR]
    who = visitor.user_id or "panel"
    name = request.headers.get("X-Remote-User-Display-Name") if visitor.through_ingress else None
    return f"{name.encode('utf-8', 'replace').decode()[:60]} ({who})" if name else who


def check_origin(request: web.Request) -> None:
    """Refuse a WebSocket that another site's page opened; browsers do not guard those themselves.

    Raises:
        HTTPForbidden: the Origin names another host than the one that the browser asked for.

    """
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None or request.headers.get("Sec-Fetch-Site") == "same-origin":
        return
    hosts = {request.host}
    if request[VISITOR].through_ingress:
        hosts.add(request.headers.get(hdrs.X_FORWARDED_HOST, request.host))
    if urlsplit(origin).netloc.lower() not in {host.lower() for host in hosts}:
        raise web.HTTPForbidden(text="This page may not open the panel's connection.")


def _check_intent(request: web.Request) -> None:
    """Refuse what a foreign page could make a browser send (a form, or a fetch without preflight)."""
    if request.headers.get(REQUESTED_WITH) != REQUESTED_BY_US:
        raise web.HTTPForbidden(text=f"The header {REQUESTED_WITH}: {REQUESTED_BY_US} is missing.")
    if request.can_read_body and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="The body must be application/json.")


def _peer(request: web.BaseRequest) -> object:
    """Return the peer's IP address with an IPv4-mapped form undone, None where there is none."""
    peername = request.transport.get_extra_info("peername") if request.transport is not None else None
    if not peername:
        return None
    address = ip_address(peername[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _names_this_machine(host: str) -> bool:
    """Return whether a Host header is one of ours: a foreign name on loopback is DNS rebinding."""
    name = urlsplit(f"//{host}").hostname or ""
    if name in _LOCAL_NAMES:
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
