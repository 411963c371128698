"""A station's state as the panel and the API serve it: with the table's names, and how it is handled."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from bmw_wallbox.domain.learning import lessons
from bmw_wallbox.domain.offline import OfflineLimit, in_words
from bmw_wallbox.domain.quirks import QUIRKS, resolve, row_for, row_of
from bmw_wallbox.domain.settings import Settings
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.seed_state import state_document
from bmw_wallbox.web.backend import Backend

type Document = Mapping[str, object]


def document_of(backend: Backend) -> Callable[[StationState], Document]:
    """Return what turns a state into its document."""

    def document(state: StationState) -> Document:
        names = {token.id_token.lower(): token.name for token in backend.tokens() if token.name}
        quirks = quirks_document(state, backend.settings())
        return {**state_document(state, names), "quirks": quirks}

    return document


def quirks_document(state: StationState, settings: Settings) -> Document:
    """Return by which row a station is handled, who chose it, and what the station taught."""
    strategy, offline = settings.profile_strategy, OfflineLimit(limit_a=float(settings.offline_limit_a))
    return {
        "row": row_for(state).name,
        "chosen": state.quirk_row,
        "automatic": row_of(state.facts).name,
        "strategy": resolve(strategy, state),
        "learned": asdict(state.learned),
        "offline": in_words(state, strategy, offline),
    }


def choices_document(state: StationState, settings: Settings) -> Document:
    """Return the same and what a choice is drawn from: the rows, and the lessons in words."""
    return {
        **quirks_document(state, settings),
        "options": [{"row": row.name, "title": row.title, "description": row.description} for row in QUIRKS],
        "lessons": list(lessons(state.learned)),
    }
