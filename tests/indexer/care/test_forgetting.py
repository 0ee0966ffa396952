"""Forgetting leaves nothing behind, wherever it was cut short."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

import indexer
from indexer.care import forgetting
from indexer.recognition.kept import Kept
from searcher import folders
from searcher.files import write_json
from searcher.home import Home
from searcher.library import Library
from searcher.settings import Settings
from tests.conftest import make_home

SECRET = "The combination of the safe is plumtree-seventeen-harbour-violet, so do not tell anybody."
ROOT = Path(__file__).parents[3]
STEPS = [step.__name__ for step in forgetting.STEPS]

# forgets the path, and is killed once the step is done
KILLED = """
import os, signal, sys
from pathlib import Path
from indexer.care import forgetting
from searcher.home import Home
from searcher.settings import Settings

def killing(step):
    def done(*given):
        step(*given)
        if step.__name__ == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)
    return done

forgetting.STEPS = tuple(killing(step) for step in forgetting.STEPS)
forgetting.forget(Home(Path(sys.argv[1])), Settings(), Path(sys.argv[2]))
"""

SERVED = """
import sys
from pathlib import Path
from searcher.home import Home
from searcher.settings import Settings
from ui import server

home, listener = Home(Path(sys.argv[1])), server.bind("127.0.0.1", 0)
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
app = server.build_app(home, Settings.load(home), url=url)
print(url, flush=True)
server.serve(app, listener)
"""
WORDS = (
    "plumtree",
    "harbourmaster",
    "violetta",
    "quincunx",
    "marzipan",
    "lanternfish",
    "zeppelin",
    "obsidian",
    "kingfisher",
)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory, starter: Path) -> tuple[Home, Path]:
    """A home with traces in every place, and the library. Not to be changed."""
    root = tmp_path_factory.mktemp("forgetting")
    home, library = make_home(root / "home", starter), root / "library"
    (library / "private").mkdir(parents=True)
    (library / "kite.md").write_text("# Kite\n\nA kite in strong wind needs a longer tail.\n")
    for number in range(60):  # so many that the database sees no reason to write its files anew
        (library / f"other {number}.md").write_text(f"Train {number} leaves at noon.\n")
    for number in range(3):
        (library / "private" / f"{number}.md").write_text(f"{SECRET} This is note {number} of three.\n")
    folders.add(home, library)
    indexer.index(home, Settings())
    kept = {"path": str(library / "private" / "1.md"), "passage": SECRET, "at": "L1"}
    other = {"path": str(library / "kite.md"), "passage": "A kite in strong wind", "at": "L3"}
    write_json(home.page, {"recent": ["?q=kite"], "saved": [], "brief": [kept, other]})
    copy = home.run / "view-old" / "x" / "1.md"
    copy.parent.mkdir(parents=True)
    copy.write_text(SECRET)
    with closing(Kept(home, write=True)) as recognised:
        recognised.begin(str(library / "private" / "scan.png"), "0f")
        recognised.add("0f", 1, [(SECRET, (0.1, 0.1, 0.9, 0.2))])
    return home, library


@pytest.fixture
def place(indexed: tuple[Home, Path], tmp_path: Path) -> tuple[Home, Path]:
    home, library = indexed
    shutil.copytree(home.root, tmp_path / "home", copy_function=_linked_models)
    return Home(tmp_path / "home"), library / "private"


def _linked_models(source: str, target: str) -> None:
    os.link(source, target) if "/models/" in source else shutil.copy2(source, target)


def traces(home: Home, word: str = "plumtree") -> list[Path]:
    files = [path for path in home.root.rglob("*") if path.is_file() and home.models not in path.parents]
    return [path for path in files if f"{word}-seventeen".encode() in path.read_bytes()]


def is_found(home: Home) -> bool:
    with Library(home, Settings()) as library:
        return any("plumtree" in hit.snippet for hit in library.search("plumtree", mode="words"))


def test_nothing_is_left_anywhere(place: tuple[Home, Path]) -> None:
    home, private = place
    assert is_found(home) and traces(home)
    done = indexer.forget(home, Settings(), private)
    assert (done["files"], done["chunks"]) == (3, 3)
    assert done["searched_bytes"] > 0
    assert not is_found(home) and not traces(home)
    assert '"passage": "A kite in strong wind"' in home.page.read_text()
    assert indexer.forget(home, Settings(), private)["files"] == 0


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, starter: Path
) -> Iterator[tuple[Home, Path, httpx.Client]]:
    """A home that a server answers from, and a library with a folder for each step."""
    root = tmp_path_factory.mktemp("served")
    home, library = make_home(root / "home", starter), root / "library"
    brief, pins = [], []
    for word in WORDS[: len(STEPS)]:
        (library / word).mkdir(parents=True)
        for number in range(2):
            note = library / word / f"{number}.md"
            note.write_text(f"{_secret(word)} This is note {number} of two.\n")
            pins.append({"path": str(note)})
            brief.append({"path": str(note), "passage": _secret(word), "at": "L1"})
    (library / "kite.md").write_text("# Kite\n\nA kite in strong wind needs a longer tail.\n")
    folders.add(home, library)
    indexer.index(home, Settings())
    write_json(home.page, {"recent": [], "saved": [], "brief": brief, "pinned": pins})
    server = subprocess.Popen(
        [sys.executable, "-c", SERVED, str(home.root)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    with server, httpx.Client(base_url=server.stdout.readline().strip(), timeout=60) as client:
        yield home, library, client
        server.terminate()


def _secret(word: str) -> str:
    return f"The combination of the safe is {word}-seventeen-{word}-eleven, so do not tell anybody."


def _answers(client: httpx.Client, word: str, path: Path) -> str:
    """All that a server says of a word, with the word itself left out where it is only the question."""
    asked = [client.get("/api/search", params={"q": word, "mode": mode}) for mode in ("words", "hybrid")]
    asked.append(client.get("/api/search", params={"q": "the combination of the safe", "limit": 50}))
    asked.append(client.get("/api/similar", params={"path": str(path)}))
    asked.append(client.get("/api/document", params={"path": str(path)}))
    told = "".join(answer.text for answer in asked)
    suggested = client.get("/api/suggest", params={"q": word[:4]}).json()["suggestions"]
    return told + "".join(f"suggested {each['text']}" for each in suggested)


@pytest.mark.parametrize(("step", "word"), list(zip(STEPS, WORDS, strict=True)))
def test_a_run_cut_short_is_finished_by_the_next_and_the_server_says_nothing(
    served: tuple[Home, Path, httpx.Client], step: str, word: str
) -> None:
    home, library, client = served
    private, note = library / word, library / word / "0.md"
    before = _answers(client, word, note)
    assert f"{word}-seventeen" in before and f"suggested {word}" in before and traces(home, word)
    command = [sys.executable, "-c", KILLED, str(home.root), str(private), step]
    killed = subprocess.run(command, cwd=ROOT, timeout=120, check=False)
    assert killed.returncode == -signal.SIGKILL
    if step != STEPS[-1]:
        assert home.forgetting.exists()
        again = indexer.forget(home, Settings(), private)
        assert again["files"] == 2, "it still knows what there was to forget"
    assert not home.forgetting.exists() and not traces(home, word)
    after = _answers(client, word, note)
    assert f"{word}-" not in after and f"suggested {word}" not in after and "longer tail" in after


def test_the_next_pass_finishes_it_as_well(place: tuple[Home, Path]) -> None:
    home, private = place
    command = [sys.executable, "-c", KILLED, str(home.root), str(private), "_remove_from_table"]
    subprocess.run(command, cwd=ROOT, timeout=120, check=False)
    indexer.index(home, Settings())
    assert not home.forgetting.exists()
    assert not traces(home) and not is_found(home)


def test_large_files_of_the_home_are_read_in_parts(tmp_path: Path) -> None:
    from searcher.errors import SearcherError

    at_a_seam = tmp_path / "large"
    at_a_seam.write_bytes(b"." * ((1 << 20) - 8) + b"plumtree-seventeen" + b"." * 100)
    with pytest.raises(SearcherError):
        forgetting._searched(at_a_seam, [b"plumtree-seventeen"])
    assert forgetting._searched(at_a_seam, [b"never"]) == at_a_seam.stat().st_size
