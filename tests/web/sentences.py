"""Every sentence that the app can say to its owner, as the sources have it: a template with named places."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path

import bmw_wallbox

PACKAGE = Path(bmw_wallbox.__file__).parent

_ELSEWHERE = (
    "__main__.py",  # the command line
    "alarms.py",  # the title of a notification
    "csms/repair.py",  # notes for the log
    "csms/routing.py",
    "csms/rpc.py",  # what a wallbox is told
    "csms/timestamps.py",
    "csms/typed.py",
    "demo.py",
    "domain/copying.py",
    "domain/notices.py",  # notifications have German words of their own
    "domain/report_words.py",  # reports too
    "entities/",  # Home Assistant's names
    "log_budget.py",
    "reporting.py",
    "simulator/",
    "storage/figures_query.py",
    "storage/schema.py",
    "storage/session_query.py",
    "storage/session_table.py",
    "storage/statements.py",
    "web/diagnostics.py",  # for a bug report
    "web/openapi.py",
    "web/openapi_table.py",
)
"""Where no text is for the panel."""

NOT_SAID = frozenset(
    {
        "[%(asctime)s] %(levelname)s: %(message)s",
        "OCPP listener",
        "Panel address",
        "Home Assistant",
        "Simulated wallbox",
        "Session entities",
        "Home Assistant link",
        "Bridge file",
        "BMW Wallbox",
        "extra keys not allowed",  # the schema's, put in other words
        "no answer",
        "no handshake",
        "this doorway makes no others",
        "admission changed",
        "Come again later.",
        "This port speaks OCPP over WebSocket only.",
        "The station waits for approval.",
        "one of too many",
        "too late",
        "Keep a station out from now on.",  # the interface's own description
        "Remove a station and what is known of it.",
        "Take the password that a station was refused for.",
        "refused password",  # part of another sentence
        "{found}{done} It did not help. Unplug the car, or switch the wallbox off at its breaker.",
        "The wallbox accepted {limit_a} A twice, yet its own schedule allows",
        "There is no {kind} {key}.",
        "an answer was dropped, because nothing waits for it",
        "an answer was dropped, because it cannot be read",
        "a message was refused: {text}",
        "{action} was answered with {code}",
        "{action} was refused with {code}: {fault}",
    }
)
"""Names of tasks, lines of the log, replies to strangers, and parts of what stands in `_JOINED`."""

_JOINED = (
    "The wallbox accepted {limit_a} A twice, yet its own schedule allows {allowed_a} A.",
    "It did not help. Unplug the car, or switch the wallbox off at its breaker.",
    "{first}, then {next}",
    "{name} is {value}.",
    "{variable}: no answer",
    "no protocol",
)
"""What is put together from parts."""

_WORD = re.compile(r"[A-Za-z]{2,}")
_NO_WORDS = re.compile(
    r"PRAGMA|SELECT|BEGIN|DELETE FROM|journal_|synchronous|Basic realm|[a-z-]+ '|attachment;"
)
_PARTS = re.compile(r"^(\{\w+\} )+(?=(It|The) )|(?<=\.) \{\w+\}$")
"""What stands for a sentence of its own, before or after another."""


def templates() -> Mapping[str, str]:
    """Return where each template that the app says to its owner stands."""
    found = {text: place for text, place in texts().items() if text not in NOT_SAID}
    return {**dict.fromkeys(_JOINED, "put together"), **found}


def texts() -> Mapping[str, str]:
    """Return every text of words, and the first module that has it."""
    found: dict[str, str] = {}
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    constants = _constants(trees.values())
    for path, tree in trees.items():
        name = path.relative_to(PACKAGE).as_posix()
        if not name.startswith(_ELSEWHERE):
            for text in _texts(tree, constants):
                found.setdefault(text, name)
    return found


def _constants(trees: Iterable[ast.Module]) -> Mapping[str, str]:
    return {
        target.id: node.value.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value.value, str)
    }


def _texts(tree: ast.Module, constants: Mapping[str, str]) -> Iterator[str]:
    skipped = set(_unsaid(tree))
    for node in ast.walk(tree):
        if node not in skipped and isinstance(node, ast.JoinedStr | ast.Constant):
            for text in _variants(node, constants):
                if _has_words(text := _PARTS.sub("", text.strip())):
                    yield text
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "NotFoundError":
            yield from (
                f"There is no {kind.value!s} {{key}}."
                for kind in node.args[:1]
                if isinstance(kind, ast.Constant)
            )


def _unsaid(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the texts that are docstrings, lines of the log, or a part of another text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield from (part for part in ast.walk(node) if part is not node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("_LOGGER."):
            yield from ast.walk(node)


def _has_words(text: str) -> bool:
    words = _WORD.findall(re.sub(r"\{\w+\}", "", text))
    return len(words) > 1 and " " in text and not _NO_WORDS.match(text)


def _variants(node: ast.expr, constants: Mapping[str, str]) -> Iterator[str]:
    """Yield what a text can be: a choice within it makes several."""
    if isinstance(node, ast.Constant):
        yield from (node.value,) if isinstance(node.value, str) else ()
    elif isinstance(node, ast.JoinedStr):
        parts = [list(_parts(part, constants)) for part in node.values]
        yield from map(_numbered, map("".join, product(*parts)))


def _parts(node: ast.expr, constants: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.FormattedValue):
        inner = node.value
        if isinstance(inner, ast.IfExp):
            yield from _choice(inner.body, constants)
            yield from _choice(inner.orelse, constants)
        else:
            yield from _choice(inner, constants)


def _choice(node: ast.expr, constants: Mapping[str, str]) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.BinOp):
        yield "".join([*_choice(node.left, constants), *_choice(node.right, constants)])
    else:
        name = _name(node)
        yield constants.get(name) or "{" + name.lower().strip("_") + "}"


def _name(node: ast.expr) -> str:
    """Return what a place is called: the last name that leads to its value."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=ast.Name() as inner)):
            return _name(inner)
        case ast.Call(args=[inner, *_]) | ast.BoolOp(values=[inner, *_]) | ast.BinOp(left=inner):
            return _name(inner)
        case ast.Call(func=ast.Attribute(value=inner)):
            return _name(inner)
        case _:
            return "value"


def _numbered(text: str) -> str:
    """Give each place of a template a name of its own."""
    seen: dict[str, int] = {}

    def named(match: re.Match[str]) -> str:
        name = match[1]
        seen[name] = seen.get(name, 0) + 1
        return f"{{{name}{seen[name] if seen[name] > 1 else ''}}}"

    return re.sub(r"\{(\w+)\}", named, text)
