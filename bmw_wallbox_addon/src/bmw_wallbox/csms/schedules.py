"""The current that a charging schedule allows (OCPP 2.0.1 ChargingScheduleType)."""

from bmw_wallbox.csms.fields import Payload, number, objects, text

_NOMINAL_V = 230.0
_DEFAULT_PHASES = 3
"""K01.FR.49: a period that does not say counts three phases."""


def highest_limit_a(schedule: Payload) -> float | None:
    """Return the highest limit of all periods, A per phase; None where there is none."""
    periods = objects(schedule, "chargingSchedulePeriod")
    limits = (first_limit_a({**schedule, "chargingSchedulePeriod": [period]}) for period in periods)
    return max((limit for limit in limits if limit is not None), default=None)


def first_limit_a(schedule: Payload) -> float | None:
    """Return the limit of the schedule's first period, A per phase; watts are shared among its phases."""
    periods = objects(schedule, "chargingSchedulePeriod")
    first = min(periods, key=lambda period: number(period, "startPeriod") or 0.0, default=None)
    limit = None if first is None else number(first, "limit")
    if first is None or limit is None or limit < 0:
        return None
    if text(schedule, "chargingRateUnit") == "W":
        return limit / _NOMINAL_V / (number(first, "numberPhases") or _DEFAULT_PHASES)
    return limit
