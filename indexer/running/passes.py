"""What the indexer can be asked to do: one pass, watching, a preview."""

from __future__ import annotations

import gc
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import Any

from indexer.bulk.ledger import settle
from indexer.care import growth
from indexer.care.backup import backup_held
from indexer.care.cost import of_building, of_files, of_pictures, try_out
from indexer.care.forgetting import finish, forget_held
from indexer.care.rebuild import Target, swap, target
from indexer.changes.scan import entries_of
from indexer.recognition.work import PICTURES_WAIT, Recognition
from indexer.rules import FileEntry
from indexer.running import requests
from indexer.running.better import Better
from indexer.running.lock import writing
from indexer.running.onlooker import only_searches, rest
from indexer.running.requests import Request
from indexer.summary import Summary
from indexer.work.pipeline import Pipeline
from searcher import folders, opening
from searcher.embedding import Embedder, open_embedder
from searcher.errors import SearcherError, SettingsError
from searcher.home import Home
from searcher.objects import is_address
from searcher.paths import from_stored
from searcher.runtime import IndexerState, Report, is_paused, write_indexer_state
from searcher.settings import Settings
from searcher.store.upkeep import QUIET, upkeep
from searcher.system import give_code_back, give_memory_back, on_battery
from searcher.text import language
from searcher.vectors import axes

_STATE_SECONDS = 0.4
_REST_SECONDS = 10.0  # without work, after which the memory to compute in is given back
_SLEEP_SECONDS = 60.0  # ... and that of the model, which is loaded again while a saved file becomes quiet
_AGAIN_SECONDS = 600.0  # between attempts to get a model that could not be fetched
_FOR_READERS = (
    "editor",
    "language",
    "limit",
    "mode",
    "task",
    "port",
    "instructions",
    "priority",
    "reranker",
    "rerank_seconds",
    "mark_seconds",
    "disk_budget_gb",
)


def index(
    home: Home,
    settings: Settings,
    *,
    progress: Report | None = None,
    bulk: Callable[[Pipeline], None] | None = None,
) -> Summary:
    """One pass over the library's folders; `bulk`, if given, does the new files. Raises IndexLocked,
    ModelNotFound and their like; the errors of single files are in the summary."""
    home.create()
    with writing(home), _opened(home, settings, progress) as (pipeline, place):
        pipeline.scan()
        if bulk is not None:
            bulk(pipeline)
        while pipeline.step():
            pass
        _finish(home, pipeline, place)
        _recognise_all(home, settings, pipeline)
        pipeline.show("upkeep")
        pipeline.compaction.settle_down()
        done = pipeline.summary
        much = (done.chunks_written + done.chunks_removed) * 20 > pipeline.store.count()
        upkeep(pipeline.store, quiet=QUIET[-1] if much else QUIET[0])
        pipeline.idle()
        pipeline.summary.notes = list(pipeline.state.notes)
        return pipeline.summary


def watch(home: Home, settings: Settings, *, stop: threading.Event, progress: Report | None = None) -> None:
    """Index, then follow the folders until `stop` is set, and do what other processes ask for. A rebuild that
    completes, other settings, a better model that has come, or something to forget start a new round. While
    a model that was set cannot be had, the index that is there is kept up to date with its own."""
    home.create()
    better = Better(home)
    with writing(home), requests.taking(home), closing(better):
        while not stop.is_set():
            seen = _settings_changed(home)
            if only_searches(home):
                request = rest(home, seen, _settings_changed, stop, _throttled(home, progress, list))
            else:
                with _opened(home, settings, progress, patient=True, notes=better.notes) as (pipeline, place):
                    request = _follow(home, settings, seen, stop, pipeline, place, better)
            if request is not None:
                _serve(home, request)
            if _settings_changed(home) != seen:
                settings = Settings.load(home)


def preview(
    folder: folders.Folder, home: Home, settings: Settings, *, seconds: float = math.inf
) -> dict[str, Any]:
    """{"files", "bytes", "tokens", "seconds"} of indexing the folder, and how many of them are "pictures"
    that are looked at for text afterwards, in "picture_seconds". It is not "whole" when looking took longer
    than `seconds`."""
    files, whole, end = list[FileEntry](), True, time.monotonic() + seconds
    for entry in entries_of(folder, home, settings):
        if isinstance(entry, FileEntry):
            files.append(entry)
        if time.monotonic() > end:
            whole = False
            break
    total = sum(entry.size for entry in files)
    pictures, picture_seconds = of_pictures(home, settings, [] if is_address(folder.path) else files)
    tokens, embedding_seconds = of_files(home, files)
    return {
        "files": len(files),
        "bytes": total,
        "tokens": round(tokens),
        "seconds": embedding_seconds,
        "pictures": pictures,
        "picture_seconds": picture_seconds,
        "whole": whole,
    }


