"""A station's state as the panel and the API serve it: with the table's names, and how it is handled."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from bmw_wallbox.domain.quirks import resolve, row_for
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import ProfileStrategy
from bmw_wallbox.entities.seed_state import state_document
from bmw_wallbox.web.backend import Backend

type Document = Mapping[str, object]


def document_of(backend: Backend) -> Callable[[StationState], Document]:
    """Return what turns a state into its document."""

    def document(state: StationState) -> Document:
        names = {token.id_token.lower(): token.name for token in backend.tokens() if token.name}
        quirks = quirks_document(state, backend.settings().profile_strategy)
        return {**state_document(state, names), "quirks": quirks}

    return document


def quirks_document(state: StationState, strategy: ProfileStrategy) -> Document:
    """Return by which row a station is handled, who chose it, and what the station taught."""
    return {
        "row": row_for(state).name,
        "chosen": state.quirk_row,
        "strategy": resolve(strategy, state),
        "learned": asdict(state.learned),
    }
