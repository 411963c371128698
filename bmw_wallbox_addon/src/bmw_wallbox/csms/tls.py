"""The TLS context in use, renewed when the files change."""

import asyncio
import logging
import ssl
from pathlib import Path

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.certificate import (
    Certificate,
    CertificateError,
    LoadedPair,
    TlsFiles,
    judge_certificate,
    load_pair,
)
from bmw_wallbox.domain.problems import Problem

_LOGGER = logging.getLogger(__name__)

_UNFIT = Problem(
    key="certificate_unfit",
    message="The certificate is not one for a server, so the wallbox will refuse it. Use another one.",
)

type _Stamp = tuple[tuple[int, int, int] | None, ...]


class TlsKeeper:
    """Holds the newest pair that loaded; sockets opened with an older one live on.

    While the files are half written or broken, the pair that was loaded before stays in use.
    """

    def __init__(self, files: TlsFiles, clock: Clock) -> None:
        self._files = files
        self._clock = clock
        self._stamp: _Stamp | None = None
        self._pair: LoadedPair | None = None
        self._fault: Problem | None = None

    @property
    def context(self) -> ssl.SSLContext | None:
        """Return the context for new handshakes, None as long as no pair ever loaded."""
        return self._pair.context if self._pair else None

    @property
    def certificate(self) -> Certificate | None:
        """Return the facts of the certificate in use."""
        return self._pair.certificate if self._pair else None

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the files and with the certificate in use."""
        fault = (self._fault,) if self._fault else ()
        if self._pair is None:
            return fault
        if self._pair.certificate is None:
            return (*fault, _UNFIT)
        return fault + judge_certificate(self._pair.certificate, self._clock.now())

    async def refresh(self) -> None:
        """Load the pair if a file changed since it was last tried."""
        stamp = await asyncio.to_thread(_stamps, self._files)
        if stamp == self._stamp:
            return
        first = self._pair is None
        try:
            pair = await asyncio.to_thread(load_pair, self._files)
        except CertificateError as error:
            if error.problem != self._fault:
                _LOGGER.error("%s", error.problem.message)
            self._fault = error.problem
        else:
            self._pair, self._fault = pair, None
            _LOGGER.info("Certificate %s: %s", "loaded" if first else "renewed", _described(pair.certificate))
        self._stamp = stamp


def _stamps(files: TlsFiles) -> _Stamp:
    """Return what changes whenever one of the files does."""
    return tuple(_stamp(path) for path in (files.certificate, files.key))


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _described(certificate: Certificate | None) -> str:
    if certificate is None:
        return "it is not one for a server"
    names = ", ".join(certificate.names[:3])
    return (
        f"for {names or certificate.subject}, by {certificate.issuer}, until {certificate.not_after:%Y-%m-%d}"
    )
