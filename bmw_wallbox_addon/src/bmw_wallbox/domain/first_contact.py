"""The conversation after a connect: status, inventory, the measurands and intervals, the master pass.

A generator, so that it stays pure: it yields calls (and is sent the answers), events to apply, and
conditions to wait for. The limit is already in force when it begins.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import datetime

from bmw_wallbox.domain.calls import (
    Answer,
    Call,
    GetBaseReport,
    GetTransactionStatus,
    SetVariables,
    VariableValue,
)
from bmw_wallbox.domain.decide import refresh_calls
from bmw_wallbox.domain.events import (
    AnyEvent,
    InventoryCompleted,
    MeteringConfigured,
    RebootRequired,
    TransactionVanished,
    VariablesReported,
)
from bmw_wallbox.domain.state import StationState
from bmw_wallbox.domain.variables import as_item, needs_reboot, read_back
from bmw_wallbox.domain.vocabulary import Metering

INVENTORY_TIMEOUT_S = 60.0
_WANTED = ("Energy.Active.Import.Register", "Power.Active.Import", "Current.Import", "Voltage")
"""What a wallbox without an inventory is asked for; with one, everything that it offers."""
_UNSUPPORTED = frozenset({"NotSupported", "NotImplemented", "EmptyResultSet"})


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
    master_pass_group_id: str,
) -> Conversation:
    """Yield the steps of a first contact, or only the look at the present state where all is known."""
    for call in refresh_calls(look(), inventory=False):  # noqa: UP028  # a tuple cannot be sent the answer
        yield call
    yield from _settle_transaction(look, now)
    if _inventory_is_due(look()):
        yield from _take_inventory(look, now, request_id)
        yield from _configure_metering(look, now, interval_s)
    elif _metering_is_due(look()):
        yield from _configure_metering(look, now, interval_s)
    yield from _set_master_pass(look, now, master_pass_group_id)


def _settle_transaction(look: Callable[[], StationState], now: Callable[[], datetime]) -> Conversation:
    """Ask about a transaction that the station has not spoken of yet, and let go of one that it disowns.

    While messages wait (E14.FR.04) its end may be among them, so that nothing is decided yet.
    """
    known = look().transaction
    if known is None or known.confirmed:
        return
    answer = yield GetTransactionStatus(transaction_id=known.id)
    if answer is None or answer.ongoing is not False or answer.messages_waiting is not False:
        return
    running = look().transaction
    if running is not None and running.id == known.id and not running.confirmed:
        yield TransactionVanished(at=now(), transaction_id=known.id)


def _inventory_is_due(state: StationState) -> bool:
    """Return whether no report was taken yet, or one of another firmware (OCPP 2.0.1 B07.FR.14)."""
    known_for = state.inventory.complete_for_firmware
    return known_for is None or known_for != (state.facts.firmware or known_for)


def _metering_is_due(state: StationState) -> bool:
    """Return whether it was not set since the station booted, or no answer told what became of it."""
    return state.metering is Metering.UNKNOWN or "timed_out" in state.metering_note


def _take_inventory(
    look: Callable[[], StationState], now: Callable[[], datetime], request_id: Callable[[], int]
) -> Conversation:
    held = look().inventory
    answer = yield GetBaseReport(request_id=request_id())
    if answer is not None and answer.accepted:
        yield Await(lambda: not _inventory_is_due(look()), INVENTORY_TIMEOUT_S)
    elif answer is not None and answer.status in _UNSUPPORTED:
        known = held.supported and held.complete_for_firmware is not None
        yield InventoryCompleted(at=now(), supported=known)


def _configure_metering(
    look: Callable[[], StationState], now: Callable[[], datetime], interval_s: int
) -> Conversation:
    """Write one variable per message: no station takes fewer (B05.FR.11), and one refusal spoils no other."""
    refused: list[str] = []
    for item in _metering_items(look(), interval_s):
        answer = yield SetVariables(items=(item,))
        if answer is not None and needs_reboot(answer):
            yield RebootRequired(at=now())
        refused += filter(None, (_refusal(item, answer),))
    needed = [text for text in refused if "TxUpdated" in text]
    metering = Metering.POLLING if needed else Metering.STREAMING
    yield MeteringConfigured(at=now(), metering=metering, note="; ".join(refused))


def _set_master_pass(
    look: Callable[[], StationState], now: Callable[[], datetime], group_id: str
) -> Conversation:
    """Let the station know the group whose cards end every transaction (C16), where it can and does not."""
    held = look().inventory.find("MasterPassGroupId", "AuthCtrlr")
    if held is None or held.mutability == "ReadOnly" or (held.value or "") == group_id:
        return
    call = SetVariables(items=(as_item(held, group_id),))
    answer = yield call
    if answer is not None and needs_reboot(answer):
        yield RebootRequired(at=now())
    if answer is not None and answer.accepted:
        yield VariablesReported(at=now(), variables=read_back(call, answer, None))


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


def _refusal(item: VariableValue, answer: Answer | None) -> str | None:
    """Return a line if the station did not take the variable as it now is."""
    status = "no answer"
    if answer is not None:
        status = answer.items[0].status if answer.items else answer.status
    return None if status == "Accepted" else f"{item.component}.{item.variable}: {status}"
