"""Pages and slides drawn for the preview."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR

from indexer.formats import Limits
from indexer.formats.reading import extract_bytes
from ui.page.html import prose
from ui.page.strings import Words
from ui.pictures import Wanted, _draw, drawn_apart


def test_a_pdf_page_is_drawn_and_a_broken_one_is_not(sample) -> None:
    paper = sample / "papers" / "beekeeping.pdf"
    image = drawn_apart(paper.read_bytes(), Wanted(2))
    assert image is not None and image.data[8:12] == b"WEBP" and image.top is None
    passage = "half of the bees leave with the old queen on the first warm noon"
    marked = drawn_apart(paper.read_bytes(), Wanted(2, passage))
    assert marked is not None and marked.top is not None and 0.05 < marked.top < 0.5
    assert marked.data != image.data
    assert drawn_apart((sample / "papers" / "damaged.pdf").read_bytes(), Wanted()) is None
    assert drawn_apart(paper.read_bytes(), Wanted(999)) is None


def test_a_slide_is_drawn_and_a_broken_one_is_not() -> None:
    deck, picture = Presentation(), io.BytesIO()
    Image.new("I;16", (9, 9), 0xC000).save(picture, "PNG")
    for title in ("Plan", "Map", "", "Lost"):
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
    plan = deck.slides[0]
    wide, high = deck.slide_width or 0, deck.slide_height or 0
    plan.background.fill.solid()
    plan.background.fill.fore_color.rgb = RGBColor(0, 0, 160)
    plan.shapes.title.text_frame.paragraphs[0].font.color.rgb = RGBColor(255, 255, 0)
    plan.shapes.add_picture(picture, 0, high // 2, wide // 4, high // 2)
    oval = plan.shapes.add_group_shape().shapes.add_shape(9, wide * 3 // 4, high // 2, wide // 4, high // 2)
    oval.fill.solid()
    oval.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_2
    oval.text_frame.text = "A longer text than would ever fit into so small a shape, " * 20
    cells = plan.shapes.add_table(2, 2, wide * 3 // 8, high * 5 // 8, wide // 4, high // 4).table
    cells.cell(0, 0).text = "日本"
    data = io.BytesIO()
    deck.save(data)

    def drawn(number: int, office: bytes = data.getvalue()) -> Image.Image:
        facts, _, webp = _draw(office, Wanted(number, width=400), []).partition(b"\n")
        assert (json.loads(facts)["width"], json.loads(facts)["height"]) == (400, 300)
        return Image.open(io.BytesIO(webp)).convert("RGB")

    image = drawn(1)

    def near(x: int, y: int, colour: tuple[int, int, int]) -> bool:
        return all(abs(a - b) < 24 for a, b in zip(image.getpixel((x, y)), colour, strict=True))

    assert near(3, 3, (0, 0, 160)) and near(396, 140, (0, 0, 160))
    assert near(50, 225, (191, 191, 191)) and near(350, 155, (192, 80, 77)) and near(303, 155, (0, 0, 160))
    assert near(245, 192, (79, 129, 189))  # the head of the table
    title = image.crop((0, 0, 400, 90)).getcolors(40_000) or []
    assert sum(count for count, (red, green, blue) in title if min(red, green) > 200 > blue) > 100
    with pytest.raises(ValueError, match="blank"):
        drawn(3)
    broken = io.BytesIO()
    with zipfile.ZipFile(data) as whole, zipfile.ZipFile(broken, "w") as parts:
        for name in whole.namelist():
            content = whole.read(name)
            if name.endswith("slide1.xml"):
                content = re.sub(rb'="-?[0-9]+"', b'="no"', content)  # beyond repair, but its main picture
            parts.writestr(name, b"<" if name.endswith("slide4.xml") else content)
    with pytest.raises(ValueError, match="blank"):
        drawn(4, broken.getvalue())
    _draw(broken.getvalue(), Wanted(1), [])
    document = extract_bytes("deck.pptx", data.getvalue(), Limits())
    files = prose.Embedded("/d.pptx", pictures=document.pictures)
    html = prose.rendered(document.text, document.marks, None, files=files, named=Words("de").place)
    assert html.index("Folie 2") < html.index("path=%2Fd.pptx&amp;page=2") < html.index("Map</h3>")
    assert html.count("<img") == 4
