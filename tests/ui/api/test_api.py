"""The HTTP API of a running `searcher up`."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anyio
import pytest
from PIL import Image


def get(served: Any, path: str, /, **query: Any) -> Any:
    address = f"{served.url}{path}"
    if query:
        address += "?" + urllib.parse.urlencode(query)
    with urllib.request.urlopen(address, timeout=30) as answer:
        return json.loads(answer.read())


def refused(served: Any, path: str, /, **query: Any) -> dict[str, Any]:
    with pytest.raises(urllib.error.HTTPError) as error:
        get(served, path, **query)
    assert error.value.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(error.value.read())
    assert set(problem) == {"type", "title", "status", "detail"} and problem["status"] == error.value.code
    return problem


def test_a_photo_is_found_by_what_its_camera_wrote(served: Any) -> None:
    exif = Image.Exif()
    exif[270], exif[271], exif[272] = "Otters below the weir", "Canon", "EOS R5"
    exif.get_ifd(0x8769)[36867] = "2021:05:06 07:08:09"
    path = served.folder / "IMG_2031.jpg"
    Image.new("RGB", (300, 200)).save(path, exif=exif)
    try:
        end = time.monotonic() + 60
        while not (found := get(served, "/api/search", q="otters canon type:foto")["results"]):
            assert time.monotonic() < end
            time.sleep(0.1)
        (photo,) = found
        assert (Path(photo["path"]).name, photo["kind"]) == ("IMG_2031.jpg", "picture")
        assert photo["date"] == "2021-05-06"
        shown = get(served, "/api/document", path=photo["path"])
        assert "Camera: Canon EOS R5" in shown["text"]
    finally:
        path.unlink()
        end = time.monotonic() + 60
        while get(served, "/api/search", q="otters type:foto")["total"]:  # others count what is there
            assert time.monotonic() < end
            time.sleep(0.1)


def test_search(served: Any) -> None:
    answer = get(served, "/api/search", q="book the ferry", limit=3)
    assert Path(answer["results"][0]["path"]).name == "todo.txt"
    wanted = {
        "rank",
        "path",
        "title",
        "score",
        "cosine",
        "match",
        "kind",
        "language",
        "page",
        "line_start",
        "line_end",
        "heading",
        "symbol",
        "snippet",
        "highlights",
        "chunk_id",
        "modified",
    }
    assert wanted <= set(answer["results"][0])
    assert set(answer["took_ms"]) == {"embed", "search", "total"} and len(answer["results"]) == 3


def test_filters_reach_the_index(served: Any) -> None:
    answer = get(served, "/api/search", q="ferry", type="pdf")
    assert answer["results"] and {result["kind"] for result in answer["results"]} == {"pdf"}
    assert get(served, "/api/search", q="ferry", path="*/nowhere/*")["results"] == []


def test_search_equals_the_command_line(served: Any) -> None:
    import subprocess
    import sys

    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    command = [sys.executable, "-m", "ui.cli.main", "search", "--json", "--home", str(served.home.root)]
    done = subprocess.run(
        [*command, "book the ferry"], env=environment, capture_output=True, check=True, timeout=60
    )
    here, there = json.loads(done.stdout), get(served, "/api/search", q="book the ferry")
    here.pop("took_ms"), there.pop("took_ms")
    assert here == there


def test_document_and_its_ranges(served: Any) -> None:
    todo = next(served.folder.rglob("todo.txt"))
    whole = get(served, "/api/document", path=todo)
    assert whole["text"] == todo.read_text("utf-8") and whole["lines"] >= 4
    part = get(served, "/api/document", path=todo, start=2, end=3)
    assert part["text"] == "\n".join(todo.read_text("utf-8").split("\n")[1:3]) and part["start"] == 2
    pdf = next(p for p in served.folder.rglob("*.pdf") if p.name != "damaged.pdf")
    pages = [mark["page"] for mark in get(served, "/api/document", path=pdf)["marks"]]
    assert pages[:2] == [1, 2]


@pytest.mark.parametrize("mode", ["hybrid", "meaning", "words"])
def test_a_filter_gives_as_many_as_its_facet_says(served: Any, mode: str) -> None:
    facets = get(served, "/api/search", q="the starter and the ferry", mode=mode)["facets"]
    names = {"language": ("lang",), "month": ("since", "until")}
    counts = {(facet, value): n for facet, values in facets.items() for value, n in values.items()}
    assert len(counts) > 5
    for (facet, value), n in counts.items():
        narrow = dict.fromkeys(names.get(facet, (facet,)), value)
        narrowed = get(served, "/api/search", q="the starter and the ferry", mode=mode, **narrow)
        assert narrowed["files"] == n, (facet, value)


def test_similar_and_explain(served: Any) -> None:
    todo = next(served.folder.rglob("todo.txt"))
    assert get(served, "/api/similar", path=todo)["results"] == []  # what is unrelated is not called similar
    assert get(served, "/api/explain", q="book the ferry", path=todo)["rank"] == 1
    damaged = next(served.folder.rglob("damaged.pdf"))
    assert get(served, "/api/explain", q="ferry", path=damaged)["reason"].startswith("failed: ")


def test_nothing_is_said_of_a_path_outside(served: Any, tmp_path: Path) -> None:
    """That it is there or not, a ring of links, or named after a user that there is or is none of."""
    (tmp_path / "there.txt").write_text("here\n")
    (tmp_path / "ring").symlink_to(tmp_path / "ring")
    beyond = (tmp_path / name for name in ("there.txt", "nothing.txt", "ring", "ring/x", "x" * 300))
    explanations, refusals = set(), set()
    for path in [*map(str, beyond), "~root/x", "~nobody-at-all/x", "/etc/passwd", "/proc/1/environ"]:
        explained = get(served, "/api/explain", q="ferry", path=path)
        explanations.add(json.dumps(explained).replace(path, ""))
        told = refused(served, "/api/similar", path=path)
        refusals.add(json.dumps(told).replace(path, ""))
    assert len(explanations) == len(refusals) == 1, (explanations, refusals)
    assert '"indexed": false' in explanations.pop() and '"status": 404' in refusals.pop()


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("/api/search", {}, 400, "q is missing"),
        ("/api/search", {"q": "x", "limit": "ten"}, 400, "whole number"),
        ("/api/search", {"q": "x", "limit": "0"}, 400, "from 1 to 500"),
        ("/api/search", {"q": "x", "limit": "٣"}, 400, "whole number"),
        ("/api/search", {"q": "x" * 1001}, 400, "1000 characters"),
        ("/api/search", {"q": "x", "mode": "magic"}, 400, "one of hybrid"),
        ("/api/search", {"q": "x", "lmit": "3"}, 400, "no parameter 'lmit'"),
        ("/api/search", {"q": "x", "since": "2026-13"}, 400, "must match"),
        ("/api/search", {"q": "x", "since": "2026-02-31"}, 400, "is no date"),
        ("/api/document", {"path": "/etc/passwd"}, 404, "not a file of the library"),
        ("/api/search", {"q": "ferry", "path": "[z-a]x"}, 400, "'[z-a]x'"),
        ("/api/search", {"q": "ferry path:[z-a]x"}, 400, "'[z-a]x'"),
        ("/api/nothing", {}, 404, "Not Found"),
    ],
)
def test_problems(served: Any, path: str, query: dict[str, str], status: int, said: str) -> None:
    problem = refused(served, path, **query)
    assert problem["status"] == status and said in problem["detail"]


def test_twice_the_same_parameter(served: Any) -> None:
    assert "twice" in refused(served, "/api/search?q=a&q=b")["detail"]


def test_too_long_an_address(served: Any) -> None:
    assert refused(served, "/api/search?q=a&" + "x" * 20_000)["status"] == 400


def test_status_folders_health(served: Any) -> None:
    status = get(served, "/api/status")
    assert status["files"]["indexed"] > 10 and status["server"]["url"] == served.url
    assert [folder["path"] for folder in get(served, "/api/folders")["folders"]] == [str(served.folder)]
    assert get(served, "/api/health") == {"status": "ok"}


def test_metrics_are_prometheus_text(served: Any) -> None:
    get(served, "/api/search", q="ferry")
    with urllib.request.urlopen(f"{served.url}/api/metrics", timeout=20) as answer:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        text = answer.read().decode()
    sample = re.compile(r'^[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+$')
    lines = [line for line in text.splitlines() if not line.startswith("# TYPE ")]
    assert all(sample.match(line) for line in lines)
    values = dict(line.rsplit(" ", 1) for line in lines)
    assert int(values['searcher_requests_total{endpoint="search",status="200"}']) >= 1
    assert int(values["searcher_chunks"]) > 10


def test_changes_through_the_api(served: Any, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()

    def change(method: str, path: str, body: Any = None) -> int:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {served.token}"}
        request = urllib.request.Request(f"{served.url}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    assert change("POST", "/api/folders", {"path": str(other), "exclude": ["*.tmp"]}) == 200
    listed = {folder["path"]: folder for folder in get(served, "/api/folders")["folders"]}
    assert listed[str(other)]["exclude"] == ["*.tmp"]
    assert change("DELETE", "/api/folders?path=" + urllib.parse.quote(str(other))) == 200
    assert str(other) not in {folder["path"] for folder in get(served, "/api/folders")["folders"]}
    assert change("POST", "/api/folders", {"path": "/no/such/folder"}) == 404
    assert change("POST", "/api/folders", {"path": 3}) == 400
    assert change("POST", "/api/folders", ["path"]) == 400
    assert change("POST", "/api/folders", {"path": "x" * 70_000}) == 400
    assert change("DELETE", "/api/pause") == 405


def test_waiting_work_of_a_client_that_left_never_starts_and_what_has_started_keeps_its_place() -> None:
    """Clients that ask and leave, over and over, have no more threads at work than those that stay."""
    from starlette.requests import ClientDisconnect, Request

    from ui.api.checked import _unless_gone

    started: list[str] = []
    busy = threading.Event()

    def work(name: str, wait: bool = False) -> str:
        started.append(name)
        if wait:
            busy.wait(10)
        return name

    async def story() -> None:
        gone, here = anyio.Event(), anyio.Event()

        def request(leaves: anyio.Event) -> Request:
            async def receive() -> dict[str, Any]:
                await leaves.wait()
                return {"type": "http.disconnect"}

            return Request({"type": "http", "method": "GET", "path": "/", "headers": []}, receive)

        outcome: dict[str, Any] = {}

        async def until(true: Callable[[], bool]) -> None:
            with anyio.fail_after(10):
                while not true():
                    await anyio.sleep(0.01)

        async def call(name: str, leaves: anyio.Event, wait: bool = False) -> None:
            try:
                outcome[name] = await _unless_gone(request(leaves), lambda: work(name, wait), workers)
            except ClientDisconnect:
                outcome[name] = "gone"

        async with anyio.create_task_group() as group:
            group.start_soon(call, "first", gone, True)
            await until(lambda: started == ["first"])
            group.start_soon(call, "second", gone)
            await until(lambda: workers._work_queue.qsize() == 1)
            gone.set()
            await until(lambda: len(outcome) == 2)
            group.start_soon(call, "third", here)
            await until(lambda: workers._work_queue.qsize() == 2)
            assert started == ["first"]
            busy.set()
        assert outcome == {"first": "gone", "second": "gone", "third": "third"}

    with ThreadPoolExecutor(1) as workers, ThreadPoolExecutor(1) as thread:
        # of its own: in a worker that drives a browser the main one may have its loop
        thread.submit(anyio.run, story).result()
    assert started == ["first", "third"]


def test_a_client_that_leaves_does_no_harm(served: Any) -> None:
    host, port = urllib.parse.urlsplit(served.url).netloc.split(":")
    for _ in range(20):
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"GET /api/search?q=ferry HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
    start = time.monotonic()
    assert get(served, "/api/search", q="ferry")["results"]
    assert time.monotonic() - start < 20
