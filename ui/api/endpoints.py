"""What can be asked: each endpoint with its parameters, declared once for checking and describing."""

from __future__ import annotations

import asyncio
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Security
from fastapi.security import HTTPBearer
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import PlainTextResponse, Response

from searcher.paths import to_stored
from searcher.records import Answer
from searcher.search.explain import Explanation
from searcher.settings import options
from ui import changes
from ui.answers import answer_json
from ui.api import metrics
from ui.api.checked import Checked, Headed
from ui.api.problems import RESPONSES
from ui.api.shapes import Document, Status
from ui.pictures import Wanted
from ui.service import Service

_CHARACTERS = 2_000_000  # of a document's text in one answer
_DATE = r"^(19|20)[0-9]{2}(-(0?[1-9]|1[0-2])(-(0?[1-9]|[12][0-9]|3[01]))?)?$"


def _whole(text: str) -> int:
    """Stricter than pydantic, to which " 3" and "3.0" are whole numbers too."""
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise ValueError("must be a whole number")
    return int(text)


Whole = BeforeValidator(_whole)
Absent = SkipJsonSchema[None]
QueryText = Annotated[
    str, Query(min_length=1, max_length=1000, description='Words, "quoted passages", -words and filters')
]
Path = Annotated[str, Field(min_length=1, max_length=4096, description="Absolute path of an indexed file")]
ResultLimit = Annotated[Annotated[int, Field(ge=1, le=500), Whole] | Absent, Query(description="Results")]
AtLine = Annotated[
    Annotated[int, Field(ge=1, le=10**9 - 1), Whole] | Absent, Query(description="Line, 1-based")
]
Day = Annotated[
    Annotated[str, Field(pattern=_DATE, max_length=10)] | Absent,
    Query(description="Year, month or day, inclusive"),
]
FolderPath = Annotated[str, Field(min_length=1, max_length=4096, description="Absolute path of a folder")]
Globs = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=100)]
if TYPE_CHECKING:
    Mode = str
    Task = str
else:
    Mode = Literal[options("mode")]
    Task = Literal[options("task")]


