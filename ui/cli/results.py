"""Results in the terminal: for a person's eyes, or for the next program in the pipe."""

from __future__ import annotations

import os
import sys
from typing import Any

from ui.cli.options import place
from ui.cli.output import clean, fancy, link, paint, print_json, say, write, write_path

_COLOURS = {"strong": "green", "likely": "yellow", "weak": "dim"}
_LINES = 4


def show(
    answer: dict[str, Any],
    *,
    as_json: bool = False,
    jsonl: bool = False,
    paths: bool = False,
    null: bool = False,
    form: str | None = None,
) -> None:
    """Print an answer in the form asked for."""
    if as_json:
        print_json(answer)
    elif jsonl:
        for result in answer["results"]:
            print_json(result, indent=None)
    elif form == "vimgrep":
        for result in answer["results"]:
            write(_place_in_editor(result))
    elif paths:
        from searcher.paths import from_stored

        for result in answer["results"]:
            write_path(os.fspath(from_stored(result["path"])), b"\0" if null else b"\n")
    else:
        _for_eyes(answer)


def _place_in_editor(result: dict[str, Any]) -> str:
    """path:line:column:text as grep has it, a line each: Vim's errorformat `%f:%l:%c:%m`. A format without
    lines points to the first one; the mark that begins first gives line and column."""
    text, first = result["snippet"], result["line_start"]
    spans = result["highlights"]
    at = spans[0][0] if spans and first else len(text) - len(text.lstrip())
    begins = text.rfind("\n", 0, at) + 1
    line, column = (first + text.count("\n", 0, at), at - begins + 1) if first else (1, 1)
    shown = " ".join(clean(text[begins:].split("\n", 1)[0]).split())
    return f"{clean(result['path'])}:{line}:{column}:{shown[:300]}"


def _for_eyes(answer: dict[str, Any]) -> None:
    on = fancy(sys.stdout)
    for result in answer["results"]:
        write(_result(result, on=on))
    for note in answer.get("notes", []):
        say(note)
    if not answer["results"]:
        say("nothing found")
    elif not answer.get("good", True):
        say("no document matches well; these are the nearest")
    if waiting := _files_waiting():
        say(f"{waiting:,} files are still to be read; ask again in a moment")
    if answer["pending"]:
        say(f"{answer['pending']:,} passages are not embedded yet; until then they are found by words only")


def _files_waiting() -> int:
    """How many the indexer of this home has still to read; none where none runs."""
    from searcher.runtime import read_indexer_state

    state = read_indexer_state(place())
    return state.files_waiting if state is not None and state.phase in ("scanning", "indexing") else 0


def _result(result: dict[str, Any], *, on: bool) -> str:
    path = result["path"]
    name = paint(clean(path), "bold", on=on)
    name = name if result.get("source") else link(name, path, on=on)
    cosine = "" if result["cosine"] is None else f" {result['cosine']:.2f}"
    label = paint(result["match"], _COLOURS[result["match"]], on=on)
    machine = f" on {clean(result['source'])}" if result.get("source") else ""
    parts = [f"{result['rank']:>2}. {name}{_place(result)}{machine}", f"  {label}{cosine}"]
    title = result.get("title")
    about = " · ".join(clean(part) for part in (title, result.get("heading"), result.get("symbol")) if part)
    lines = [paint("    " + about, "dim", on=on)] if about else []
    marked = _marked(result["snippet"], result["highlights"], on=on)
    shown = [line for line in marked.split("\n") if line.strip()][:_LINES]
    return "".join(parts) + "".join(f"\n{line}" for line in [*lines, *(f"    {line}" for line in shown)])


def _place(result: dict[str, Any]) -> str:
    if result["page"] is not None:
        return f" p. {result['page']}"
    if result["line_start"] is not None:
        same = result["line_end"] in (None, result["line_start"])
        return f":{result['line_start']}" if same else f":{result['line_start']}-{result['line_end']}"
    return f" ({clean(result['anchor'])})" if result.get("anchor") else ""


def _marked(text: str, spans: list[list[int]], *, on: bool) -> str:
    """A line break inside a mark ends its colour and starts it again."""
    pieces, last = [], 0
    for start, end in spans:
        word = "\n".join(paint(clean(part), "mark", on=on) for part in text[start:end].split("\n"))
        pieces += [clean(text[last:start]), word]
        last = end
    return "".join([*pieces, clean(text[last:])])
