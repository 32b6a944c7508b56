"""What a bench says: figures with their goals, and the machine they were measured on."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        name: as printed where its goal was set.
        value: as measured; None when it could not be measured here (`against` says why).
        unit: of the value.
        goal: as text with its relation, "<= 0.5"; None when there is none.
        met: True or False against the goal, None without one.
        against: what it is a ratio to, or why it was not measured.
    """

    name: str
    value: float | None
    unit: str
    goal: str | None = None
    met: bool | None = None
    against: str | None = None


def at_most(name: str, value: float, unit: str, goal: float) -> Figure:
    """Return a figure that is good when it is at most `goal`."""
    return Figure(name, _rounded(value), unit, f"<= {goal:g}", value <= goal)


def at_least(name: str, value: float, unit: str, goal: float) -> Figure:
    """Return a figure that is good when it is at least `goal`."""
    return Figure(name, _rounded(value), unit, f">= {goal:g}", value >= goal)


def plain(name: str, value: float, unit: str) -> Figure:
    """Return a figure without a goal."""
    return Figure(name, _rounded(value), unit)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of `values` lie (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values to take a percentile of")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def render(bench: str, figures: Sequence[Figure]) -> str:
    """Return the bench's closing line."""
    body = {
        "bench": bench,
        "figures": [asdict(figure) for figure in figures],
        "machine": machine(),
    }
    return json.dumps(body, ensure_ascii=False)


def machine() -> dict[str, object]:
    """Return what matters of this machine for reading a figure."""
    return {
        "cores": os.cpu_count(),
        "model": _cpu_model(),
        "system": platform.system(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_1min": round(os.getloadavg()[0], 2),
    }


def _cpu_model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor()


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