class Fields(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Drawn(Response):
    media_type = "image/webp"


class Nothing(Fields):
    pass


_NOTHING = Nothing()


class FolderFields(Fields):
    path: FolderPath
    include: Annotated[Globs, Field(description="Only files that match")] = []
    exclude: Annotated[Globs, Field(description="No files that match")] = []


class FileFields(Fields):
    path: Path


router = APIRouter(
    route_class=Checked, responses=RESPONSES, generate_unique_id_function=lambda route: route.name
)
_token = Security(HTTPBearer(scheme_name="token", auto_error=False))  # the guard asks for it
_CHANGES: Any = {"dependencies": [_token], "responses": {401: RESPONSES[400]}}


@router.get("/search", response_model=Answer)
def search(
    service: Service,
    q: QueryText,
    limit: ResultLimit = None,
    offset: Annotated[int, Query(ge=0, le=10_000, description="Results to leave out"), Whole] = 0,
    mode: Annotated[Mode | Absent, Query(description="How")] = None,
    task: Annotated[Task | Absent, Query(description="What for")] = None,
    sort: Annotated[Literal["relevance", "date"], Query(description="Order")] = "relevance",
    type: Annotated[str, Query(max_length=1000, description="Types of file, comma-separated")] = "",
    path: Annotated[str, Query(max_length=1000, description="Glob of paths")] = "",
    lang: Annotated[str, Query(max_length=40, description="Language of the passage, as in de")] = "",
    since: Day = None,
    until: Day = None,
    folder: Annotated[str, Query(max_length=4096, description="Folder of the library")] = "",
) -> dict[str, Any]:
    """Documents found by meaning and by words, best first"""
    settings = service.settings
    filters = {"path": path, "lang": lang, "since": since, "until": until, "folder": folder}
    answer = service.search(
        q,
        limit=limit or settings.limit,
        mode=mode or settings.mode,
        task=task or settings.task,
        offset=offset,
        sort=sort,
        types=tuple(part for part in type.split(",") if part),
        **{name: value for name, value in filters.items() if value},
    )
    return answer_json(answer)


@router.get("/suggest")
def suggest(service: Service, q: QueryText, limit: ResultLimit = None) -> dict[str, Any]:
    """Names of files, headings and words of the library that begin like this"""
    return {"suggestions": [asdict(one) for one in service.suggest(q, limit=limit or 8)]}


@router.get("/similar", response_model=Answer)
def similar(
    service: Service, path: Annotated[Path, Query()], limit: ResultLimit = None, line: AtLine = None
) -> dict[str, Any]:
    """Documents like an indexed file, or like one passage of it"""
    return answer_json(service.similar(path, line, limit=limit or service.settings.limit))


@router.get("/explain", response_model=Explanation)
def explain(service: Service, q: QueryText, path: Annotated[Path, Query()]) -> dict[str, Any]:
    """Where a file stands in the answer to a query, and why"""
    return asdict(service.explain(q, path))


@router.get("/document", response_model=Document)
def document(
    service: Service, path: Annotated[Path, Query()], start: AtLine = None, end: AtLine = None
) -> dict[str, Any]:
    """The text of an indexed file, or a range of its lines (both inclusive)"""
    view = service.document(path, start=start, end=end)
    text = view.text[:_CHARACTERS]
    return {**asdict(view), "path": to_stored(view.path), "text": text, "cut": view.cut or text != view.text}


@router.get("/picture", response_class=Drawn, responses={204: {"description": "There is none of this file"}})
def picture(
    service: Service,
    path: Annotated[Path, Query()],
    page: Annotated[Annotated[int, Field(ge=1, le=100_000), Whole], Query(description="Page, 1-based")] = 1,
    width: Annotated[
        Annotated[int, Field(ge=64, le=1100), Whole], Query(description="Pixels at most")
    ] = 1100,
    words: Annotated[str, Query(max_length=200, description="Marked in it, separated by spaces")] = "",
    strip: Annotated[bool, Query(description="Only the stretch around the first of them")] = False,
) -> Response:
    """A page of an indexed PDF, a picture, or the cover that an Office file holds, as WebP"""
    wanted = Wanted(page, width=width, words=tuple(words.split()[:8]), strip=strip)
    drawn = service.picture(path, wanted)
    return Drawn(drawn.data) if drawn else Response(status_code=204)


@router.get("/changes")
def changed(service: Service) -> dict[str, str]:
    """A text that is another one when the same question may have another answer"""
    return {"digest": changes.now(service).digest}


@router.get("/status", response_model=Status)
def status(service: Service) -> dict[str, Any]:
    """What is indexed, what waits and what could not be read"""
    return service.status()


@router.get("/folders")
def folders(service: Service) -> dict[str, Any]:
    """The library's folders"""
    return {"folders": service.folders()}


@router.post("/folders", name="addFolder", **_CHANGES)
def add_folder(service: Service, fields: FolderFields) -> dict[str, Any]:
    """Add a folder, or replace its globs"""
    return service.add_folder(fields.path, fields.include, fields.exclude)


@router.delete("/folders", name="removeFolder", **_CHANGES)
def remove_folder(service: Service, path: Annotated[FolderPath, Query()]) -> dict[str, Any]:
    """Take a folder out of the library"""
    service.remove_folder(path)
    return {"path": path}


@router.post("/pause", **_CHANGES)
def pause(service: Service, _: Nothing = _NOTHING) -> dict[str, Any]:
    """Let the indexer rest"""
    service.pause()
    return {"paused": True}


@router.post("/resume", **_CHANGES)
def resume(service: Service, _: Nothing = _NOTHING) -> dict[str, Any]:
    """Let the indexer go on"""
    service.resume()
    return {"paused": False}


@router.post("/open", name="open", **_CHANGES)
def open_file(service: Service, fields: FileFields) -> dict[str, Any]:
    """Open an indexed file in the system's program for it"""
    service.open_file(fields.path)
    return {"path": fields.path}


plain = APIRouter(route_class=Headed, generate_unique_id_function=lambda route: route.name)


@plain.get("/health")
async def health() -> dict[str, str]:
    """Whether the server answers"""
    return {"status": "ok"}


@plain.get("/openapi.json", name="openapi")
async def described(request: Request) -> dict[str, Any]:
    """This document"""
    document: dict[str, Any] = request.app.openapi()
    return document


@plain.get("/metrics", name="metrics", response_class=PlainTextResponse)
async def numbers(request: Request) -> Response:
    """Numbers in Prometheus' text format"""
    state = request.app.state
    status = await asyncio.wrap_future(state.workers.submit(state.service.status))
    return PlainTextResponse(metrics.text(status, state.calls), media_type="text/plain; version=0.0.4")
