"""The measurements' command line: latency, resources, or both."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.bench import latency, resources
from tests.bench.table import Rows, render, write_json

_PARTS = {"resources": resources, "latency": latency}


def main() -> None:
    """Measure what the command line asks for, and print it."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("part", nargs="?", choices=_PARTS, help="only this part")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    chosen = parser.parse_args()
    results: dict[str, Rows] = {}
    for name, part in _PARTS.items():
        if chosen.part in {None, name}:
            sys.stderr.write(f"Measuring {name} …\n")
            with tempfile.TemporaryDirectory() as folder:
                results[name] = asyncio.run(part.measure(Path(folder)))
            sys.stdout.write(render(name, results[name], part.NOTES) + "\n")
            if chosen.json is not None:
                write_json(chosen.json, results)


main()
