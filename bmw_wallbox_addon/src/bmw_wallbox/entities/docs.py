"""The tables of entities and of the wallbox's own variables as the documentation shows them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from bmw_wallbox.entities.description import Default, EntityRow
from bmw_wallbox.entities.known_variables import KNOWN_VARIABLES, KnownVariable
from bmw_wallbox.entities.table import ROWS


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the tables say in one language; names and states stay as Home Assistant shows them."""

    head: str = "Name | Entity | Unit or states | What it tells or does"
    variables_head: str = "Name | The wallbox's variable | What it tells or does"
    currency: str = "the currency"
    disabled: str = "disabled at first"
    multi_phase: str = "disabled at first on one phase"
    reported: str = "only if the wallbox reports it"
    enabled: str = "enabled at first"
    about: Mapping[str, str] = field(default_factory=dict)
    """What replaces the sentences of the rows: by the key of an entity, by `Component.Path` of a variable."""


ENGLISH = Words()


def with_tables(text: str, words: Words = ENGLISH) -> str:
    """Return a document with the tables between their markers brought up to date.

    Raises:
        ValueError: the document does not have each pair of markers once.

    """
    text = with_block(text, "entities", (*_head(words.head), *_entities(words)))
    return with_block(text, "variables", (*_head(words.variables_head), *_variables(words)))


def with_block(text: str, name: str, lines: Iterable[str]) -> str:
    """Return a document with other lines between the two markers of a name.

    Raises:
        ValueError: the document does not have the pair of markers once.

    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    between = re.compile(f"(?<={re.escape(begin)}).*?(?={re.escape(end)})", re.DOTALL)
    block = "\n" + "\n".join(lines) + "\n"
    updated, count = between.subn(lambda _match: block, text)
    if count != 1:
        raise ValueError(f"{begin} and {end} have to be there once, not {count} times")
    return updated


def variable_key(known: KnownVariable) -> str:
    """Return the name of a variable in `Words.about`."""
    return f"{known.component}.{known.path}"


def _head(columns: str) -> tuple[str, str]:
    return f"| {columns} |", "| " + " | ".join(["---"] * (columns.count("|") + 1)) + " |"


def _variables(words: Words) -> Iterator[str]:
    for known in KNOWN_VARIABLES:
        about = words.about.get(variable_key(known), known.about)
        about = f"{about} ({words.enabled})" if known.enabled else about
        yield f"| {known.name} | `{known.component}` `{known.path}` | {about} |"


def _entities(words: Words) -> Iterator[str]:
    for row in ROWS:
        entity = f"`{row.platform}.bmw_wallbox_{row.key}`"
        yield f"| {row.name} | {entity} | {_states(row, words)} | {_about(row, words)} |"


def _states(row: EntityRow, words: Words) -> str:
    if row.options:
        return ", ".join(f"`{option}`" for option in row.options)
    return words.currency if row.monetary else row.unit or ""


def _about(row: EntityRow, words: Words) -> str:
    defaults = {Default.DISABLED: words.disabled, Default.MULTI_PHASE: words.multi_phase}
    notes = [defaults[row.default]] if row.default in defaults else []
    if row.measurand is not None:
        notes.append(words.reported)
    about = words.about.get(row.key, row.about)
    return f"{about} ({', '.join(notes)})" if notes else about
