"""The desktop's own search, asked over a real session bus by the program that GNOME's library comes with."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ui.conftest import Served, environment

pytestmark = pytest.mark.skipif(
    not (shutil.which("dbus-daemon") and shutil.which("busctl")), reason="this system has no D-Bus"
)
NAME, PLACE = "local.searcher.Search", "/local/searcher/Search"
GNOME, KDE = "org.gnome.Shell.SearchProvider2", "org.kde.krunner1"
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def opened(tmp_path: Path) -> Path:
    """Where an `xdg-open` of our own writes what it is to open."""
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "xdg-open").write_text(
        f'#!/bin/sh\necho "$1" > "{tmp_path}/opening"; mv "{tmp_path}/opening" "{tmp_path}/opened"\n'
    )
    (tools / "xdg-open").chmod(0o755)
    return tmp_path / "opened"


@pytest.fixture
def call(served: Served, tmp_path: Path, opened: Path) -> Iterator[Call]:
    """`call(interface, method, signature, *values)` on a bus that learnt of us by `desktop install`."""
    variables = {
        **environment(),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "XDG_RUNTIME_DIR": str(tmp_path),
        "PATH": f"{tmp_path / 'tools'}{os.pathsep}{os.environ['PATH']}",
        "BROWSER": "true",
    }
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY"):
        variables.pop(name, None)
    command = [sys.executable, "-m", "ui.cli.main", "desktop", "install", "--home", str(served.home.root)]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "sudo install" in done.stderr, done.stderr
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert bus.stdout
    with bus.stdout:
        address = bus.stdout.readline().strip()

        def ask(interface: str, method: str, *values: str) -> subprocess.CompletedProcess[str]:
            program = ["busctl", f"--address={address}", "--json=short", "--timeout=60", "call"]
            return subprocess.run(
                [*program, NAME, PLACE, interface, method, *values],
                capture_output=True,
                text=True,
                timeout=90,
            )

        try:
            yield ask
        finally:
            bus.terminate()
            bus.wait(30)


def test_results_in_the_desktops_search(call: Call, served: Served, opened: Path) -> None:
    def answer(*asked: str) -> object:
        done = call(*asked)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)["data"][0] if done.stdout.strip() else None

    terms = ("as", "3", "where", "passwords", "checked")
    places = answer(GNOME, "GetInitialResultSet", *terms)  # the bus starts the provider for it
    assert isinstance(places, list) and places
    assert places == answer(GNOME, "GetSubsearchResultSet", "asas", "1", places[0], *terms[1:])
    described = answer(GNOME, "GetResultMetas", "as", "2", places[0], "/etc/passwd")
    assert isinstance(described, list) and [one["id"]["data"] for one in described] == places[:1]
    assert described[0]["name"]["data"] and described[0]["description"]["data"]

    matches = answer(KDE, "Match", "s", "where passwords checked")
    assert isinstance(matches, list) and [match[0] for match in matches] == places
    relevances = [match[4] for match in matches]
    assert relevances == sorted(relevances, reverse=True) and 0 < relevances[-1] <= relevances[0] <= 1
    assert answer(KDE, "Match", "s", "wh") == []  # too short to say anything
    assert answer(KDE, "Match", "s", "type: ") == []  # not finished
    assert isinstance(answer(KDE, "Actions"), list)

    answer(KDE, "Run", "ss", places[0], "")
    end = time.monotonic() + 60
    while not opened.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    assert opened.read_text().strip() == places[0]
    opened.unlink()
    refused = call(GNOME, "ActivateResult", "sasu", "/etc/passwd", "0", "0")
    assert refused.returncode and "not a file of the library" in refused.stderr
    assert call(GNOME, "Nothing", "s", "x").returncode and call(KDE, "Match", "i", "1").returncode
    assert answer(GNOME, "LaunchSearch", "asu", "1", "passwords", "0") is None
    assert not opened.exists()

    described_xml = answer("org.freedesktop.DBus.Introspectable", "Introspect")
    assert isinstance(described_xml, str) and GNOME in described_xml and KDE in described_xml
