"""The measurement of growth at its smallest: run by its own name, when benchmarks/scale changes."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.scale import __main__ as scale
from benchmarks.scale.plots import plot


def test_it_goes_on_where_it_was_and_finds_the_exact_ten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = scale.measure(tmp_path, [10_000], 2, set())
    assert {"ingest", "index", "first", "search", "numpy", "saved", "after"} <= figures[10_000].keys()
    assert set(figures[10_000]["search"]["recall"].values()) == {1.0}
    assert json.loads((tmp_path / "10000" / "search.json").read_text()) == figures[10_000]["search"]
    capsys.readouterr()
    assert scale.measure(tmp_path, [10_000], 2, set()) == figures
    assert not capsys.readouterr().out  # nothing was measured again


def test_curves_are_where_their_values_are() -> None:
    curves = {"a & b": [(1e4, 1.0), (1e5, 10.0), (1e6, 100.0)], "flat": [(1e4, 5.0), (1e6, 5.0)]}
    drawn = ElementTree.fromstring(plot("Time < more", "ms", curves))
    lines = [line.attrib["points"] for line in drawn.iter() if line.tag.endswith("polyline")]
    rising, flat = ([tuple(map(float, point.split(","))) for point in line.split()] for line in lines)
    (left, low), (middle, half), (right, high) = rising
    assert (middle - left, low - half) == pytest.approx((right - middle, half - high), abs=0.2)
    assert flat[0][1] == flat[1][1] and flat[0][0] == left
