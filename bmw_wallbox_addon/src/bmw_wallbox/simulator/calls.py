"""Which handler answers which request of the CSMS, and what happens to the others."""

from collections.abc import Mapping

from . import calls_charging, calls_device
from .calls_charging import CallHandler, Parts
from .rpc import Answer, Json, SimulatorCallError

HANDLERS: Mapping[str, CallHandler] = {**calls_charging.HANDLERS, **calls_device.HANDLERS}


def answer(parts: Parts, action: str, request: Json) -> Answer:
    """Answer one request.

    Raises:
        SimulatorCallError: NotSupported for what the box does not know, NotImplemented for what OCPP does
            not, SecurityError before the box is accepted (B03.FR.07), OccurrenceConstraintViolation or
            TypeConstraintViolation for an unusable payload (OCPP 2.0.1 part 4 §4.3).
    """
    if action in parts.quirks.unsupported_actions:
        raise SimulatorCallError("NotSupported", action)
    handler = HANDLERS.get(action)
    if handler is None:
        raise SimulatorCallError("NotImplemented", action)
    if parts.boot_status == "Rejected":
        raise SimulatorCallError("SecurityError", "the box is not accepted")
    try:
        return handler(parts, request)
    except KeyError as err:
        raise SimulatorCallError("OccurrenceConstraintViolation", f"{err} is missing") from err
    except (AttributeError, IndexError, TypeError, ValueError) as err:
        raise SimulatorCallError("TypeConstraintViolation", str(err)) from err
