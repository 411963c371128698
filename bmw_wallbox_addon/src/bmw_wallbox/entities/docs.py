"""The tables of entities and of the wallbox's own variables as the documentation shows them."""

import re
from collections.abc import Iterable, Iterator

from bmw_wallbox.entities.description import Default, EntityRow
from bmw_wallbox.entities.known_variables import KNOWN_VARIABLES
from bmw_wallbox.entities.table import ROWS

_DEFAULTS = {
    Default.ENABLED: "",
    Default.DISABLED: "disabled at first",
    Default.MULTI_PHASE: "disabled at first on one phase",
}
_HEAD = ("| Name | Entity | Unit or states | What it tells or does |", "| --- | --- | --- | --- |")
_VARIABLES_HEAD = ("| Name | The wallbox's variable | What it tells or does |", "| --- | --- | --- |")


def with_tables(text: str) -> str:
    """Return a document with the tables between their markers brought up to date.

    Raises:
        ValueError: the document does not have each pair of markers once.

    """
    text = _with_table(text, "entities", (*_HEAD, *_entities()))
    return _with_table(text, "variables", (*_VARIABLES_HEAD, *_variables()))


def _with_table(text: str, name: str, lines: Iterable[str]) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    between = re.compile(f"(?<={re.escape(begin)}).*?(?={re.escape(end)})", re.DOTALL)
    table = "\n" + "\n".join(lines) + "\n"
    updated, count = between.subn(lambda _match: table, text)
    if count != 1:
        raise ValueError(f"{begin} and {end} have to be there once, not {count} times")
    return updated


def _variables() -> Iterator[str]:
    for known in KNOWN_VARIABLES:
        about = f"{known.about} (enabled at first)" if known.enabled else known.about
        yield f"| {known.name} | `{known.component}` `{known.path}` | {about} |"


def _entities() -> Iterator[str]:
    for row in ROWS:
        entity = f"`{row.platform}.bmw_wallbox_{row.key}`"
        yield f"| {row.name} | {entity} | {_states(row)} | {_about(row)} |"


def _states(row: EntityRow) -> str:
    if row.options:
        return ", ".join(f"`{option}`" for option in row.options)
    return "the currency" if row.monetary else row.unit or ""


def _about(row: EntityRow) -> str:
    notes = [_DEFAULTS[row.default]] if _DEFAULTS[row.default] else []
    if row.measurand is not None:
        notes.append("only if the wallbox reports it")
    return f"{row.about} ({', '.join(notes)})" if notes else row.about
