"""The TLS context in use, renewed when the files change."""

import asyncio
import logging
import ssl
from collections.abc import Mapping
from pathlib import Path

from bmw_wallbox.clock import Clock
from bmw_wallbox.csms.certificate import (
    Certificate,
    CertificateError,
    LoadedPair,
    TlsFiles,
    demand_client_certificates,
    load_pair,
)
from bmw_wallbox.csms.certificate_checks import Check, check_certificate, problems_of
from bmw_wallbox.csms.server_name import listen_to_server_names
from bmw_wallbox.domain.problems import Problem

_LOGGER = logging.getLogger(__name__)

_UNFIT = Check(
    key="purpose",
    ok=False,
    message="The certificate is not one for a server, so the wallbox will refuse it. Use another one.",
    problem="certificate_unfit",
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
    def files(self) -> TlsFiles:
        """Return what is loaded, and what is asked of clients."""
        return self._files

    @property
    def context(self) -> ssl.SSLContext | None:
        """Return the context for new handshakes, None as long as no pair ever loaded."""
        return self._pair.context if self._pair else None

    @property
    def certificate(self) -> Certificate | None:
        """Return the facts of the certificate in use."""
        return self._pair.certificate if self._pair else None

    def checks(self, server_names: Mapping[str, str]) -> tuple[Check, ...]:
        """Return what was found of the files and of the certificate in use.

        Args:
            server_names: The host name that each station asks for, by charge point id.

        """
        fault = self._fault
        found = (Check(key="files", ok=False, message=fault.message, problem=fault.key),) if fault else ()
        if self._pair is None:
            return found
        if self._pair.certificate is None:
            return (*found, _UNFIT)
        return found + check_certificate(self._pair.certificate, self._clock.now(), server_names)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with the files and with the certificate in use."""
        return problems_of(self.checks({}))

    async def change(self, files: TlsFiles) -> None:
        """Take other files, or ask other things of the clients, from the next handshake on.

        Raises:
            CertificateError: the authority of client certificates cannot be used; nothing has changed.

        """
        if files.client_ca is not None:
            blank = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            await asyncio.to_thread(demand_client_certificates, blank, files.client_ca)
        if files.client_ca != self._files.client_ca:
            # Nobody may come in meanwhile under the rule that was just given up.
            self._pair = None
        self._files, self._stamp = files, None
        await self.refresh()

    async def refresh(self) -> None:
        """Load the pair if a file changed since it was last tried."""
        files = self._files
        stamp = await asyncio.to_thread(_stamps, files)
        if stamp == self._stamp:
            return
        first = self._pair is None
        try:
            pair = await asyncio.to_thread(load_pair, files)
        except CertificateError as error:
            if files is not self._files:
                return
            self._fault = error.problem
        else:
            if files is not self._files:
                return
            listen_to_server_names(pair.context)
            self._pair, self._fault = pair, None
            _LOGGER.info("Certificate %s: %s", "loaded" if first else "renewed", _described(pair.certificate))
        self._stamp = stamp


def _stamps(files: TlsFiles) -> _Stamp:
    """Return what changes whenever one of the files does."""
    paths = (files.certificate, files.key, files.client_ca)
    return tuple(_stamp(path) for path in paths if path is not None)


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
