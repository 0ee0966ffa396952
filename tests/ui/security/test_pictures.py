"""Pages whose size alone would fill the memory are drawn small, in a process that may have little of it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from searcher.system import READER_MEMORY
from ui.pictures import _HEIGHT, _WIDTH, Wanted, drawn_apart

# draws the page in a child; prints the width and height of the picture, and the most memory a child had
MEASURE = """
import json, resource, sys
from ui.pictures import Wanted, drawn_apart
drawn = drawn_apart(sys.stdin.buffer.read(), Wanted())
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([drawn and [drawn.width, drawn.height], peak]))
"""


def page(width: float, height: float, extra: bytes = b"", stream: bytes = b"") -> bytes:
    """A PDF of one empty page; pdfium finds its objects without a table."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        + f"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]".encode()
        + (b"/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>" if stream else b"")
        + b">>endobj\n"
        + stream
        + extra
        + b"trailer<</Root 1 0 R>>\n"
    )


def measured(pdf: bytes) -> tuple[list[int] | None, int]:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=pdf, capture_output=True, timeout=120, check=True
    )
    size, peak = json.loads(done.stdout)
    return size, peak


@pytest.mark.parametrize(
    ("width", "height"), [(20, 7000), (7000, 20), (0.001, 14400), (14400, 14400), (1e9, 1e9)]
)
def test_odd_sizes_are_drawn_within_bounds_or_not_at_all(width: float, height: float) -> None:
    size, peak = measured(page(width, height))
    assert size is None or (size[0] <= _WIDTH and size[1] <= _HEIGHT)
    assert peak < 400 << 20


def test_a_picture_inside_that_needs_too_much_costs_that_picture() -> None:
    """An image of 60,000 x 60,000 points in a few bytes."""
    content = b"4 0 obj<</Length 30>>stream\nq 500 0 0 500 0 0 cm /I Do Q  \nendstream endobj\n"
    image = (
        b"5 0 obj<</Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8/Filter/RunLengthDecode/Length 3>>stream\n\x81a\x80\nendstream endobj\n"
    )
    _, peak = measured(page(500, 500, image, content))
    assert peak < READER_MEMORY


def test_nonsense_is_not_drawn() -> None:
    assert drawn_apart(b"", Wanted()) is None
    assert drawn_apart(b"%PDF-1.4", Wanted()) is None
