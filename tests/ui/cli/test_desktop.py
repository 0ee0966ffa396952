"""searcher as a program of the desktop: opened by a key, logging, backed up while it runs."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from searcher import logs
from searcher.home import Home
from tests.ui.conftest import ROOT, Served, environment
from ui.cli.main import main


def call(home: Home, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli.main", *arguments, "--home", str(home.root)],
        capture_output=True,
        text=True,
        env={**environment(), **variables},
        timeout=120,
        cwd=home.root.parent,
    )


def found(home: Home, query: str) -> list[str]:
    done = call(home, "search", query, "--json", "--limit", "3")
    assert done.returncode == 0, done.stderr
    return [Path(result["path"]).name for result in json.loads(done.stdout)["results"]]


def test_the_service_where_no_session_manager_answers(home: Home, tmp_path: Path) -> None:
    places = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    nowhere = {**places, "PATH": str(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "", "XDG_RUNTIME_DIR": ""}
    assert "not installed" in call(home, "service", "status", **places).stdout
    refused = call(home, "service", "start", **places)
    assert refused.returncode == 1 and "searcher service install" in refused.stderr
    failed = call(home, "service", "install", **nowhere)
    assert failed.returncode == 1 and "systemctl" in failed.stderr and "Traceback" not in failed.stderr
    unit = tmp_path / "config" / "systemd" / "user" / "searcher.service"
    assert str(home.root) in unit.read_text()
    assert (tmp_path / "data" / "applications" / "searcher.desktop").exists()
    assert "installed (" in call(home, "service", "status", **places).stdout
    call(home, "service", "uninstall", **nowhere)


def test_the_service_through_a_session_manager(home: Home, tmp_path: Path) -> None:
    """A `systemctl` of our own writes down what it is asked, in place of the session's."""
    tools, asked = tmp_path / "tools", tmp_path / "asked"
    tools.mkdir()
    (tools / "systemctl").write_text(f'#!/bin/sh\necho "$*" >> "{asked}"\n')
    (tools / "systemctl").chmod(0o755)
    places = {
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }
    for action in ("install", "stop", "start", "uninstall"):
        done = call(home, "service", action, **places)
        assert done.returncode == 0, done.stderr
    unit = "searcher.service"
    assert asked.read_text().splitlines() == [
        "--user daemon-reload",
        f"--user enable --now {unit}",
        f"--user stop {unit}",
        f"--user start {unit}",
        f"--user disable --now {unit}",
        "--user daemon-reload",
    ]
    assert not list((tmp_path / "config").rglob("*.service"))
    assert not list((tmp_path / "data").rglob("*.desktop"))


def test_open_starts_what_does_not_run(home: Home) -> None:
    """Once; the second call finds it running."""
    port = _unused_port()
    variables = {"SEARCHER_PORT": str(port), "XDG_CONFIG_HOME": str(home.root.parent / "config")}
    first = call(home, "open", "--print", "boiler pressure", **variables)
    assert first.returncode == 0, first.stderr
    assert first.stdout.strip() == f"http://127.0.0.1:{port}/?q=boiler+pressure"
    server = json.loads((home.run / "server.json").read_text())
    try:
        second = call(home, "open", "--print", **variables)
        assert second.stdout.strip() == f"http://127.0.0.1:{port}"
        assert json.loads((home.run / "server.json").read_text())["pid"] == server["pid"]
        assert f"serving http://127.0.0.1:{port}" in call(home, "logs").stdout
    finally:
        process = psutil.Process(server["pid"])
        process.terminate()
        process.wait(60)
    assert "stopped" in call(home, "logs", "--lines", "3").stdout


def _unused_port() -> int:
    from tests.ui.conftest import unused_port

    return unused_port()


def test_a_crash_leaves_a_report(home: Home) -> None:
    for number in range(12):
        try:
            raise RuntimeError(f"number {number}")
        except RuntimeError as error:
            assert logs.report_crash(home, error, "server")
    reports = home.crash_reports()
    assert len(reports) == 10 and "number 11" in reports[0].read_text()
    assert reports[0].stat().st_mode & 0o077 == 0
    assert "RuntimeError: number 11" in call(home, "logs", "--crash").stdout


