"""`script/bench ocpp`: the program's OCPP edge beside the bare library and the bare WebSocket server."""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

_KINDS = ("app", "bare", "echo")
_CONNECTIONS = (1, 100, 1000)
_SHOWN = (
    ("msg/s", "messages_per_s", "{:,.0f}"),
    ("p50 ms", "p50_ms", "{:.2f}"),
    ("p99 ms", "p99_ms", "{:.2f}"),
    ("CPU us/msg", "cpu_us", "{:,.0f}"),
    ("KiB/conn", "kib_per_connection", "{:.1f}"),
)

type _Figures = dict[str, float]


@contextmanager
def _server(kind: str, stations: int) -> Iterator[tuple[str, str]]:
    """Run a server while the block lasts; gives its port and its process id."""
    with (
        tempfile.TemporaryDirectory() as data,
        subprocess.Popen(
            [sys.executable, "-m", "tests.bench.ocpp_servers", kind, str(stations), data],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), str(process.pid)
        finally:
            process.terminate()
            process.wait(20)


def _load(*arguments: object) -> _Figures:
    command = [sys.executable, "-m", "tests.bench.ocpp_load", *map(str, arguments)]
    figures: _Figures = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return figures


def _measure(kind: str, connections: int, seconds: float) -> _Figures:
    with _server(kind, connections) as (port, pid):
        return _load("throughput", port, pid, connections, seconds)


def _replay(kind: str, events: int) -> _Figures:
    with _server(kind, 2) as (port, pid):
        return _load("replay", port, pid, events)


def _median(runs: list[_Figures]) -> _Figures:
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def _print(*cells: object) -> None:
    sys.stdout.write("  ".join(f"{cell!s:>11}" for cell in cells) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure everything side by side and say which goals are met."""
    options = _options()
    found: dict[tuple[str, int], _Figures] = {}
    _print("server", "connections", *(title for title, *_ in _SHOWN))
    for connections in options.connections:
        runs: dict[str, list[_Figures]] = {kind: [] for kind in options.servers}
        for _ in range(options.repeat):
            for kind in options.servers:
                runs[kind].append(_measure(kind, connections, options.seconds))
        for kind in options.servers:
            figures = found[kind, connections] = _median(runs[kind])
            _print(kind, connections, *(shown.format(figures[name]) for _, name, shown in _SHOWN))
    replays: dict[str, _Figures] = {}
    if options.replay:
        sys.stdout.write(f"\n{options.replay} offline events replayed\n")
        _print("server", "s", "own beat ms", "worst ms")
        for kind in options.servers:
            replays[kind] = figures = _replay(kind, options.replay)
            _print(kind, *(f"{value:.2f}" for value in figures.values()))
    if {"app", "bare"} <= set(options.servers):
        _judge(found, replays)


def _judge(found: dict[tuple[str, int], _Figures], replays: dict[str, _Figures]) -> None:
    def both(connections: int, name: str) -> tuple[float, float]:
        return found["app", connections][name], found["bare", connections][name]

    goals: list[tuple[str, bool, str]] = []
    if ("app", 100) in found:
        ours, theirs = both(100, "messages_per_s")
        goals.append(("at least 15 times the throughput at 100", ours >= 15 * theirs, f"{ours / theirs:.1f}"))
    if ("app", 1) in found:
        ours, theirs = both(1, "cpu_us")
        goals.append(("at least 9 times less CPU at 1", theirs >= 9 * ours, f"{theirs / ours:.1f}"))
        ours, theirs = both(1, "p99_ms")
        goals.append(("p99 at 1 no higher", ours <= theirs, f"{ours:.2f} / {theirs:.2f} ms"))
    if ("app", 1000) in found:
        kib = found["app", 1000]["kib_per_connection"]
        goals.append(("less than 40 KiB for an idle connection at 1000", kib < 40, f"{kib:.1f}"))
    if replays:
        ours, theirs = replays["app"]["seconds"], replays["bare"]["seconds"]
        goals.append(("the replay in less than a third", ours < theirs / 3, f"{theirs / ours:.1f} times"))
        beat = max(replays["app"]["own_heartbeat_ms"], replays["app"]["worst_heartbeat_ms"])
        goals.append(("a Heartbeat meanwhile within 100 ms", beat <= 100, f"{beat:.1f} ms"))
    sys.stdout.write("\n")
    for text, reached, figure in goals:
        sys.stdout.write(f"{'reached' if reached else 'MISSED ':8} {text}: {figure}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench ocpp", description=__doc__)
    parser.add_argument("--servers", nargs="+", choices=_KINDS, default=_KINDS)
    parser.add_argument("--connections", nargs="+", type=int, default=_CONNECTIONS)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured per run (default: 3)")
    parser.add_argument("--repeat", type=int, default=2, help="runs of each, the median counts (default: 2)")
    parser.add_argument("--replay", type=int, default=1000, help="offline events; 0 leaves that out")
    return parser.parse_args()


if __name__ == "__main__":
    main()
