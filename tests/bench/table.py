"""Measured figures as rows, a table and JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure of the app, beside the yardstick's where that has one."""

    name: str
    unit: str
    app: float
    yardstick: float | None = None
    bar: str = ""
    """What is asked for, in words."""

    @property
    def ratio(self) -> float | None:
        """The app's figure divided by the yardstick's."""
        return self.app / self.yardstick if self.yardstick else None


type Rows = Sequence[Row]


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many percent do not exceed."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def render(title: str, rows: Rows, notes: Sequence[str]) -> str:
    """Return a table for people."""
    cells = [("", "app", "yardstick", "ratio", "bar")]
    cells += [
        (f"{row.name}, {row.unit}", _number(row.app), _number(row.yardstick), _number(row.ratio), row.bar)
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = [
        "  ".join(
            cell.ljust(width) if column in {0, 4} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
    return "\n".join([f"── {title}", *lines, *(f"  {note}" for note in notes)])


def write_json(path: Path, parts: Mapping[str, Rows]) -> None:
    """Write all rows of all parts."""
    content = {title: [{**asdict(row), "ratio": row.ratio} for row in rows] for title, rows in parts.items()}
    path.write_text(json.dumps(content, indent=2) + "\n")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