def _follow(
    home: Home,
    settings: Settings,
    seen: Settings | None,
    stop: threading.Event,
    pipeline: Pipeline,
    place: Target,
    better: Better,
) -> Request | None:
    """Until there is reason for a new round: the request for which everything has to be let go, if any.
    `seen` is what the settings file said before the model was opened, which may take its time."""
    from indexer.changes.watcher import Watcher

    asked: Request | None = None
    recognition = Recognition(home, settings, pipeline.catalogue)
    if not folders.everything(home):
        try_out(home, pipeline.embedder)
    with Watcher(home, settings) as watcher, closing(recognition):
        finished, rests, tidied, worked = False, 0, 0.0, time.monotonic()
        again = time.monotonic() + _AGAIN_SECONDS
        unusable = bool(pipeline.state.refused)  # as it is here; not for want of the hub
        while not stop.is_set() and _settings_changed(home) == seen:
            better.look(settings)
            if not unusable:
                if better.has_come(settings, pipeline.embedder.model.name):
                    return None
                pipeline.state.refused = better.refused(settings, pipeline.embedder.model.name)
            request = requests.waiting(home)
            if request is not None and request.what in ("forget", "backup"):
                return request
            new = request is not None and request != asked
            if new:
                asked, pipeline.summary = request, Summary()
            if asked is None and (is_paused(home) or (settings.pause_on_battery and on_battery())):
                pipeline.state.phase = "paused"
                pipeline.report(pipeline.state)
                watcher.wait(0.5)
                continue
            everything, paths = watcher.due()
            if new or everything or watcher.is_folder_gone_or_back():
                elsewhere = {each.path for each in folders.everything(home) if is_address(each.path)}
                pipeline.state.folders = watcher.follow(folders.load(home)) | dict.fromkeys(
                    elsewhere, "listed"
                )
                pipeline.scan()
                finished = False
            if paths:
                pipeline.look_at(paths)
                finished = False
            if pipeline.step():
                finished, rests, tidied, worked = False, 0, 0.0, time.monotonic()
                continue
            if not finished:
                _finish(home, pipeline, place)
                finished = True
                recognition.look_again()
                if asked is not None:
                    pipeline.summary.notes = list(pipeline.state.notes)
                    asked.answer(pipeline.summary.as_json())
                    asked = None
                pipeline.summary = Summary()  # of what comes next; errors of weeks would fill memory
                give_memory_back()
                if place.building:
                    return None
            more, recognised = recognition.step()
            _tell_trouble(recognition, pipeline)
            if recognised is not None:
                pipeline.look_at([recognised])
                finished = False
                continue
            quiet = time.monotonic() - worked
            if due := [level for level in QUIET if tidied < level <= quiet]:
                pipeline.compaction.begin(quiet=quiet)
                tidied = due[-1]
            if unusable and time.monotonic() > again:
                if not opening.model_to_index_with(home, settings)[1]:
                    return None
                again = time.monotonic() + _AGAIN_SECONDS
            if more:
                _show_pages(recognition, pipeline)
            elif pipeline.idle():
                rests = min(rests, 1)  # what it held is given back as well
            if watcher.expects:
                if rests:
                    pipeline.embedder.wake()
                    language.wake()
                watcher.wait(0.1)
                continue
            if rests < (due_rests := (quiet > _REST_SECONDS) + (quiet > _SLEEP_SECONDS)):
                rests = due_rests
                pipeline.embedder.rest(deep=rests > 1)
                language.rest()
                gc.collect()
                give_memory_back()
                give_code_back()
            watcher.wait(0.3)
    return None


