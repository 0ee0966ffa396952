"""What the comparison of pictures notices, and what it lets pass."""

from __future__ import annotations

from PIL import Image, ImageDraw

from benchmarks.looks import SHARE, difference, small


def page(*, first: int = 60, menu: int = 40, at: int = 120) -> Image.Image:
    """A page of three cards, each line of strokes from `first` on."""
    picture = Image.new("RGB", (800, 600), "#fdfdfb")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 800, menu), fill="#2f6f5e")
    for card in range(3):
        for line in range(4):
            y = at + card * 140 + line * 22
            for x in range(first, 700, 8):
                draw.rectangle((x, y, x + 2, y + 10), fill="#22251f")
    return picture


def test_other_letters_pass_and_what_moved_or_is_gone_does_not() -> None:
    accepted = small(page())
    assert difference(accepted, small(page())) == 0
    assert difference(accepted, small(page(first=65))) <= SHARE
    assert difference(accepted, small(page(menu=0))) > SHARE
    assert difference(accepted, small(page(at=150))) > SHARE
    assert difference(accepted, small(page().resize((390, 600)))) == 1
