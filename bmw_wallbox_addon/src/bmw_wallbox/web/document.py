"""A station's state as the panel and the API serve it, with the token table's names."""

from collections.abc import Callable, Mapping

from bmw_wallbox.domain.state import StationState
from bmw_wallbox.entities.seed_state import state_document
from bmw_wallbox.web.backend import Backend

type Document = Mapping[str, object]


def document_of(backend: Backend) -> Callable[[StationState], Document]:
    """Return what turns a state into its document."""

    def document(state: StationState) -> Document:
        names = {token.id_token.lower(): token.name for token in backend.tokens() if token.name}
        return state_document(state, names)

    return document
