"""The command line from outside: exit codes, one-line errors, help, and what a start imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ui.cli.main import COMMANDS, main

ROOT = Path(__file__).parents[3]
HEAVY = {"lancedb", "llama_cpp", "streamlit", "pandas"}
NOT_FOR_HELP = HEAVY | {"numpy", "pyarrow", "starlette", "fastapi", "pydantic", "rich", "searcher.library"}


def call(*arguments: str, home: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    if home:
        env["SEARCHER_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "ui.cli.main", *arguments], capture_output=True, text=True, env=env, timeout=60
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_help_has_an_example(name: str) -> None:
    done = call(name, "--help")
    assert done.returncode == 0 and done.stderr == ""
    if name not in ("desktop", "folders", "models", "service", "settings"):  # their subcommands have them
        assert f"searcher {name}" in done.stdout.split("Examples:")[1]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("serch",), 2, "did you mean `searcher search`"),
        (("search",), 2, "see `searcher search --help`"),
        (("search", "x", "--mode", "magic"), 2, "'magic'"),
        (("search", "x", "--limit", "0"), 2, "--limit"),
        (("search", "x"), 1, "nothing is indexed"),
        (("index",), 2, "no folders"),
        (("index", "/no/such/folder"), 1, "does not exist"),
        (("folders", "remove", "/no/such/folder"), 1, "not a folder of the library"),
        (("models", "use", "no-such-model"), 1, "no model"),
        (("up", "--host", "0.0.0.0"), 2, "--token"),
    ],
)
def test_failures_are_one_line(tmp_path: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = call(*arguments, home=tmp_path / "home")
    assert done.returncode == code, done.stderr
    assert said in done.stderr and done.stderr.startswith("searcher: ")
    assert done.stderr.count("\n") == 1 and done.stdout == ""


def test_a_broken_settings_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("limit = [")
    done = call("search", "x", home=tmp_path)
    assert done.returncode == 2 and "settings.toml" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (("--help",), NOT_FOR_HELP),
        (("search", "--help"), NOT_FOR_HELP),
        (("--version",), NOT_FOR_HELP),
        (("folders", "list"), HEAVY),
        (("status",), HEAVY),
        (("models", "list"), HEAVY),
    ],
)
def test_a_start_imports_nothing_heavy(
    tmp_path: Path, arguments: tuple[str, ...], unwanted: set[str]
) -> None:
    code = (
        "import sys, json; from ui.cli.main import main; main(sys.argv[1:]); "
        "print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT), "SEARCHER_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, env=env, timeout=60
    )
    modules = set(json.loads(done.stderr.strip().splitlines()[-1]))
    assert "ui.cli.main" in modules
    assert modules & unwanted == set()


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_products_are_computed_by_the_thread_that_asks() -> None:
    code = (
        "import os; from ui.cli.main import main; main(['--version']); import numpy; "
        "one = numpy.ones((500, 500), numpy.float32); one @ one; print(len(os.listdir('/proc/self/task')))"
    )
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    env["PYTHONPATH"] = str(ROOT)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=60)
    assert done.stdout.splitlines()[-1] == "1", done


def test_lancedb_computes_on_two_cores_where_there_are_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for cores, before, after in ((1, "", ""), (2, "", "2"), (3, "", "2"), (2, "5", "5"), (4, "", "")):
        monkeypatch.setattr(os, "cpu_count", lambda: cores)  # noqa: B023
        monkeypatch.delenv("LANCE_CPU_THREADS", raising=False)
        if before:
            monkeypatch.setenv("LANCE_CPU_THREADS", before)
        assert main(["--version"]) == 0
        assert os.environ.get("LANCE_CPU_THREADS", "") == after


def test_home_before_or_after_the_command(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.md").write_text("A note.\n")
    added = call("--home", str(tmp_path / "h"), "folders", "add", str(tmp_path / "notes"))
    assert added.returncode == 0 and "notes: 1 file, 0 kB, under a minute to index" in added.stderr
    assert "run `searcher index` or `searcher up` to index it" in added.stderr
    after = call("folders", "list", "--json", "--home", str(tmp_path / "h"))
    assert [f["path"] for f in json.loads(after.stdout)["folders"]] == [str(tmp_path / "notes")]


def test_completion_names_every_command() -> None:
    assert "_SEARCHER_COMPLETE" in call("completion", "bash").stdout
    done = call(_SEARCHER_COMPLETE="bash_complete", COMP_WORDS="searcher s", COMP_CWORD="1")
    assert {"plain,search", "plain,status"} <= set(done.stdout.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.py:12", ("a.py", 12)),
        ("a.py", ("a.py", None)),
        ("a.py:", ("a.py:", None)),
        ("a:b/c.py:3", ("a:b/c.py", 3)),
        ("a.py:x", ("a.py:x", None)),
    ],
)
def test_path_and_line(text: str, expected: tuple[str, int | None]) -> None:
    from ui.cli.similar import split_place

    assert split_place(text) == expected


def test_a_name_that_ends_like_a_line(tmp_path: Path) -> None:
    from ui.cli.similar import split_place

    (tmp_path / "log:7").touch()
    assert split_place(str(tmp_path / "log:7")) == (str(tmp_path / "log:7"), None)


def test_help_starts_fast() -> None:
    """At most six times a bare start of the interpreter; benchmarks/cli_start.py measures it closely."""
    import time

    fastest = {"bare": 9.0, "help": 9.0}
    calls = {"bare": ["-c", "pass"], "help": ["-m", "ui.cli.main", "--help"]}
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(12):  # interleaved; the fastest of each is the one that nothing else held up
        for name, arguments in calls.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], env=env, capture_output=True, check=True)
            fastest[name] = min(fastest[name], time.perf_counter() - start)
    assert fastest["help"] <= 6 * fastest["bare"], fastest


def test_no_error_line_steers_the_terminal(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07\x1b[31m"
    for arguments in (["folders", "add", f"{tmp_path}/{evil}"], ["forget", evil, evil], [evil]):
        assert main([*arguments, "--home", str(tmp_path / "home")]) in (1, 2)
        said = capsys.readouterr().err
        assert said and not any(c in said for c in "\x1b\x07")
