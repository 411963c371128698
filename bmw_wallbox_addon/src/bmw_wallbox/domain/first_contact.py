"""The conversation after a connect: status, inventory, then the measurands and intervals.

A generator, so that it stays pure: it yields calls (and is sent the answers), events to apply, and
conditions to wait for. The limit is already in force when it begins.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime

from bmw_wallbox.domain.calls import Answer, Call, GetBaseReport, SetVariables, VariableValue
from bmw_wallbox.domain.decide import refresh_calls
from bmw_wallbox.domain.events import AnyEvent, InventoryCompleted, MeteringConfigured
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.vocabulary import Metering

INVENTORY_TIMEOUT_S = 60.0
_WANTED = ("Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage")
"""What a wallbox without an inventory is asked for; with one, everything that it offers."""
_ITEMS_PER_MESSAGE = 4
_UNSUPPORTED = frozenset({"NotSupported", "EmptyResultSet"})


@dataclass(frozen=True, slots=True)
class Await:
    """Go on once `condition` holds, or after `timeout_s`."""

    condition: Callable[[], bool]
    timeout_s: float


type Step = Call | AnyEvent | Await
type Conversation = Generator[Step, Answer | None]


def converse(
    look: Callable[[], StationState],
    now: Callable[[], datetime],
    request_id: Callable[[], int],
    interval_s: int,
) -> Conversation:
    """Yield the steps of a first contact, or only the look at the present state where all is known."""
    for call in refresh_calls(look(), inventory=False):  # noqa: UP028  # a tuple cannot be sent the answer
        yield call
    if _inventory_is_due(look()):
        yield from _take_inventory(look, now, request_id)
        yield from _configure_metering(look, now, interval_s)
    elif look().metering is Metering.UNKNOWN:
        yield from _configure_metering(look, now, interval_s)


def _inventory_is_due(state: StationState) -> bool:
    """Return whether no report was taken yet, or one of another firmware (OCPP 2.0.1 B07.FR.14)."""
    known_for = state.inventory.complete_for_firmware
    return known_for is None or known_for != (state.facts.firmware or known_for)


def _take_inventory(
    look: Callable[[], StationState], now: Callable[[], datetime], request_id: Callable[[], int]
) -> Conversation:
    before = look().inventory
    answer = yield GetBaseReport(request_id=request_id())
    if answer is not None and answer.accepted:
        yield Await(lambda: not _inventory_is_due(look()), INVENTORY_TIMEOUT_S)
    elif answer is not None and answer.status in _UNSUPPORTED and not before.variables:
        yield InventoryCompleted(at=now(), supported=False)


def _configure_metering(
    look: Callable[[], StationState], now: Callable[[], datetime], interval_s: int
) -> Conversation:
    refused: list[str] = []
    items = _metering_items(look(), interval_s)
    for start in range(0, len(items), _ITEMS_PER_MESSAGE):
        chunk = items[start : start + _ITEMS_PER_MESSAGE]
        answer = yield SetVariables(items=chunk)
        refused += _refusals(chunk, answer)
    needed = [text for text in refused if "TxUpdated" in text]
    metering = Metering.POLLING if needed else Metering.STREAMING
    yield MeteringConfigured(at=now(), metering=metering, note="; ".join(refused))


def _metering_items(state: StationState, interval_s: int) -> tuple[VariableValue, ...]:
    """Return what to write: both lists, since a triggered MeterValues uses the aligned one (F06.FR.06)."""
    offered = state.inventory.find("TxUpdatedMeasurands", "SampledDataCtrlr")
    measurands = ",".join((offered.options if offered else ()) or _WANTED)
    energy = _WANTED[0]
    return (
        _item("SampledDataCtrlr", "TxUpdatedMeasurands", measurands),
        _item("SampledDataCtrlr", "TxUpdatedInterval", str(interval_s)),
        _item("SampledDataCtrlr", "TxStartedMeasurands", energy),
        _item("SampledDataCtrlr", "TxEndedMeasurands", energy),
        _item("AlignedDataCtrlr", "Measurands", measurands),
    )


def _item(component: str, variable: str, value: str) -> VariableValue:
    return VariableValue(component=component, variable=variable, value=value)


def _refusals(items: tuple[VariableValue, ...], answer: Answer | None) -> list[str]:
    """Return a line for each variable that the station did not take."""
    statuses = [item.status for item in answer.items] if answer is not None else []
    statuses += [answer.status if answer is not None else "no answer"] * (len(items) - len(statuses))
    return [
        f"{item.component}.{item.variable}: {status}"
        for item, status in zip(items, statuses, strict=True)
        if status != "Accepted"
    ]