def test_a_crash_of_native_code_leaves_a_report(home: Home) -> None:
    """Also once the next process has begun."""
    code = "import faulthandler, sys; from searcher import logs; from searcher.home import Home; "
    code += "logs.open_log(Home.locate(sys.argv[1]), 'indexer'); "
    for rest in ("faulthandler._sigsegv()", "pass"):
        command = [sys.executable, "-c", code + rest, str(home.root)]
        subprocess.run(command, env=environment(), cwd=ROOT, timeout=60, stderr=subprocess.DEVNULL)
    said = call(home, "logs", "--crash").stdout
    assert "indexer of searcher-desktop" in said and "Segmentation fault" in said


def test_an_unexpected_error_of_a_command_is_reported(home: Home, monkeypatch: Any) -> None:
    from ui.cli import main

    monkeypatch.setenv("SEARCHER_HOME", str(home.root))
    monkeypatch.setattr(main.cli, "main", _broken)
    assert main.main(["status"]) == 1
    assert "ZeroDivisionError" in home.crash_reports()[0].read_text()


def _broken(*_: Any, **__: Any) -> int:
    return 1 // 0


def test_a_backup_while_it_runs_is_a_library_elsewhere(served: Served, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "kept.tar.gz"
    done = call(served.home, "backup", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] > 5 and file.stat().st_mode & 0o077 == 0
    with tarfile.open(file) as archive:
        names = archive.getnames()
    assert not [name for name in names if name.endswith(".gguf") or name in ("token", "indexer.lock")]
    query = "where are passwords checked"
    assert call(home, "restore", str(file)).returncode == 0
    assert found(home, query) == found(served.home, query)
    refused = call(served.home, "restore", str(file), "--yes")
    assert refused.returncode == 1 and "stop it" in refused.stderr
    again = call(home, "index", "--json")
    assert json.loads(again.stdout)["chunks"]["embedded"] == 0, again.stdout


def test_what_is_no_backup_changes_nothing(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def done(*arguments: str) -> tuple[int, str, str]:
        code = main([*arguments, "--home", str(home.root)])
        return code, *capsys.readouterr()

    def names(query: str) -> list[str]:
        return [Path(hit["path"]).name for hit in json.loads(done("search", query, "--json")[1])["results"]]

    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("The boiler keeps two bar.")
    assert done("index", str(tmp_path / "notes"))[0] == 0
    whole = tmp_path / "whole.tar"
    assert done("backup", str(whole))[0] == 0
    (tmp_path / "cut.tar").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    (tmp_path / "text.tar").write_text("no archive")
    with tarfile.open(whole) as source, tarfile.open(tmp_path / "climbing.tar", "w") as out:
        manifest = source.getmembers()[0]
        out.addfile(manifest, source.extractfile(manifest))
        member = tarfile.TarInfo("index/../../outside.txt")
        out.addfile(member, io.BytesIO(b""))
    for name in ("cut.tar", "text.tar", "climbing.tar"):
        code, _, said = done("restore", str(tmp_path / name), "--yes")
        assert code == 1 and said.count("\n") == 1 and "Traceback" not in said, said
    assert not (tmp_path / "outside.txt").exists() and names("boiler") == ["a.md"]
    assert done("backup", str(home.root / "inside.tar"))[0] == 2
    assert done("backup", str(tmp_path / "none" / "x.tar"))[0] == 1
    assert call(home, "restore", str(whole)).returncode == 130  # asked, and nobody answers
    assert done("restore", str(whole), "--yes")[0] == 0
    assert names("boiler") == ["a.md"] and not list(home.root.glob("restore-*"))


def test_places_for_an_editor(indexed: tuple[Home, Path]) -> None:
    home, _ = indexed
    done = call(home, "search", "where are passwords checked", "--format", "vimgrep")
    lines = done.stdout.splitlines()
    assert len(lines) > 2
    for line in lines:
        path, number, column, text = line.split(":", 3)
        assert Path(path).is_file() and int(number) >= 1 and int(column) >= 1 and text
    path, number, _, text = next(line for line in lines if ".py:" in line).split(":", 3)
    assert " ".join(Path(path).read_text().splitlines()[int(number) - 1].split()) == text


def test_a_key_of_the_shell(tmp_path: Path) -> None:
    for shell in ("bash", "zsh", "fish"):
        done = subprocess.run(
            [sys.executable, "-m", "ui.cli.main", "completion", shell, "--keys"],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=60,
        )
        assert "searcher search --paths -- {q}" in done.stdout
        if shell == "bash":
            subprocess.run(["bash", "-n"], input=done.stdout, text=True, check=True, timeout=20)
