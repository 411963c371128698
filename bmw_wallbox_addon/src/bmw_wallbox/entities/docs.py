"""The table of entities as the documentation shows it."""

import re
from collections.abc import Iterator

from bmw_wallbox.entities.description import Default, EntityRow
from bmw_wallbox.entities.table import ROWS

_BEGIN, _END = "<!-- entities -->", "<!-- /entities -->"
_BETWEEN = re.compile(f"(?<={re.escape(_BEGIN)}).*?(?={re.escape(_END)})", re.DOTALL)
_DEFAULTS = {
    Default.ENABLED: "",
    Default.DISABLED: "disabled at first",
    Default.MULTI_PHASE: "disabled at first on one phase",
}
_HEAD = ("| Name | Entity | Unit or states | What it tells or does |", "| --- | --- | --- | --- |")


def with_entity_table(text: str) -> str:
    """Return a document with the table between its two markers brought up to date.

    Raises:
        ValueError: the document does not have both markers once.

    """
    table = "\n" + "\n".join((*_HEAD, *_lines())) + "\n"
    updated, count = _BETWEEN.subn(lambda _match: table, text)
    if count != 1:
        raise ValueError(f"{_BEGIN} and {_END} have to be there once, not {count} times")
    return updated


def _lines() -> Iterator[str]:
    for row in ROWS:
        entity = f"`{row.platform}.bmw_wallbox_{row.key}`"
        yield f"| {row.name} | {entity} | {_states(row)} | {_about(row)} |"


def _states(row: EntityRow) -> str:
    if row.options:
        return ", ".join(f"`{option}`" for option in row.options)
    return row.unit or ""


def _about(row: EntityRow) -> str:
    notes = [_DEFAULTS[row.default]] if _DEFAULTS[row.default] else []
    if row.measurand is not None:
        notes.append("only if the wallbox reports it")
    return f"{row.about} ({', '.join(notes)})" if notes else row.about
