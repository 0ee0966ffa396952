"""The OpenAPI document, generated from the endpoints' own declarations and the records they return."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter

from searcher import package
from searcher.records import Answer
from searcher.search.explain import Explanation
from ui.api.endpoints import ENDPOINTS, Endpoint
from ui.api.problems import STATUSES
from ui.viewing import DocumentView

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_STATUS = {
    "type": "object",
    "required": [
        "home",
        "files",
        "failed",
        "skipped",
        "folders",
        "chunks",
        "pending",
        "model",
        "disk",
        "indexer",
        "server",
        "paused",
        "last_change",
    ],
    "properties": {
        "home": {"type": "string"},
        "files": {"type": "object", "additionalProperties": {"type": "integer"}},
        "failed": {"type": "array", "items": {"type": "object"}},
        "skipped": {"type": "array", "items": {"type": "object"}},
        "folders": {"type": "array", "items": {"type": "object"}},
        "chunks": {"type": ["integer", "null"]},
        "pending": {"type": ["integer", "null"]},
        "model": {"type": ["object", "null"]},
        "disk": {"type": "object", "additionalProperties": {"type": "integer"}},
        "indexer": {"type": ["object", "null"]},
        "server": {"type": ["object", "null"]},
        "paused": {"type": "boolean"},
        "last_change": {"type": ["number", "null"]},
    },
}


@cache
def describe() -> dict[str, Any]:
    """OpenAPI 3.1."""
    number = package.version()
    schemas: dict[str, Any] = {"Object": {"type": "object"}, "Problem": _PROBLEM, "Status": _STATUS}
    for name, kind in (("Answer", Answer), ("Document", DocumentView), ("Explanation", Explanation)):
        schema = TypeAdapter(kind).json_schema(
            mode="serialization", ref_template="#/components/schemas/{model}"
        )
        schemas.update(schema.pop("$defs", {}))
        schemas[name] = schema
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        paths.setdefault("/api" + endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint)
    paths["/api/health"] = {"get": _plain("health", "Whether the server answers", "application/json")}
    paths["/api/openapi.json"] = {"get": _plain("openapi", "This document", "application/json")}
    paths["/api/metrics"] = {"get": _plain("metrics", "Numbers in Prometheus' text format", "text/plain")}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "searcher",
            "version": number,
            "description": "Search the files of this machine by meaning. Calls that change something need "
            "the token of the home: `Authorization: Bearer TOKEN`.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.about,
        "responses": {
            "200": {"description": "Done", "content": {"application/json": {"schema": _ref(endpoint.shape)}}},
            **{str(status): _problem() for status in STATUSES},
        },
    }
    if endpoint.method != "GET":
        operation["security"] = [{"token": []}]
        operation["responses"]["401"] = _problem()
    if endpoint.method == "POST" and endpoint.params:
        operation["requestBody"] = {
            "required": any(param.required for param in endpoint.params),
            "content": {
                "application/json": {
                    "schema": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": [param.name for param in endpoint.params if param.required],
                        "properties": {param.name: param.schema() for param in endpoint.params},
                    }
                }
            },
        }
    elif endpoint.params:
        operation["parameters"] = [
            {
                "name": param.name,
                "in": "query",
                "required": param.required,
                "description": param.about,
                "schema": param.schema(),
            }
            for param in endpoint.params
        ]
    return operation


def _plain(name: str, about: str, media: str) -> dict[str, Any]:
    schema = {"type": "object"} if media == "application/json" else {"type": "string"}
    return {
        "operationId": name,
        "summary": about,
        "responses": {"200": {"description": "Done", "content": {media: {"schema": schema}}}},
    }


def _problem() -> dict[str, Any]:
    return {
        "description": "It did not work; `detail` says why and what to do",
        "content": {"application/problem+json": {"schema": _ref("Problem")}},
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
