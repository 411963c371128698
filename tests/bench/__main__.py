"""The measurements' command line: start, throughput, latency, or all of them."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import latency, start, throughput
from tests.bench.table import Rows, render, write_json

_PARTS = {"start": start.measure, "throughput": throughput.measure, "latency": latency.measure}


def main() -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("part", nargs="?", choices=_PARTS, help="only this part")
    parser.add_argument("--minutes", type=int, default=10, metavar="N", help="how long start charges a car")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    chosen = parser.parse_args()
    results: dict[str, Rows] = {}
    for name, measure in _PARTS.items():
        if chosen.part in {None, name}:
            sys.stderr.write(f"Measuring {name} …\n")
            with tempfile.TemporaryDirectory() as folder:
                results[name], notes = asyncio.run(measure(Path(folder), chosen.minutes))
            sys.stdout.write(render(name, results[name], notes) + "\n")
            if chosen.json is not None:
                write_json(chosen.json, results)


main()
