"""Works out public holidays in a process of its own: the library takes fifty megabytes that end with it.

`python -m bmw_wallbox.public_holidays` writes JSON: every country with its subdivisions; or, with a country,
a subdivision (or `-`) and years, the days that are holidays there.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import date

import msgspec

from bmw_wallbox.errors import InvalidPayloadError

_TIMEOUT_S = 60.0
_NONE = "-"


async def supported_places() -> dict[str, list[str]]:
    """Return the codes of every country (ISO 3166-1 alpha-2), each with those of its subdivisions.

    Raises:
        InvalidPayloadError: they could not be found out, in words.

    """
    return await _asked(dict[str, list[str]])


async def holidays_of(country: str, subdivision: str, years: Sequence[int]) -> list[date]:
    """Return the public holidays of a country, or of a part of it, in order.

    Raises:
        InvalidPayloadError: they could not be worked out, in words.

    """
    return await _asked(list[date], country, subdivision or _NONE, *map(str, years))


async def _asked[T](kind: type[T], *arguments: str) -> T:
    asked_for = arguments[0] if arguments else "countries"
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bmw_wallbox.public_holidays", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            output, complaint = await child.communicate()
    except TimeoutError:
        raise InvalidPayloadError("holidays", asked_for, "the calendar took too long") from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        words = complaint.decode(errors="replace").strip().rpartition("\n")[2] or "the calendar failed"
        raise InvalidPayloadError("holidays", asked_for, words[:200])
    return msgspec.json.decode(output, type=kind)


def main(arguments: Sequence[str]) -> int:
    """Answer one question on standard output; return the exit code."""
    import holidays  # noqa: PLC0415  # only this process has the room for it

    if not arguments:
        answer: object = holidays.list_supported_countries(include_aliases=False)
    else:
        country, subdivision, *years = arguments
        try:
            found = holidays.country_holidays(
                country, subdiv=None if subdivision == _NONE else subdivision, years=[int(y) for y in years]
            )
        except NotImplementedError as err:
            sys.stderr.write(f"{err}\n")
            return 1
        answer = sorted(found)
    sys.stdout.buffer.write(msgspec.json.encode(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
