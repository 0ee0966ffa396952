"""Make the README's pictures: `searcher up` on the sample library, looked at by a headless Chromium.

python benchmarks/screenshots.py [--out benchmarks/images] [--chromium /usr/bin/chromium]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
DESKTOP, PHONE = (1280, 800), (390, 780)


def shots(library: Path) -> dict[str, tuple[str, str, tuple[int, int], str]]:
    """Name -> address, what to wait for, size, scheme."""
    code = quote("wo wird das Passwort geprüft?")
    paper = quote(str(library / "papers" / "beekeeping.pdf"))
    bees = f"{quote('what happens when bees swarm')}&doc={paper}&at=p2c1"
    return {
        "search": (f"/?q={code}", ".hit", DESKTOP, "light"),
        "preview": (f"/?q={bees}", ".preview img", DESKTOP, "dark"),
        "phone": (f"/?q={quote('how do I brew green tea')}", ".hit", PHONE, "light"),
    }


def take(browser: Browser, url: str, library: Path, out: Path) -> None:
    for name, (address, ready, (width, height), scheme) in shots(library).items():
        page = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            device_scale_factor=2 if width < 600 else 1,
        )
        page.goto(url + address)
        page.locator(ready).first.wait_for(timeout=60_000)
        page.goto(url + address)  # once more: the first visit pays for what is kept from then on
        page.locator(ready).first.wait_for(timeout=60_000)
        page.wait_for_timeout(4000)
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128)
        picture.save(out / f"{name}.png", optimize=True)
        print(out / f"{name}.png", (out / f"{name}.png").stat().st_size // 1000, "KB")
        page.close()


def ready(url: str) -> bool:
    try:
        with urlopen(f"{url}/api/status", timeout=5) as answer:
            status = json.load(answer)
        return bool(status["files"]["indexed"]) and not status["pending"]
    except (OSError, KeyError, ValueError):
        return False


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "images")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    out = options.out.absolute()
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        library = Path(shutil.copytree(ROOT / "ui" / "sample", Path(name) / "sample"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "ui.cli.main",
            "--home",
            f"{name}/home",
            "up",
            str(library),
            "--port",
            str(port),
            "--no-browser",
        ]
        server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            url = f"http://127.0.0.1:{port}"
            while not ready(url):
                time.sleep(0.5)
            urlopen(f"{url}/api/search?q=warm").close()  # the first query loads the model
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=options.chromium, args=FLAGS)
                take(browser, url, library, out)
                browser.close()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(20)


if __name__ == "__main__":
    main()
