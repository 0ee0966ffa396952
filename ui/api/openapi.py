"""The OpenAPI document, as FastAPI makes it of the endpoints."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi.openapi.utils import get_openapi

from searcher import package
from ui.api.endpoints import plain, router
from ui.api.shapes import Problem


@cache
def describe() -> dict[str, Any]:
    """OpenAPI 3.1."""
    document = get_openapi(
        title="searcher",
        version=package.version(),
        description="Search the files of this machine by meaning. Calls that change something need "
        "the token of the home: `Authorization: Bearer TOKEN`.",
        routes=[*router.routes, *plain.routes],
    )
    document["paths"] = {"/api" + path: operations for path, operations in document["paths"].items()}
    document["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    return document
