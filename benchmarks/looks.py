"""How the page looks, compared with how it looked when somebody last looked at it and was content.

    python -m benchmarks.looks [--accept] [--out artefacts/looks] [--only search,preview]

Takes a picture of every page of a `searcher up` on the sample library, at 1280, 390 and 1920 pixels, light,
and at 1280 dark. Each is kept whole in `--out` for whoever wants to see it, and compared with the accepted
one, small and grey, in `benchmarks/looks/`: a place has changed when its grey is another, and a picture when
that is so for more than a few in a hundred of its places. Letters of another font are about as dark, so they
pass; a part that is missing, moved or without its style does not. `--accept` makes what is there now the
accepted one: look at the pictures first.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from PIL import Image, ImageChops, ImageFilter
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.homes import home_like
from benchmarks.page import FLAGS, ROOT, free_port, running
from benchmarks.report import table
from searcher.home import Home
from ui.page import memory

ACCEPTED = Path(__file__).parent / "looks"
SIZES = {1280: 860, 390: 844, 1920: 1080}
SMALLER = 10  # times; what is left of a line of text is its darkness
GREY = 14  # of 255; less is another font or another rounding
SHARE = 0.02  # of the places of a picture that may differ; DejaVu Serif in place of Sans: at most 0.008
# what is another every time: durations, points whose places no two machines compute alike
UNSTEADY = (
    ".summary .quiet, [data-testid=stVegaLiteChart], .st-key-progress { visibility: hidden !important }"
)


def pages(library: Path) -> dict[str, tuple[str, str]]:
    """Name -> address, and what is there when it is drawn."""
    question = quote("how do I feed the sourdough starter")
    note = quote(str(library / "notes" / "sourdough.md"))
    return {
        "welcome": ("/", ".searches a"),
        "search": (f"/?q={question}", ".hit"),
        "preview": (f"/?q={question}&doc={note}&at=L9-11", ".preview .doc"),
        "library": ("/library", ".folder"),
        "insight": ("/insight", ".bars"),
        "brief": ("/brief", ".kept"),
        "settings": ("/settings", ".st-key-set-hub"),
    }


def small(picture: Image.Image) -> Image.Image:
    """Grey, and so small that no letter is left."""
    size = (picture.width // SMALLER, picture.height // SMALLER)
    return picture.convert("L").resize(size, Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Share of the places of two `small` pictures whose grey differs, in [0, 1]; 1 for other sizes."""
    if one.size != other.size:
        return 1.0
    blurred = (picture.filter(ImageFilter.BoxBlur(1)) for picture in (one, other))
    counts = ImageChops.difference(*blurred).histogram()
    return sum(counts[GREY + 1 :]) / sum(counts)


def taken(
    browser: Browser, url: str, home: Home, library: Path, only: set[str], style: str
) -> Iterator[tuple[str, Image.Image]]:
    """(name, the whole picture), one after the other; what the page remembers is the same before each."""
    item = memory.Quotation(str(library / "notes/sourdough.md"), "L9-11", "Sourdough", "", "x", "", "")
    remembered = memory.Memory(recent=("?q=boiler",), brief=(item,))
    for width, scheme in (*((width, "light") for width in SIZES), (1280, "dark")):
        context = browser.new_context(
            viewport={"width": width, "height": SIZES[width]},
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        for name, (address, ready) in pages(library).items():
            if only and name not in only:
                continue
            memory.update(home, lambda _: remembered)
            page.goto(url + address)
            page.locator(ready).first.wait_for()
            still(page, style)
            picture = Image.open(io.BytesIO(page.screenshot(style=style)))
            yield f"{name}-{width}-{scheme}", picture.convert("RGB")
        context.close()


def still(page: Page, style: str) -> None:
    """Wait until nothing has moved for a second."""
    before, since = b"", time.monotonic()
    while time.monotonic() - since < 1.0:
        now = page.screenshot(style=style)
        if now != before:
            before, since = now, time.monotonic()
        page.wait_for_timeout(250)


def ready(url: str) -> bool:
    with urlopen(f"{url}/api/status", timeout=20) as answer:
        status = json.load(answer)
    return bool(status["files"].get("indexed")) and not status["pending"]


def compared(pictures: Iterator[tuple[str, Image.Image]], out: Path, *, accept: bool) -> bool:
    """Whether all look as they did. Keeps each of the `pictures` in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    ACCEPTED.mkdir(exist_ok=True)
    rows = []
    for name, picture in pictures:
        picture.save(out / f"{name}.png")
        now, accepted = small(picture), ACCEPTED / f"{name}.png"
        if accept:
            now.quantize(32).save(accepted, optimize=True)
        if not accepted.exists():
            rows.append([name, "-", "NEW"])
            continue
        with Image.open(accepted) as before:
            share = difference(before.convert("L"), now)
        rows.append([name, f"{share:.1%}", "same" if share <= SHARE else "CHANGED"])
    table("places that differ from the accepted picture", ["picture", "share", ""], rows)
    return bool(rows) and all(row[2] == "same" for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accept", action="store_true", help="what is there now is as it should be")
    parser.add_argument("--out", type=Path, default=ROOT / "artefacts" / "looks")
    parser.add_argument("--only", default="", help="names of pages")
    parser.add_argument("--style", default="", help="CSS to add to each page, to see what would be noticed")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    parser.add_argument("--home", help="a home that holds the model")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="looks-") as name, sync_playwright() as playwright:
        home = home_like(Home.locate(given.home), Path(name).resolve() / "home")
        library = Path(shutil.copytree(ROOT / "ui" / "sample", Path(name).resolve() / "sample"))
        port = free_port()
        command = ["--home", str(home.root), "up", str(library), "--port", str(port), "--no-browser"]
        url = f"http://127.0.0.1:{port}"
        with running([sys.executable, "-m", "ui.cli.main", *command], f"{url}/api/health"):
            while not ready(url):
                time.sleep(0.5)
            urlopen(f"{url}/api/search?q=warm").close()  # the first query loads the model
            browser = playwright.chromium.launch(executable_path=given.chromium, args=FLAGS)
            pictures = taken(
                browser, url, home, library, set(filter(None, given.only.split(","))), UNSTEADY + given.style
            )
            same = compared(pictures, given.out, accept=given.accept)
            browser.close()
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())
