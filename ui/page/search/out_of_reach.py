"""What a search cannot reach at this moment: folders that are not there, an index that is not complete."""

from __future__ import annotations

from searcher.runtime import is_paused, read_indexer_state
from ui.page.strings import Words
from ui.service import get_service


def lines(words: Words) -> list[str]:
    """One line a folder that is not reachable, be it of the library or a drive's place further down, with how
    many of its files would be searched with it."""
    away = [item for folder in get_service().folders() for item in folder["offline_at"].items()]
    return [
        words("offline_folder", path=path, n=words.number(n)) if n > 1 else words("offline_one", path=path)
        for path, n in away
    ]


def incomplete(words: Words) -> str:
    """Why a recent change may not be among the results; nothing while all is read and embedded."""
    service = get_service()
    state = read_indexer_state(service.home)
    if state and state.phase == "stopped":
        return words("indexer_stopped", pid=str(state.pid)).replace("`", "")
    if is_paused(service.home):
        return words("is_paused")
    waiting = max(0, state.files_total - state.files_done) if state and state.phase != "idle" else 0
    status = service.status()
    pending = status.get("pending", 0)
    if not pending and not waiting:
        looking = state is not None and state.phase == "scanning"
        return words("first_files") if looking and not status["files"].get("indexed") else ""
    if not waiting:
        return words("incomplete_meaning", n=words.number(pending))
    if not pending:
        return words("incomplete_files", files=words.number(waiting))
    return words("incomplete", n=words.number(pending), files=words.number(waiting))
