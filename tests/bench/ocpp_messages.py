"""What a benchmark's stations send: TransactionEvents with 20 sampled values, about 2,900 bytes each."""

import json
from datetime import UTC, datetime, timedelta

_PHASES = ("L1", "L2", "L3")
_MEASURANDS: tuple[tuple[str, str, str | None, str], ...] = (
    ("Energy.Active.Import.Register", "Wh", None, "{energy}"),
    ("Power.Active.Import", "W", None, "{power}"),
    *(("Power.Active.Import", "W", phase, "{power}.5") for phase in _PHASES),
    *(("Current.Import", "A", phase, "15.{tenth}") for phase in _PHASES),
    *(("Voltage", "V", phase, "229.{tenth}") for phase in _PHASES),
    *(("Power.Reactive.Import", "var", phase, "12.5") for phase in _PHASES),
    *(("Power.Factor", "", phase, "0.98") for phase in _PHASES),
    ("Frequency", "Hz", None, "50.01"),
    ("SoC", "Percent", None, "41"),
    ("Power.Offered", "W", None, "11040"),
)
_OFFLINE_STEP = timedelta(seconds=60)


def _sampled(measurand: str, unit: str, phase: str | None, value: str) -> str:
    fields = {"measurand": measurand, "phase": phase, "context": "Sample.Periodic", "location": "Outlet"}
    fields = {name: text for name, text in fields.items() if text is not None}
    unit_of_measure = {"unitOfMeasure": {"unit": unit, "multiplier": 0}} if unit else {}
    body = json.dumps({**fields, **unit_of_measure}, separators=(",", ":"))
    return body[:-1].replace("{", "{{").replace("}", "}}") + ',"value":' + value + "}}"


_SAMPLES = ",".join(_sampled(*row) for row in _MEASURANDS)
_EVENT = (
    '[2,"{id}","TransactionEvent",{{"eventType":"{type}","timestamp":"{at}",'
    '"triggerReason":"MeterValuePeriodic","seqNo":{seq},"offline":{offline},"numberOfPhasesUsed":3,'
    '"transactionInfo":{{"transactionId":"{transaction}","chargingState":"Charging"}},'
    '"evse":{{"id":1,"connectorId":1}},'
    '"meterValue":[{{"timestamp":"{at}","sampledValue":[' + _SAMPLES + "]}}]}}]"
)


def live_event(number: int) -> str:
    """Return the event `number` of the running transaction; every message carries new values."""
    return _event(number, datetime.now(UTC), kind="Updated" if number else "Started", transaction="tx-live")


def offline_event(number: int, first_at: datetime, *, each: int = 100) -> str:
    """Return the event `number` of a day without a link: transactions of `each` events, one a minute."""
    transaction, seq = divmod(number, each)
    kind = {0: "Started", each - 1: "Ended"}.get(seq, "Updated")
    at = first_at + number * _OFFLINE_STEP
    return _event(number, at, kind=kind, transaction=f"tx-{transaction}", seq=seq, offline=True, step_wh=150)


def heartbeat(number: int) -> str:
    """Return a Heartbeat."""
    return f'[2,"h{number}","Heartbeat",{{}}]'


def _event(
    number: int,
    at: datetime,
    *,
    kind: str,
    transaction: str,
    seq: int | None = None,
    offline: bool = False,
    step_wh: int = 1,
) -> str:
    return _EVENT.format(
        id=f"{transaction}-{number}",
        type=kind,
        at=at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        seq=number if seq is None else seq,
        offline="true" if offline else "false",
        transaction=transaction,
        energy=1_000_000 + number * step_wh,
        power=3400 + number % 50,
        tenth=number % 10,
    )
