"""What of an OCPP message may be shown: tokens by their last four characters, secrets not at all."""

import re

from bmw_wallbox.domain.tokens import masked

_HIDDEN = "•••"
_MAX_DEPTH = 32
_CERTIFICATE_SHOWN = 27
"""`-----BEGIN CERTIFICATE-----` without anything of its content."""

_TOKENS = frozenset({"idtoken", "additionalidtoken", "emaid", "customeridentifier"})
_CERTIFICATES = frozenset({"certificate", "certificatechain", "csr", "exirequest", "exiresponse"})
_SECRET = re.compile(
    r"passw|secret|private_?key|credential|authori[sz]ation$|sharedkey|simpin|\bpin\b|\bkey\b",
    re.IGNORECASE,
)
_VALUES = frozenset({"attributevalue", "actualvalue", "value"})
_URL_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")


def redacted(node: object) -> object:
    """Return a copy of a payload that may be shown and kept."""
    return _node(node, secret=False, depth=0)


def _node(node: object, *, secret: bool, depth: int) -> object:
    if depth > _MAX_DEPTH:
        return "…"
    if isinstance(node, dict):
        return _members(node, secret=secret, depth=depth)
    if isinstance(node, list):
        return [_node(item, secret=secret, depth=depth + 1) for item in node]
    return _URL_LOGIN.sub(f"{_HIDDEN}@", node) if isinstance(node, str) else node


def _members(node: dict[str, object], *, secret: bool, depth: int) -> dict[str, object]:
    # A variable's name stands beside its value (GetVariables), or above it (NotifyReport).
    variable = node.get("variable")
    name = variable.get("name") if isinstance(variable, dict) else None
    secret = secret or (isinstance(name, str) and _SECRET.search(name) is not None)
    return {key: _member(key, value, secret=secret, depth=depth) for key, value in node.items()}


def _member(key: str, value: object, *, secret: bool, depth: int) -> object:
    lower = key.lower()
    if isinstance(value, str):
        if lower in _TOKENS:
            return masked(value)
        if lower in _CERTIFICATES:
            return f"{value[:_CERTIFICATE_SHOWN]}… ({len(value)} characters)"
        if _SECRET.search(key) or (secret and lower in _VALUES):
            return _HIDDEN
    return _node(value, secret=secret, depth=depth + 1)
