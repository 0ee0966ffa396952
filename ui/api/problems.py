"""Errors as problem+json (RFC 9457): one status for each kind of error."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse

from searcher import errors

_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (errors.UsageError, 400),
    (errors.FolderError, 404),
    (errors.ExtractionFailed, 422),
    (errors.IndexMissing, 409),
    (errors.ModelMismatch, 409),
    (errors.IndexDamaged, 409),
    (errors.IndexLocked, 409),
    (errors.SearcherError, 503),
)
_RESPONSE = {
    "description": "It did not work; `detail` says why and what to do",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
RESPONSES: dict[int | str, dict[str, Any]] = {status: _RESPONSE for status in sorted({s for _, s in _STATUS})}


def status_of(error: Exception) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")
