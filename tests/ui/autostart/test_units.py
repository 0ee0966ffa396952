"""What each system is told: checked by systemd's own tool, or read back by another reader of the format."""

from __future__ import annotations

import configparser
import os
import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from searcher.home import Home
from ui.autostart import arguments, desktop, plan

ODD = 'home with "quotes" 50% $HOME \\ back'


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this system has no systemd")
@pytest.mark.parametrize("name", ["home", ODD])
def test_systemd_finds_nothing_wrong(tmp_path: Path, name: str) -> None:
    text = next(iter(plan(Home(tmp_path / name), "linux").files.values()))
    unit = tmp_path / "searcher.service"
    unit.write_text(text)
    command = ["systemd-analyze", "--user", "verify", str(unit)]
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    wrong = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(_broken(unit))],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert "ExecStart" in wrong.stderr or "bogus" in wrong.stderr


def _broken(unit: Path) -> Path:
    other = unit.with_name("broken.service")
    other.write_text(unit.read_text().replace("Type=exec", "Type=bogus"))
    return other


def test_launchd_gets_the_call_whole(tmp_path: Path) -> None:
    home = Home(tmp_path / ODD)
    made = plan(home, "darwin")
    (file, text), *_ = made.files.items()
    agent = plistlib.loads(text.encode())
    assert agent["ProgramArguments"] == arguments(home) and agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert file.name == f"{agent['Label']}.plist" and str(file) in made.install[0]


def test_windows_gets_a_task(tmp_path: Path) -> None:
    home = Home(tmp_path / "Jörg & Söhne")
    made = plan(home, "win32")
    (file, text), *_ = made.files.items()
    task = etree.fromstring(text.encode("utf-8").replace(b'encoding="UTF-16"', b'encoding="UTF-8"'))
    names = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.xpath("string(//t:Exec/t:Command)", namespaces=names) == arguments(home)[0]
    call = task.xpath("string(//t:Exec/t:Arguments)", namespaces=names)
    assert call.endswith(f'--home "{home.root}"') and "--no-browser" in call
    assert task.xpath("string(//t:ExecutionTimeLimit)", namespaces=names) == "PT0S"
    assert made.install[0][-1] == str(file) and made.encoding == "utf-16"


def test_the_desktop_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    entry, icon = desktop.install()
    assert icon.read_bytes().startswith(b"\x89PNG")
    reader = configparser.RawConfigParser()
    reader.optionxform = str  # type: ignore[assignment, method-assign]
    reader.read(entry, "utf-8")
    fields = reader["Desktop Entry"]
    assert fields["Exec"].endswith('"open"') and fields["Terminal"] == "false"
    assert fields["Icon"] == icon.stem
