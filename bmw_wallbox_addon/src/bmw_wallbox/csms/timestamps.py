"""Reading and writing of OCPP timestamps (RFC 3339), with every deviation that stations are known for."""

import re
from datetime import UTC, datetime, timedelta, timezone

_EARLIEST = datetime(2024, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)
_LOOSE = re.compile(
    r"\s*(\d{4})-?(\d\d)-?(\d\d)[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?"
    r"\s*(?:([Zz])|([+-])(\d\d):?(\d\d)?)?\s*",
    re.ASCII,
)


def write_timestamp(at: datetime) -> str:
    """Return `at` as OCPP writes it: UTC, milliseconds, `Z`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def read_timestamp(text: object) -> datetime | None:
    """Return the instant, UTC; a missing zone reads as UTC. None where the text is no timestamp."""
    if not isinstance(text, str):
        return None
    try:
        parsed = datetime.fromisoformat(text)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return _read_loosely(text)


def plausible(text: object, at: datetime) -> datetime:
    """Return the station's time, or ours (`at`) where its own is unreadable, before 2024 or in the future."""
    read = read_timestamp(text)
    return at if read is None or read < _EARLIEST or read > at + _AHEAD else read


def read_future(text: object) -> datetime | None:
    """Return a point in time that may lie ahead, None where it is unreadable or before 2024."""
    read = read_timestamp(text)
    return None if read is None or read < _EARLIEST else read


def _read_loosely(text: str) -> datetime | None:
    """Read what `fromisoformat` refuses: `z`, leap seconds, 24:00, any number of decimals."""
    match = _LOOSE.fullmatch(text[:64])
    if match is None:
        return None
    year, month, day, hour, minute, second, decimals, _, sign, zone_h, zone_m = match.groups()
    try:
        offset = timedelta(hours=int(zone_h or 0), minutes=int(zone_m or 0)) * (-1 if sign == "-" else 1)
        if int(hour) > 24 or int(minute) > 59 or int(second or 0) > 60:
            return None
        midnight = datetime(int(year), int(month), int(day), tzinfo=timezone(offset))
        # Adding carries 24:00 and :60 over into the next day, hour and minute.
        return (
            midnight
            + timedelta(
                hours=int(hour),
                minutes=int(minute),
                seconds=int(second or 0),
                microseconds=int((decimals or "")[:6].ljust(6, "0")),
            )
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
