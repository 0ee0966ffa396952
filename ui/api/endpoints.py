"""What can be asked: each endpoint with its parameters and the function that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from searcher.paths import to_stored
from searcher.settings import options
from ui.answers import answer_json
from ui.api.params import Param
from ui.service import Service

Answering = Callable[[Service, dict[str, Any]], Any]
_DATE = r"^(19|20)[0-9]{2}(-(0?[1-9]|1[0-2])(-(0?[1-9]|[12][0-9]|3[01]))?)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One operation. `shape` names the schema of its answer in the OpenAPI document."""

    path: str
    name: str
    about: str
    answer: Answering
    params: tuple[Param, ...] = ()
    method: str = "GET"
    shape: str = "Object"


_Q = Param(name="q", about='Words, "quoted passages", -words and filters', required=True, shortest=1)
_PATH = Param(name="path", about="Absolute path of an indexed file", required=True, shortest=1, longest=4096)
_OFFSET = Param(
    name="offset", about="Results to leave out", kind="integer", lowest=0, highest=10000, default=0
)
_LIMIT = Param(name="limit", about="Results", kind="integer", lowest=1, highest=500)
_FILTERS = (
    Param(name="type", about="Types of file, comma-separated"),
    Param(name="path", about="Glob of paths"),
    Param(name="lang", about="Language of the passage, as in de", longest=40),
    Param(name="since", about="Year, month or day, inclusive", pattern=_DATE, longest=10),
    Param(name="until", about="Year, month or day, inclusive", pattern=_DATE, longest=10),
    Param(name="folder", about="Folder of the library", longest=4096),
)


def _search(service: Service, given: dict[str, Any]) -> Any:
    settings = service.settings
    options = {name: given[name] for name in ("path", "lang", "since", "until", "folder") if given[name]}
    answer = service.search(
        given["q"],
        limit=given["limit"] or settings.limit,
        mode=given["mode"] or settings.mode,
        task=given["task"] or settings.task,
        offset=given["offset"],
        sort=given["sort"],
        types=tuple(part for part in (given["type"] or "").split(",") if part),
        **options,
    )
    return answer_json(answer)


def _suggested(service: Service, given: dict[str, Any]) -> Any:
    suggestions = service.suggest(given["q"], limit=given["limit"] or 8)
    return {"suggestions": [asdict(one) for one in suggestions]}


def _similar(service: Service, given: dict[str, Any]) -> Any:
    limit = given["limit"] or service.settings.limit
    return answer_json(service.similar(given["path"], given["line"], limit=limit))


def _explained(service: Service, given: dict[str, Any]) -> Any:
    return asdict(service.explain(given["q"], given["path"]))


def _document(service: Service, given: dict[str, Any]) -> Any:
    view = service.document(given["path"], start=given["start"], end=given["end"])
    return {**asdict(view), "path": to_stored(view.path)}


def _folder_added(service: Service, given: dict[str, Any]) -> Any:
    return service.add_folder(given["path"], given["include"] or (), given["exclude"] or ())


def _folder_removed(service: Service, given: dict[str, Any]) -> Any:
    service.remove_folder(given["path"])
    return {"path": given["path"]}


def _paused(service: Service, _: dict[str, Any]) -> Any:
    service.pause()
    return {"paused": True}


def _resumed(service: Service, _: dict[str, Any]) -> Any:
    service.resume()
    return {"paused": False}


def _opened(service: Service, given: dict[str, Any]) -> Any:
    service.open_file(given["path"])
    return {"path": given["path"]}


_FOLDER = Param(name="path", about="Absolute path of a folder", required=True, shortest=1, longest=4096)
_GLOBS = (
    Param(name="include", about="Only files that match", kind="strings"),
    Param(name="exclude", about="No files that match", kind="strings"),
)

ENDPOINTS = (
    Endpoint(
        path="/search",
        name="search",
        about="Documents found by meaning and by words, best first",
        answer=_search,
        shape="Answer",
        params=(
            _Q,
            _LIMIT,
            _OFFSET,
            Param(name="mode", about="How", choices=options("mode")),
            Param(name="task", about="What for", choices=options("task")),
            Param(name="sort", about="Order", choices=("relevance", "date"), default="relevance"),
            *_FILTERS,
        ),
    ),
    Endpoint(
        path="/suggest",
        name="suggest",
        about="Names of files and words of the library that begin like this",
        answer=_suggested,
        params=(_Q, _LIMIT),
    ),
    Endpoint(
        path="/similar",
        name="similar",
        about="Documents like an indexed file, or like one passage of it",
        answer=_similar,
        shape="Answer",
        params=(
            _PATH,
            _LIMIT,
            Param(name="line", about="1-based", kind="integer", lowest=1, highest=10**9 - 1),
        ),
    ),
    Endpoint(
        path="/explain",
        name="explain",
        about="Where a file stands in the answer to a query, and why",
        answer=_explained,
        shape="Explanation",
        params=(_Q, _PATH),
    ),
    Endpoint(
        path="/document",
        name="document",
        about="The text of an indexed file, or a range of its lines",
        answer=_document,
        shape="Document",
        params=(
            _PATH,
            Param(name="start", about="First line, 1-based", kind="integer", lowest=1, highest=10**9 - 1),
            Param(name="end", about="Last line, inclusive", kind="integer", lowest=1, highest=10**9 - 1),
        ),
    ),
    Endpoint(
        path="/status",
        name="status",
        about="What is indexed, what waits and what could not be read",
        answer=lambda service, _: service.status(),
        shape="Status",
    ),
    Endpoint(
        path="/folders",
        name="folders",
        about="The library's folders",
        answer=lambda service, _: {"folders": service.folders()},
    ),
    Endpoint(
        path="/folders",
        name="addFolder",
        about="Add a folder, or replace its globs",
        method="POST",
        answer=_folder_added,
        params=(_FOLDER, *_GLOBS),
    ),
    Endpoint(
        path="/folders",
        name="removeFolder",
        about="Take a folder out of the library",
        method="DELETE",
        answer=_folder_removed,
        params=(_FOLDER,),
    ),
    Endpoint(path="/pause", name="pause", about="Let the indexer rest", method="POST", answer=_paused),
    Endpoint(path="/resume", name="resume", about="Let the indexer go on", method="POST", answer=_resumed),
    Endpoint(
        path="/open",
        name="open",
        about="Open an indexed file in the system's program for it",
        method="POST",
        answer=_opened,
        params=(_PATH,),
    ),
)
