"""A report's PDF, made by a process of its own: what that needs of memory is free again right afterwards."""

import asyncio
import sys
from contextlib import suppress
from typing import BinaryIO

import msgspec

from bmw_wallbox.domain.report_document import ReportDocument
from bmw_wallbox.errors import ReportError

_TIMEOUT_S = 120.0
_COMMAND = (sys.executable, "-I", "-m", "bmw_wallbox", "report")
_ERROR_LINES = 3


async def pdf_of(document: ReportDocument) -> bytes:
    """Return a report as a PDF.

    Raises:
        ReportError: the process failed, or took two minutes.

    """
    pipe = asyncio.subprocess.PIPE
    try:
        child = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe, stderr=pipe)
    except OSError as err:
        raise ReportError(f"The report could not be made: {err.strerror}.") from err
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            pdf, complaint = await child.communicate(msgspec.json.encode(document))
    except TimeoutError:
        raise ReportError(
            f"The report was not ready within {_TIMEOUT_S:g} s; try a shorter period."
        ) from None
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()
    if child.returncode:
        lines = complaint.decode(errors="replace").splitlines()[-_ERROR_LINES:]
        raise ReportError(f"The report could not be made: {' '.join(lines) or child.returncode}.")
    return pdf


def run_child(source: BinaryIO, target: BinaryIO) -> int:
    """Read a document, write its PDF; return the exit code."""
    from bmw_wallbox.report_pdf import draw  # noqa: PLC0415  # only this process needs the library

    target.write(draw(msgspec.json.decode(source.read(), type=ReportDocument)))
    target.flush()
    return 0
