"""Plots as inline SVG: lines, bands and bars; no script, no font, nothing from elsewhere."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 480, 200, 62, 12, 26
_BASE = _HEIGHT - _BOTTOM
# They differ in lightness too, for print and for those who see few colours.
COLOURS = ("#1667C7", "#0F1B2D", "#8E6BBF", "#1E9E6A")
BAND_COLOURS: Mapping[str, str] = {
    "720p": "#1667C7",
    "360p": "#6FA8E6",
    "180p": "#B9C6D6",
    "sound": "#8E6BBF",
}
_AXIS, _GRID, _LIMIT = "#5B6B80", "#D6DCE5", "#B54708"

Points = Sequence[tuple[float, float]]


class Extent(NamedTuple):
    """What the axes reach to; both begin at 0."""

    x: float
    y: float


def line_plot(lines: Mapping[str, Points], unit: str) -> str:
    """Return lines over a common axis of seconds; an empty one is left out."""
    points = [point for line in lines.values() for point in line]
    extent = _extent([x for x, _ in points], [y for _, y in points])
    parts = [
        _polyline([_place(point, extent) for point in line], colour)
        for line, colour in zip(lines.values(), _cycle(len(lines)), strict=True)
        if line
    ]
    keys = dict(zip(lines, _cycle(len(lines)), strict=True)) if len(lines) > 1 else {}
    return _frame(parts, extent, unit, "s") + legend(keys)


def band_plot(times: Sequence[float], bands: Mapping[str, Sequence[int]]) -> str:
    """Return how many are in each band, stacked over time; colours by `BAND_COLOURS`."""
    totals = [sum(counts) for counts in zip(*bands.values(), strict=True)]
    extent = _extent(times, totals)
    floor, parts = [0.0] * len(times), []
    for name, counts in bands.items():
        roof = [low + count for low, count in zip(floor, counts, strict=True)]
        edge = [_place(p, extent) for p in zip(times, roof, strict=True)]
        edge += [_place(p, extent) for p in reversed(list(zip(times, floor, strict=True)))]
        parts.append(f'<polygon points="{_pairs(edge)}" fill="{BAND_COLOURS[name]}"/>')
        floor = roof
    return _frame(parts, extent, "", "s")


def bar_plot(values: Sequence[float], unit: str, limit: float | None = None) -> str:
    """Return a bar for each value in rising order, and a broken line at `limit`."""
    ordered = sorted(values)
    count = max(1, len(ordered))
    extent = _extent([count], [*ordered, limit or 0.0])
    parts = []
    for place, value in enumerate(ordered):
        x, y = _place((place, value), extent)
        beyond = limit is not None and value > limit
        width = max(0.6, (_WIDTH - _LEFT) / count * 0.8)
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_BASE - y:.1f}" '
            f'fill="{_LIMIT if beyond else COLOURS[0]}"/>'
        )
    if limit is not None:
        ends = [_place((0, limit), extent), _place((count, limit), extent)]
        parts.append(_polyline(ends, _LIMIT, "6 4"))
    return _frame(parts, extent, unit, "")


def strip(rungs: Sequence[str]) -> str:
    """Return a site's rung second by second as a small band of colours."""
    if not rungs:
        return ""
    step = 96 / len(rungs)
    cells = "".join(
        f'<rect x="{place * step:.2f}" width="{step + 0.2:.2f}" height="12" '
        f'fill="{BAND_COLOURS.get(rung, _AXIS)}"/>'
        for place, rung in enumerate(rungs)
    )
    return f'<svg class="strip" viewBox="0 0 96 12" aria-hidden="true">{cells}</svg>'


def legend(keys: Mapping[str, str]) -> str:
    """Return what the colours stand for."""
    return "".join(
        f'<span class="key"><i style="background:{colour}"></i><b>{escape(name)}</b></span>'
        for name, colour in keys.items()
    )


def _frame(parts: Sequence[str], extent: Extent, unit: str, x_unit: str) -> str:
    rows = []
    for share in (0.0, 0.5, 1.0):
        _, y = _place((0, extent.y * share), extent)
        rows.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH}" stroke="{_GRID}"/>')
        words = f"{extent.y * share:.3g} {unit if share == 1.0 else ''}".strip()
        rows.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{words}</text>')
    ends = f"{extent.x:.0f} {x_unit}".strip()
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" aria-hidden="true">{"".join(rows)}'
        f"{''.join(parts)}"
        f'<path d="M{_LEFT} {_TOP}V{_BASE}H{_WIDTH}" fill="none" stroke="{_AXIS}"/>'
        f'<text x="{_LEFT}" y="{_HEIGHT - 8}">0</text>'
        f'<text x="{_WIDTH}" y="{_HEIGHT - 8}" text-anchor="end">{ends}</text>'
        "</svg>"
    )


def _extent(xs: Sequence[float], ys: Sequence[float]) -> Extent:
    return Extent(max(xs, default=0.0) or 1.0, max(ys, default=0.0) or 1.0)


def _place(point: tuple[float, float], extent: Extent) -> tuple[float, float]:
    x, y = point[0] / extent.x, point[1] / extent.y
    return _LEFT + x * (_WIDTH - _LEFT), _BASE - y * (_BASE - _TOP)


def _polyline(points: Points, colour: str, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{_pairs(points)}" fill="none" stroke="{colour}" '
        f'stroke-width="2"{dashes}/>'
    )


def _pairs(points: Points) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _cycle(count: int) -> list[str]:
    return [COLOURS[number % len(COLOURS)] for number in range(count)]
