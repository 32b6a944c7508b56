"""Plots as inline SVG: lines over time, sorted bars; no script, no font, nothing from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 720, 200, 48, 22
# Colours that differ in lightness too, for print and for those who see few colours.
_COLOURS = ("#0b5fa5", "#c2571a", "#3b7d3b", "#7a3b8f")

Points = Sequence[tuple[float, float]]


def line_plot(title: str, lines: Mapping[str, Points]) -> str:
    """Return lines over a common axis that begins at 0; an empty one is left out.

    Args:
        title: says what is plotted, with its unit.
        lines: points by name; x in seconds.
    """
    points = [point for line in lines.values() for point in line]
    most_x = max((x for x, _ in points), default=0.0) or 1.0
    most_y = max((y for _, y in points), default=0.0) or 1.0
    parts = [
        _polyline([_place(x / most_x, y / most_y) for x, y in line], colour)
        for line, colour in zip(lines.values(), _cycle(len(lines)), strict=True)
        if line
    ]
    return _frame(title, parts, (f"{most_x:.0f} s", f"{most_y:.3g}"), list(lines))


def bar_plot(title: str, values: Sequence[float], limit: float | None = None) -> str:
    """Return bars in rising order, and a line at `limit`."""
    ordered = sorted(values)
    most = max([*ordered, limit or 0.0]) or 1.0
    step = 1 / max(1, len(ordered))
    parts = []
    for place, value in enumerate(ordered):
        x, y = _place(place * step, value / most)
        width = max(1.0, step * (_WIDTH - _LEFT) - 1)
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{_HEIGHT - _BOTTOM - y:.1f}" fill="{_COLOURS[0]}"/>'
        )
    if limit is not None:
        ends = [_place(0, limit / most), _place(1, limit / most)]
        parts.append(_polyline(ends, _COLOURS[1]))
    return _frame(title, parts, (str(len(ordered)), f"{most:.3g}"), [])


def _frame(title: str, parts: Sequence[str], ends: tuple[str, str], names: Sequence[str]) -> str:
    base = _HEIGHT - _BOTTOM
    legend = "".join(
        f'<tspan fill="{colour}" dx="12">{escape(name)}</tspan>'
        for name, colour in zip(names, _cycle(len(names)), strict=True)
        if len(names) > 1
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(title)}">'
        f'<text x="{_LEFT}" y="12" font-size="12">{escape(title)}{legend}</text>'
        f'<path d="M{_LEFT} 18V{base}H{_WIDTH}" fill="none" stroke="#777"/>'
        f'<text x="{_LEFT - 4}" y="26" font-size="11" text-anchor="end">{ends[1]}</text>'
        f'<text x="{_LEFT - 4}" y="{base}" font-size="11" text-anchor="end">0</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 6}" font-size="11" text-anchor="end">{ends[0]}</text>'
        f"{''.join(parts)}</svg>"
    )


def _place(x: float, y: float) -> tuple[float, float]:
    """Return the pixels of a point of the unit square."""
    base = _HEIGHT - _BOTTOM
    return _LEFT + x * (_WIDTH - _LEFT), base - y * (base - 18)


def _polyline(points: Sequence[tuple[float, float]], colour: str) -> str:
    text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{text}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _cycle(count: int) -> list[str]:
    return [_COLOURS[number % len(_COLOURS)] for number in range(count)]
