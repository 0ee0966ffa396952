"""What the browser tests drive with: a running `searcher up`, tabs that are watched, waiting."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Request

from searcher.home import Home
from tests.shared import link_models

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "artefacts"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # for a page that lives a few seconds, processes of its own and optimised code cost more than they save
    "--process-per-site",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--js-flags=--no-maglev --no-turbofan",
)
# how much of the bar is seen that says that something takes longer
BAR = "getComputedStyle(document.querySelector('.stApp'), '::after').opacity"
DESKTOP, PHONE = (1280, 860), (390, 844)

HOSTILE = """# <img src=https://beacon.example/title.png> hostile

Hostile pomegranate <script>window.hacked = 1</script> :red[directive]
<img src="https://beacon.example/x.png" onerror="window.hacked = 2">
![beacon](https://beacon.example/md.png) [click](javascript:window.hacked=3)
:material/warning: <style>body{display:none}</style> <iframe src=//beacon.example>
"""


@dataclass
class Watched:
    """What a page did besides being looked at."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> float:
    """Seconds it took; fails the test with `what` when it never came."""
    start = time.monotonic()
    while not true():
        if time.monotonic() - start > seconds:
            pytest.fail(f"{what} did not happen within {seconds} s")
        time.sleep(0.1)
    return time.monotonic() - start


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


class serving:
    """`searcher up` as a child process; its address on entry, SIGINT on exit."""

    def __init__(self, home: Path, starter: Path, *folders: Path) -> None:
        link_models(Home(home).create(), starter.parent)
        # beside other work on few cores, the lowest priority would make a test wait for its turn
        (home / "settings.toml").write_text('priority = "normal"\n')
        self.port = free_port()
        options = ["--port", str(self.port), "--no-browser"]
        self.arguments = ["--home", str(home), "up", *map(str, folders), *options]
        self.log = home / "up.log"

    def __enter__(self) -> str:
        return self.start()

    def start(self, patched: str = "") -> str:
        """Its address, once it answers. Statements that are `patched` in run before it starts."""
        code = f"{patched}\nfrom ui.cli.main import main\nmain()"
        program = ["-c", code] if patched else ["-m", "ui.cli.main"]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
        environment.pop("PYTEST_CURRENT_TEST", None)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, *self.arguments], stdout=log, stderr=log, env=environment, cwd=ROOT
            )
        url = f"http://127.0.0.1:{self.port}"

        def up() -> bool:
            if self.process.poll() is not None:
                pytest.fail(f"searcher up ended: {self.log.read_text()[-2000:]}")
            return answers(f"{url}/api/health")

        wait_until(up, 60, "searcher up answering")
        return url

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@dataclass(frozen=True)
class Served:
    """A running `searcher up`: where its page is, and the library's folder."""

    url: str
    library: Path
    home: Path
    up: serving


def reader_of(served: Served) -> psutil.Process:
    """The process in which the server, not its indexer, reads documents for the page."""
    children = psutil.Process(served.up.process.pid).children()
    (reader,) = (child for child in children if "indexer.extraction.serving" in " ".join(child.cmdline()))
    return reader


@contextmanager
def standing_still(process: psutil.Process) -> Iterator[None]:
    process.suspend()
    try:
        yield
    finally:
        process.resume()


def indexed(url: str, files: int, *, waiting: bool = False) -> bool:
    """Whether so many files are in the index, and embedded unless they may be `waiting`."""

    try:
        with urlopen(f"{url}/api/status", timeout=20) as answer:
            status = json.load(answer)
    except OSError:
        return False
    return int(status["files"].get("indexed", 0)) >= files and (waiting or not status["pending"])


@cache
def context(browser: Browser, size: tuple[int, int], scheme: str) -> BrowserContext:
    """One for each size and scheme, kept with the browser, so that the page's script is fetched once."""
    width, height = size
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        has_touch=width < 600,
        permissions=["clipboard-read", "clipboard-write"],
    )


class opened:
    """A tab of `size`; closed on exit, when nothing may have left the machine."""

    def __init__(
        self, browser: Browser, size: tuple[int, int], watched: Watched, scheme: str = "light"
    ) -> None:
        self.context, self.watched = context(browser, size, scheme), watched

    def __enter__(self) -> Page:
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(30_000)
        self.tab.on("request", self._request)
        self.tab.on("console", self._console)
        return self.tab

    def __exit__(self, *_: object) -> None:
        self._leave()
        assert self.watched.outside == []
        assert [error for error in self.watched.errors if "Content Security Policy" in error] == []

    def _leave(self) -> None:
        """The last tab stays, on an address that does nothing: the next one then finds the page's script
        compiled, since tabs of one site share a process."""
        parts = urlsplit(self.tab.url)
        if len(self.context.pages) > 1 or parts.scheme != "http":
            self.tab.close()
            return
        self.tab.remove_listener("request", self._request)
        self.tab.remove_listener("console", self._console)
        with suppress(Error):  # the server may be gone
            self.tab.goto(f"{parts.scheme}://{parts.netloc}/api/health")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.watched.outside.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.watched.errors.append(message.text)


def settled(page: Page) -> None:
    """Wait until the page's script stands still and what moved on the page has stopped."""
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
        " && document.getAnimations().every(a => a.playState !== 'running'"
        "   || a.effect?.getComputedTiming().endTime === Infinity)"
    )


def stands(page: Page) -> None:
    """Wait until the page has stopped scrolling: it goes on for a while after a finger has left it."""
    page.evaluate("window.stood = 0")
    page.wait_for_function(
        "main => (stood = main.scrollTop === window.at ? stood + 1 : 0, at = main.scrollTop, stood > 20)",
        arg=page.locator("[data-testid=stMain]").element_handle(),
    )


def shot(page: Page, name: str) -> None:
    """Keep a screenshot among the artefacts."""
    ARTEFACTS.mkdir(exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    page.screenshot(path=ARTEFACTS / f"{name}-{width}.png")


def touch(page: Page, *ways: tuple[float, float], apart: tuple[float, float] | None = None) -> None:
    """One finger goes the ways, or two whose distance goes from the first of `apart` to the second."""
    driver = page.context.new_cdp_session(page)
    steps = [ways[0]]
    for start, end in pairwise(ways):
        steps += [
            (start[0] + (end[0] - start[0]) * n / 8, start[1] + (end[1] - start[1]) * n / 8)
            for n in range(1, 9)
        ]
    for n, (x, y) in enumerate(steps):
        points = [{"x": x, "y": y, "id": 0}]
        if apart:
            wide = apart[0] + (apart[1] - apart[0]) * n / (len(steps) - 1)
            points = [{"x": x + side * wide / 2, "y": y, "id": n} for n, side in enumerate((-1, 1))]
        kind = "touchMove" if n else "touchStart"
        driver.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    driver.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    driver.detach()


def search(page: Page, url: str, query: str) -> None:
    """Ask in the box where there is one, else load the page with the query; the box has the focus then."""
    box = page.locator(".st-key-q input")
    if page.url.startswith(f"{url}/?") and "doc=" not in page.url:
        box.fill(query)
    else:
        page.goto(f"{url}/?{urlencode({'q': query})}")
    page.wait_for_function(
        "q => document.querySelector('.hits')?.dataset.q === q"
        " && document.activeElement.matches('.st-key-q input')"
        " && new URLSearchParams(location.search).get('q') === q",
        arg=query,
    )


def titles(page: Page) -> list[str]:
    return page.locator(".hit a.title").all_inner_texts()