def _recognise_all(home: Home, settings: Settings, pipeline: Pipeline) -> None:
    """Read the pictures of text, for who does nothing else meanwhile."""
    with closing(Recognition(home, settings, pipeline.catalogue)) as recognition:
        while True:
            more, recognised = recognition.step()
            if recognised is not None:
                pipeline.look_at([recognised])
                while pipeline.step():
                    pass
            elif not more:
                _tell_trouble(recognition, pipeline)
                return
            else:
                _show_pages(recognition, pipeline)
                time.sleep(0.05)


def _show_pages(recognition: Recognition, pipeline: Pipeline) -> None:
    pipeline.show_pages(recognition.done, recognition.left, recognition.seconds_left, recognition.current)


def _tell_trouble(recognition: Recognition, pipeline: Pipeline) -> None:
    notes = [note for note in pipeline.state.notes if not note.startswith(PICTURES_WAIT)]
    pipeline.state.notes = [*notes, *filter(None, [recognition.trouble])]


def _serve(home: Home, request: Request) -> None:
    """What can only be done while nothing is open."""
    try:
        if request.what == "backup":
            request.answer(backup_held(home, from_stored(request.path)))
        else:
            request.answer(forget_held(home, request.path))
    except SearcherError as error:
        request.refuse(str(error))


def _settings_changed(home: Home) -> Settings | None:
    """What the settings say about indexing, read again when their file is another; None when it is broken."""
    try:
        return _about_indexing(home, home.settings.stat().st_mtime_ns)
    except OSError:
        return _about_indexing(home, 0)


@lru_cache(maxsize=4)
def _about_indexing(home: Home, mtime_ns: int) -> Settings | None:
    default = Settings()
    try:
        return replace(Settings.load(home), **{name: getattr(default, name) for name in _FOR_READERS})
    except SettingsError:
        return None


def _finish(home: Home, pipeline: Pipeline, place: Target) -> None:
    """What is due once everything is embedded."""
    growth.note(home, place.catalogue)
    if place.building:
        pipeline.show("rebuilding")
        swap(home, place)


@contextmanager
def _opened(
    home: Home,
    settings: Settings,
    progress: Report | None,
    *,
    patient: bool = False,
    notes: Callable[[], list[str]] = list,
) -> Iterator[tuple[Pipeline, Target]]:
    """Everything that the holder of the writer's lock works with. Who is `patient` goes on with the model of
    the index where another one was set that cannot be had. `notes` are asked whenever the state is told."""
    unfinished = _unfinished(home)
    language.keep_in(home)
    embedder, refused = opened_embedder(home, settings, patient=patient)
    try:
        if axes.are_needed(embedder.model):
            axes.build(home, embedder)
        with target(home, embedder.model, measure=settings.mass_passages) as place:
            settle(home, place.store, place.catalogue)
            report = _throttled(home, progress, notes, embedder)
            lasting = [*unfinished, *place.notes, *filter(None, [refused, embedder.note])]
            pipeline = Pipeline(home, settings, place.store, place.catalogue, embedder, report, lasting)
            pipeline.state.refused = refused
            pipeline.state.cost = of_building(home, settings, embedder) if place.building else ""
            try:
                yield pipeline, place
            finally:
                pipeline.close()
    finally:
        embedder.close()


def opened_embedder(home: Home, settings: Settings, *, patient: bool) -> tuple[Embedder, str]:
    """The embedder to index with, and for who is patient the reason why it is not the one that was set."""
    if not patient:
        return open_embedder(home, settings, role="index"), ""
    prepared, refused = opening.model_to_index_with(home, settings)
    return prepared.opened("index"), refused


def _unfinished(home: Home) -> list[str]:
    """Finish what `forget` was cut short in; a note when that cannot be done yet."""
    try:
        finish(home)
    except SearcherError as error:
        return [f"forgetting is not finished: {error}"]
    return []


def _throttled(
    home: Home, progress: Report | None, notes: Callable[[], list[str]], embedder: Embedder | None = None
) -> Report:
    """Writes the state at most about twice a second, and whenever the phase changes."""
    last = 0.0
    phase = ""

    def report(state: IndexerState) -> None:
        nonlocal last, phase
        now = time.time()
        if now - last < _STATE_SECONDS and state.phase == phase:
            return
        last, phase = now, state.phase
        state.pid, state.updated = os.getpid(), now
        shown = replace(state, notes=[*state.notes, *notes()], device=embedder.device if embedder else "")
        write_indexer_state(home, shown)
        if progress:
            progress(shown)

    return report
