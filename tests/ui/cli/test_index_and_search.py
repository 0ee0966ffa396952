"""Index the sample library and ask it, as a person does in a terminal."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest

import indexer
from searcher import folders
from searcher.home import Home
from searcher.runtime import IndexerState, write_indexer_state
from searcher.settings import Settings
from ui.cli.main import main
from ui.service import get_service

HALF_ENCRYPTED = b"""\
Subject: Harbour dues
Content-Type: multipart/mixed; boundary="x"

--x
Content-Type: text/plain

The harbour dues are paid in May.
--x
Content-Type: multipart/encrypted; boundary="y"

--y
Content-Type: application/pgp-encrypted

Version: 1
--y--
--x--
"""


@pytest.fixture
def library(home: Home, sample: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("SEARCHER_HOME", str(home.root))
    return home


def test_from_folder_to_answer(
    library: Home, sample: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    bread = next(sample.rglob("sourdough.md"))
    bread.with_name("loaves.md").write_text(bread.read_text("utf-8").replace("starter", "leaven"), "utf-8")
    _record(sample / "rain_on_the_roof.wav")
    (half := sample / "half.eml").write_bytes(HALF_ENCRYPTED)
    assert main(["index", str(sample), "--json"]) == 0
    first = json.loads(capfdbinary.readouterr().out)
    assert set(first) == {"files", "chunks", "tokens", "seconds", "errors", "notes"}
    assert first["files"]["added"] > 10 and first["chunks"]["embedded"] > 10
    assert {Path(error["path"]).name for error in first["errors"]} == {"empty.txt", "damaged.pdf"}

    assert main(["index", "--json"]) == 0
    again = json.loads(capfdbinary.readouterr().out)
    assert (again["files"]["added"], again["chunks"]["embedded"]) == (0, 0)

    assert main(["search", "book", "ferry", "--json", "--limit", "3"]) == 0
    answer = json.loads(capfdbinary.readouterr().out)
    assert Path(answer["results"][0]["path"]).name == "todo.txt"
    assert {"query", "mode", "task", "model", "took_ms", "pending", "results"} <= set(answer)

    assert main(["search", "rain on a roof type:music", "--json"]) == 0
    (recording,) = json.loads(capfdbinary.readouterr().out)["results"]
    assert (Path(recording["path"]).name, recording["kind"]) == ("rain_on_the_roof.wav", "audio")
    assert "0:02 min" in recording["snippet"]

    assert main(["search", "ferry", "-0", "-n", "2"]) == 0
    paths = capfdbinary.readouterr().out
    assert paths.count(b"\0") == 2 and b"\n" not in paths
    assert all(Path(path.decode()).is_file() for path in paths.split(b"\0")[:-1])

    assert main(["search", "ferry", "--jsonl", "-n", "2"]) == 0
    lines = capfdbinary.readouterr().out.splitlines()
    assert [json.loads(line)["rank"] for line in lines] == [1, 2]

    assert main(["search", "ferry"]) == 0
    plain = capfdbinary.readouterr().out
    assert b"todo.txt" in plain and b"\x1b" not in plain

    somewhere = str(next(sample.rglob("todo.txt")))
    assert main(["similar", f"{bread}:10", "--json", "-n", "2"]) == 0
    similar = json.loads(capfdbinary.readouterr().out)["results"]
    assert [Path(result["path"]).name for result in similar] == ["loaves.md"]

    assert main(["explain", "book the ferry", somewhere, "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["rank"] == 1
    assert main(["explain", "book the ferry", somewhere]) == 0
    assert b"place 1" in capfdbinary.readouterr().out

    assert main(["status", "--json"]) == 0
    status = json.loads(capfdbinary.readouterr().out)
    assert status["files"]["indexed"] == first["files"]["added"] and status["pending"] == 0
    assert {Path(entry["path"]).name for entry in status["failed"]} == {"empty.txt", "damaged.pdf"}
    assert [Path(entry["path"]).name for entry in status["in_part"]] == ["half.eml"]
    assert main(["explain", "harbour dues", str(half)]) == 0
    assert b"read in part: its text is encrypted" in capfdbinary.readouterr().out
    assert main(["status"]) == 0
    assert b"1 read in part:" in capfdbinary.readouterr().out

    todo = next(sample.rglob("todo.txt"))
    assert main(["forget", str(todo), "--json"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["files"] == 1
    get_service().close()  # a reader of its own, as another call of the command has
    assert main(["search", "book the ferry", "--paths"]) == 0
    assert b"todo.txt" not in capfdbinary.readouterr().out


def test_status_says_what_computes(
    library: Home, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "one.txt").write_text("The ferry leaves at noon.")
    folders.add(library, tmp_path / "notes")
    states: list[IndexerState] = []
    indexer.index(library, Settings.load(library), progress=states.append)
    assert states[-1].device
    write_indexer_state(library, states[-1])  # as one that still runs
    assert main(["status"]) == 0
    assert f"384 dimensions, computed by {states[-1].device}\n".encode() in capfdbinary.readouterr().out


def _record(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(32_000))


def test_eval(library: Home, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    data = tmp_path / "mini"
    (data / "qrels").mkdir(parents=True)
    texts = {"d1": "The sourdough rests over night.", "d2": "The bicycle shed is locked with a key."}
    entries = [json.dumps({"_id": name, "title": "", "text": text}) for name, text in texts.items()]
    (data / "corpus.jsonl").write_text("\n".join(entries))
    (data / "queries.jsonl").write_text(json.dumps({"_id": "q1", "text": "Wo ist der Schlüssel?"}))
    (data / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td2\t1\n")
    assert main(["eval", str(data), "--json"]) == 0
    found = json.loads(capfdbinary.readouterr().out)
    wanted = {"dataset", "model", "dim", "mode", "queries", "ndcg@10", "recall@10", "mrr@10", "by_language"}
    assert set(found) == wanted and found["mrr@10"] == 1.0
    assert main(["eval", str(tmp_path / "none")]) == 2
