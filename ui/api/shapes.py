"""Shapes of the answers that no record of the library has, for the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from ui.viewing import DocumentView


class Problem(BaseModel):
    type: str
    title: str
    status: int
    detail: str


@dataclass(frozen=True, slots=True)
class Document(DocumentView):
    """The name of a document's view in the API."""


class Status(BaseModel):
    home: str
    files: dict[str, int]
    failed: list[dict[str, Any]]
    skipped: list[dict[str, Any]]
    in_part: list[dict[str, Any]]
    folders: list[dict[str, Any]]
    chunks: int | None
    pending: int | None
    model: dict[str, Any] | None
    disk: dict[str, int]
    indexer: dict[str, Any] | None
    server: dict[str, Any] | None
    paused: bool
    last_change: float | None
