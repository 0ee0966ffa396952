"""Growth curves as SVG, both axes logarithmic."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

Curve = Sequence[tuple[float, float]]
_WIDE, _HIGH, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 400, 64, 190, 40, 48
_COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a", "#bf3989", "#0969da")


def plot(title: str, unit: str, curves: Mapping[str, Curve]) -> str:
    """Curves of positive values over numbers of passages."""
    points = [point for curve in curves.values() for point in curve]
    xs = _decades([x for x, _ in points])
    ys = _decades([y for _, y in points])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>',
        f'<rect width="{_WIDE}" height="{_HIGH}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15" fill="#1f2328">{escape(title)}</text>',
    ]
    for power in range(xs[0], xs[1] + 1):
        x = _across(10.0**power, xs)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{_HIGH - _BOTTOM}" stroke="#d0d7de"/>')
        label = f"{10**power:,}"
        parts.append(f'<text x="{x:.1f}" y="{_HIGH - _BOTTOM + 18}" text-anchor="middle">{label}</text>')
    for power in range(ys[0], ys[1] + 1):
        y = _up(10.0**power, ys)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDE - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d0d7de"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    parts.append(
        f'<text x="{(_LEFT + _WIDE - _RIGHT) / 2}" y="{_HIGH - 8}" text-anchor="middle">passages</text>'
    )
    parts.append(f'<text x="12" y="{_TOP - 6}">{escape(unit)}</text>')
    last = sorted(((curve[-1][1], name) for name, curve in curves.items() if curve), reverse=True)
    label_at: dict[str, float] = {}
    lowest = _TOP - 14.0
    for value, name in last:
        lowest = max(_up(value, ys) + 4, lowest + 14)
        label_at[name] = lowest
    for colour, (name, curve) in zip(_COLOURS * 2, curves.items(), strict=False):
        if not curve:
            continue
        places = " ".join(f"{_across(x, xs):.1f},{_up(y, ys):.1f}" for x, y in curve)
        parts.append(f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{_across(x, xs):.1f}" cy="{_up(y, ys):.1f}" r="3" fill="{colour}"/>'
            for x, y in curve
        ]
        end = _across(curve[-1][0], xs) + 8
        parts.append(f'<text x="{end:.1f}" y="{label_at[name]:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def _across(x: float, decades: tuple[int, int]) -> float:
    part = (math.log10(x) - decades[0]) / (decades[1] - decades[0])
    return _LEFT + part * (_WIDE - _LEFT - _RIGHT)


def _up(y: float, decades: tuple[int, int]) -> float:
    part = (math.log10(y) - decades[0]) / (decades[1] - decades[0])
    return _HIGH - _BOTTOM - part * (_HIGH - _TOP - _BOTTOM)
