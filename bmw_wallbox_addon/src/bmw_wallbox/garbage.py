"""How rarely the garbage collector looks: the state is replaced and never changed, so cycles hardly arise."""

import gc

_THRESHOLD = 10_000
"""So many new objects before it looks; one message with twenty values makes a hundred."""


def settle() -> None:
    """Leave what was loaded so far out of every search; it stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_THRESHOLD)
