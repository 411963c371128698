"""The command line: serve, simulate, snapshot, report."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from bmw_wallbox.launch import Launch


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` name; return the exit code, 2 for an unusable command line."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    match chosen.command:
        case "serve":
            return _serve(parser, chosen)
        case "simulate":
            return _simulate(chosen)
        case "report":
            return _report()
        case _:
            return _snapshot(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bmw-wallbox", description="OCPP 2.0.1 central system of a wallbox")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the wallbox, the panel and Home Assistant")
    serve.add_argument("--options", type=Path, default=Path("/data/options.json"), metavar="FILE")
    serve.add_argument("--data", type=Path, default=Path("/data"), metavar="DIR")
    serve.add_argument("--ocpp-host", default="0.0.0.0", metavar="H")  # noqa: S104  # the wallbox is on the LAN
    serve.add_argument("--ocpp-port", type=_port, default=9000, metavar="N")
    serve.add_argument("--panel-host", default="0.0.0.0", metavar="H")  # noqa: S104  # guarded by peer address
    serve.add_argument("--panel-port", type=_port, default=8099, metavar="N")
    serve.add_argument("--share", type=Path, metavar="DIR", help="where monthly reports are written")
    serve.add_argument("--simulate", action="store_true", help="add a simulated wallbox that charges")
    simulate = commands.add_parser("simulate", help="run a simulated wallbox alone, driven by lines of input")
    simulate.add_argument("--url", type=_url, required=True, metavar="wss://…")
    simulate.add_argument("--id", required=True)
    simulate.add_argument("--insecure", action="store_true", help="accept any certificate")
    simulate.add_argument("--profile", choices=("delta", "plain"), default="delta")
    snapshot = commands.add_parser("snapshot", help="write a consistent copy of the database for a backup")
    snapshot.add_argument("--data", type=Path, default=Path("/data"), metavar="DIR")
    commands.add_parser("report", help="set a report from standard input as a PDF; the app calls this itself")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"ws", "wss"} or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} does not begin with wss://host or ws://host")
    return text


def _serve(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    from bmw_wallbox.app import run_app  # noqa: PLC0415  # the other commands start without it

    supervised = "SUPERVISOR_TOKEN" in os.environ
    password = os.environ.get("PANEL_PASSWORD") or None
    if not supervised and password is None and not _is_loopback(chosen.panel_host):
        parser.error(
            f"--panel-host {chosen.panel_host} opens the panel to the network: set PANEL_PASSWORD, "
            "or use --panel-host 127.0.0.1"
        )
    launch = Launch(
        options_file=chosen.options,
        data=chosen.data,
        share=chosen.share,
        ocpp_host=chosen.ocpp_host,
        ocpp_port=chosen.ocpp_port,
        panel_host=chosen.panel_host,
        panel_port=chosen.panel_port,
        panel_password=None if supervised else password,
        simulate=chosen.simulate,
        environment=dict(os.environ),
    )
    asyncio.run(run_app(launch))
    return 0


def _simulate(chosen: argparse.Namespace) -> int:
    from bmw_wallbox.simulator.cli import run_cli, stdin_lines  # noqa: PLC0415  # serve starts without it
    from bmw_wallbox.simulator.config import SimulatorConfig  # noqa: PLC0415

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    config = SimulatorConfig(
        url=chosen.url, charge_point_id=chosen.id, insecure=chosen.insecure, profile=chosen.profile
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(run_cli(config, stdin_lines()))
    return 0


def _snapshot(chosen: argparse.Namespace) -> int:
    from bmw_wallbox.errors import StoreError  # noqa: PLC0415  # serve starts without it
    from bmw_wallbox.storage.snapshot import write_snapshot  # noqa: PLC0415

    try:
        write_snapshot(chosen.data)
    except StoreError as err:
        sys.stderr.write(f"{err}\n")
        return 1
    return 0


def _report() -> int:
    from bmw_wallbox.report_child import run_child  # noqa: PLC0415  # what it needs is large

    return run_child(sys.stdin.buffer, sys.stdout.buffer)


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


if __name__ == "__main__":
    sys.exit(main())
