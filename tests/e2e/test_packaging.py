"""What travels: the wheel, the source archive, and the container's own commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from searcher.home import Home
from tests.ui.conftest import environment, unused_port

ROOT = Path(__file__).parents[2]
NOT_CODE = {".git", ".venv", "build", "dist", "artefacts", ".mypy_cache", ".ruff_cache", ".pytest_cache"}


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel and a source archive, made from a copy of the tree by the build backend itself."""
    place = tmp_path_factory.mktemp("archives")
    source = shutil.copytree(
        ROOT, place / "source", ignore=lambda _, names: NOT_CODE.intersection(names), symlinks=True
    )
    code = "from setuptools import build_meta as b; b.build_sdist('out'); b.build_wheel('out')"
    (source / "out").mkdir()
    built = subprocess.run(
        [sys.executable, "-c", code], cwd=source, check=True, capture_output=True, timeout=120
    )
    # pip shows what the backend warns of to whoever installs the checkout
    assert b"Warning" not in built.stderr, built.stderr.decode()
    return source / "out"


def needed() -> set[str]:
    """Every file of the packages, as git knows them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "searcher", "indexer", "ui"], cwd=ROOT, capture_output=True, check=True
    )
    return {os.fsdecode(name) for name in listed.stdout.split(b"\0") if name}


def test_the_wheel_and_the_source_archive_carry_everything(archives: Path) -> None:
    (wheel,) = archives.glob("searcher_desktop-*.whl")
    with zipfile.ZipFile(wheel) as file:
        assert needed() - set(file.namelist()) == set()
        metadata = next(name for name in file.namelist() if name.endswith("METADATA"))
        assert b"Name: searcher-desktop" in file.read(metadata)
    (source,) = archives.glob("searcher_desktop-*.tar.gz")
    with tarfile.open(source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert needed() - names == set()
    assert {
        "constraints.txt",
        "README.md",
        "LICENSE",
        "tests/conftest.py",
        "Dockerfile",
        "searcher/embedding/llama.cmake",
    } <= names


def test_the_installed_command(archives: Path, tmp_path: Path) -> None:
    """The wheel, installed for itself beside the packages it needs; `benchmarks.install` does all of it."""
    (wheel,) = archives.glob("searcher_desktop-*.whl")
    place = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(place)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True, timeout=120)
    command = [str(place / "bin" / "searcher")]
    variables = {**os.environ, "PYTHONPATH": str(place)}

    def said(*arguments: str) -> str:
        done = subprocess.run(
            [*command, *arguments], capture_output=True, text=True, cwd=tmp_path, env=variables, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert re.fullmatch(r"searcher \d+\.\d+\.\d+\S*\n", said("--version"))
    assert "Find documents by meaning" in said("--help")
    code = "import sys, searcher, ui; print(searcher.__file__, ui.__file__)"
    files = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, env=variables, check=True
    ).stdout.split()
    assert all(file.startswith(str(place)) for file in files), files


def test_the_container_serves_a_folder(home: Home, sample_notes: Path) -> None:
    """Its entry point and health check as they stand in the Dockerfile, with another port and folder."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    entry, check = (
        json.loads(match[1])
        for match in (re.search(r"ENTRYPOINT (\[.*\])", text), re.search(r"HEALTHCHECK.*?CMD (\[.*\])", text))
        if match
    )
    assert re.search(r"^USER searcher$", text, re.MULTILINE)
    port = unused_port()
    arguments = [str(sample_notes) if word == "/data" else word for word in entry[1:]]
    process = subprocess.Popen(
        [sys.executable, "-m", "ui.cli.main", *arguments, "--port", str(port), "--home", str(home.root)],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home.root.parent,
    )
    try:
        healthy = [sys.executable, *(word.replace("8765", str(port)) for word in check[1:])]
        variables = {**environment(), "SEARCHER_HOME": str(home.root)}
        end = time.monotonic() + 60
        while subprocess.run(healthy, capture_output=True, timeout=30, env=variables).returncode:
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
