"""Why a call was refused, as one sentence made of pydantic's error and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_SENTENCES = {
    "missing": "{name} is missing",
    "greater_than_equal": "{name} must be from {minimum} to {maximum}",
    "less_than_equal": "{name} must be from {minimum} to {maximum}",
    "string_type": "{name} must be a text",
    "string_unicode": "{name} must be a text",
    "string_too_short": "{name} must have {minLength} to {maxLength} characters",
    "string_too_long": "{name} must have {minLength} to {maxLength} characters",
    "string_pattern_mismatch": "{name} must match {pattern}",
    "literal_error": "{name} must be one of {choices}",
    "list_type": "{name} must be a list of at most {maxItems} texts",
    "too_long": "{name} must be a list of at most {maxItems} texts",
    "value_error": "{name} {error}",
    "extra_forbidden": "there is no field {strange!r}; known: {known}",
    "model_attributes_type": "the body must be a JSON object",
    "json_invalid": "the body is no JSON",
}


def sentence(errors: Sequence[Mapping[str, Any]], schemas: Mapping[str, Mapping[str, Any]]) -> str:
    """What the first error says; a strange name comes first. `schemas`: of each input, by its name."""
    error = min(errors, key=lambda error: error["type"] != "extra_forbidden")
    name = str(error["loc"][1]) if len(error["loc"]) > 1 else "the body"
    schema = schemas.get(name, {})
    schema = schema.get("items", {}) if len(error["loc"]) > 2 and isinstance(error["loc"][2], int) else schema
    words = {
        "minLength": 0,
        **schema,
        **error.get("ctx", {}),
        "name": name,
        "strange": name[:50],
        "known": ", ".join(schemas) or "none",
        "choices": ", ".join(schema.get("enum", ())),
    }
    return _SENTENCES.get(error["type"], "{name} cannot be read").format_map(words)


def inputs(document: Mapping[str, Any], path: str, method: str) -> dict[str, dict[str, Any]]:
    """The schema of each input of an operation, by its name."""
    operation = document["paths"][path][method.lower()]
    if "requestBody" not in operation:
        return {param["name"]: param["schema"] for param in operation.get("parameters", ())}
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    properties: dict[str, dict[str, Any]] = schema.get("properties", {})
    return properties
