"""A short, seeded stretch of the fuzz run; benchmarks/fuzz_formats.py goes on for as long as one likes."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "fuzz_formats.py"


@pytest.fixture(scope="module")
def fuzzing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz_formats", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz_formats"] = module
    spec.loader.exec_module(module)
    return module


def test_mutated_files_crash_and_hang_nothing(fuzzing: ModuleType) -> None:
    report = fuzzing.fuzz(300, seed=7)
    assert report.bad == []
    assert sum(report.outcomes.values()) == 300
    assert report.outcomes["read"] > 50 and report.outcomes["failed with a reason"] > 20


def test_a_crash_would_be_noticed(fuzzing: ModuleType) -> None:
    from searcher.errors import ExtractionFailed

    assert fuzzing._verdict(ExtractionFailed("its reader crashed (SIGSEGV)")) == "crashed"
    assert fuzzing._verdict(ExtractionFailed("reading it took longer than 20 s (extract_seconds)")) == "hung"
    assert fuzzing._verdict(ExtractionFailed("reading it needs more than 9 MB of memory")) == "out of memory"
