"""Which local time the day, week, month and year follow."""

import os
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from bmw_wallbox.domain.problems import Problem

_ZONE_FOLDER = "zoneinfo/"
_LOCALTIME = Path("/etc/localtime")


def local_zone(
    environment: Mapping[str, str], localtime: Path = _LOCALTIME
) -> tuple[ZoneInfo, Problem | None]:
    """Return the zone named by `TZ` (the Supervisor sets it) or by the system, else UTC and a problem.

    Blocks: call it before the loop runs.
    """
    named = environment.get("TZ", "").lstrip(":")
    linked = os.path.realpath(localtime).rpartition(_ZONE_FOLDER)[2] if localtime.is_symlink() else ""
    for name in filter(None, (named, linked)):
        try:
            return ZoneInfo(name), None
        except (KeyError, ValueError, OSError):
            continue
    if not named:
        return ZoneInfo("UTC"), None
    message = f"The time zone {named!r:.60} is not known, so days begin at midnight UTC. Check TZ."
    return ZoneInfo("UTC"), Problem(key="time_zone_unknown", message=message)
