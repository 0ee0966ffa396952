"""No path outside the library's folders is read, opened or named, however it is spelled."""

from __future__ import annotations

import json
import os
import threading
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from searcher import folders
from searcher.errors import FolderError
from searcher.folders import Folder
from searcher.home import Home
from ui.security import inside, open_inside

SECRET = "the secret outside"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a file, and beside it things that must stay out of reach."""
    library = tmp_path / "library"
    (library / "deep").mkdir(parents=True)
    (library / "note.txt").write_text("inside")
    (library / "deep" / "note.txt").write_text("deep inside")
    (tmp_path / "secret.txt").write_text(SECRET)
    (tmp_path / "library-2").mkdir()
    (tmp_path / "library-2" / "note.txt").write_text(SECRET)
    (library / "out.txt").symlink_to(tmp_path / "secret.txt")
    (library / "outdir").symlink_to(tmp_path)
    (library / "loop").symlink_to(library / "loop")
    (library / "within.txt").symlink_to(library / "note.txt")
    os.mkfifo(library / "pipe")
    return tmp_path


REFUSED = [
    "{0}/secret.txt",
    "{0}/library/../secret.txt",
    "{0}/library/deep/../../secret.txt",
    "{0}/library/./../secret.txt",
    "{0}/library/out.txt",
    "{0}/library/outdir/secret.txt",
    "{0}/library/outdir/library-2/note.txt",
    "{0}/library/loop",
    "{0}/library/pipe",
    "{0}/library-2/note.txt",
    "{0}/library",
    "{0}/LIBRARY/note.txt",
    "{0}/library/none.txt",
    "{0}/library/note.txt\0.md",
    "{0}/library/note.txt/",
    "library/note.txt",
    "~/library/note.txt",
    "/proc/self/environ",
    "/dev/stdin",
    "//etc/passwd",
    "",
]


@pytest.mark.parametrize("pattern", REFUSED)
def test_refused(place: Path, pattern: str) -> None:
    known = [Folder(str(place / "library"))]
    path = pattern.format(place)
    if pattern.endswith("note.txt/") and Path(path).is_file():
        path = path + "../../secret.txt"
    for opening in (inside, open_inside):
        with pytest.raises(FolderError):
            opening(known, path)


@pytest.mark.parametrize("name", ["note.txt", "deep/note.txt", "deep/../note.txt", "within.txt"])
def test_let_in(place: Path, name: str) -> None:
    resolved, file = open_inside([Folder(str(place / "library"))], place / "library" / name)
    with file:
        assert "inside" in file.read().decode()
    assert resolved.is_relative_to(place / "library")


def test_refusal_does_not_tell_whether_a_file_exists(place: Path) -> None:
    known = [Folder(str(place / "library"))]
    messages = set()
    for name in ("secret.txt", "nothing.txt"):
        with pytest.raises(FolderError) as refused:
            inside(known, place / name)
        messages.add(str(refused.value).replace(name, ""))
    assert len(messages) == 1


def test_names_that_differ_only_in_unicode_form_are_different(place: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "Grüße") for form in ("NFC", "NFD"))
    inner, outer = place / composed, place / decomposed
    inner.mkdir()
    outer.mkdir(exist_ok=True)
    (outer / "note.txt").write_text(SECRET)
    if inner.samefile(outer):  # a file system that folds them: then it is the same folder
        assert inside([Folder(str(inner))], inner / "note.txt")
        return
    with pytest.raises(FolderError):
        inside([Folder(str(inner))], outer / "note.txt")


def test_a_link_swapped_in_after_the_check_is_not_followed(place: Path) -> None:
    """A thread swaps a folder for a link that leads out while another reads through it."""
    library, done = place / "library", threading.Event()
    known = [Folder(str(library))]
    (place / "deep-secret").mkdir()
    (place / "deep-secret" / "note.txt").write_text(SECRET)

    def swap() -> None:
        while not done.is_set():
            os.rename(library / "deep", library / "deep-real")
            os.symlink(place / "deep-secret", library / "deep")
            os.unlink(library / "deep")
            os.rename(library / "deep-real", library / "deep")

    thread = threading.Thread(target=swap)
    thread.start()
    read: dict[str, int] = {"inside": 0, "refused": 0}
    try:
        for _ in range(3000):
            try:
                _, file = open_inside(known, library / "deep" / "note.txt")
            except FolderError:
                read["refused"] += 1
                continue
            with file:
                assert file.read().decode() == "deep inside"
            read["inside"] += 1
    finally:
        done.set()
        thread.join()
    assert read["refused"], "the race was never met"


@pytest.mark.parametrize(
    "pattern", ["/etc/passwd", "{0}/../home/token", "{0}/notes/../../home/settings.toml"]
)
def test_the_api_reads_nothing_outside(served: Any, pattern: str) -> None:
    import urllib.error
    import urllib.parse
    import urllib.request

    path = urllib.parse.quote(pattern.format(served.folder))
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{served.url}/api/document?path={path}", timeout=20)
    assert refused.value.code == 404
    assert json.loads(refused.value.read())["detail"].endswith("is not a file of the library's folders")


def test_a_file_that_was_not_indexed_stays_unread(sample_home: Home, tmp_path: Path) -> None:
    """It lies in a folder of the library, but the rules left it out."""
    from ui.viewing import Viewer

    folders.add(sample_home, tmp_path)
    for name in (".env", "new.txt"):
        (tmp_path / name).write_text("PASSWORD=1")
        with pytest.raises(FolderError):
            Viewer(sample_home).document(str(tmp_path / name))


def test_a_cloned_folder_runs_and_sets_nothing(tmp_path: Path, home: Home) -> None:
    """Modules and settings that lie where the command is started are not taken."""
    import subprocess
    import sys

    marker = tmp_path / "ran"
    for name in ("indexer", "searcher_plugins", "json", "numpy"):
        (tmp_path / f"{name}.py").write_text(f"open({str(marker)!r}, 'w')")
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("# Hello\n\nsome text")
    (tmp_path / "settings.toml").write_text('editor = "vim"')
    root = Path(__file__).parents[3]
    code = "import sys; from ui.cli.main import main; sys.exit(main(sys.argv[1:]))"
    environment = {**os.environ, "PYTHONPATH": str(root), "SEARCHER_HOME": str(home.root)}
    environment.pop("PYTHONSAFEPATH", None)  # as in a person's shell
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, "index", "notes"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert not marker.exists()
