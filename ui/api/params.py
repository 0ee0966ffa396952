"""Parameters of the API: declared once, used to check a call and to describe it in the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from searcher.errors import UsageError

_INTEGER = re.compile(r"-?\d{1,9}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One input. `kind`: string, integer, boolean or strings (an array)."""

    name: str
    about: str
    kind: str = "string"
    required: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    longest: int = 1000
    shortest: int = 0
    pattern: str = ""

    def schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {"type": self.kind, "description": self.about}
        if self.kind == "strings":
            schema |= {
                "type": "array",
                "items": {"type": "string", "maxLength": self.longest},
                "maxItems": 100,
            }
        if self.kind == "string" and not self.choices:
            schema |= {"maxLength": self.longest, "minLength": self.shortest}
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.pattern:
            schema["pattern"] = self.pattern
        if self.lowest is not None:
            schema["minimum"] = self.lowest
        if self.highest is not None:
            schema["maximum"] = self.highest
        if self.default is not None:
            schema["default"] = self.default
        return schema

    def check(self, value: Any) -> Any:
        """The value, when it is one this parameter can have. Raises UsageError."""
        match self.kind:
            case "integer":
                if isinstance(value, bool) or not isinstance(value, int):
                    raise UsageError(f"{self.name} must be a whole number")
                if (self.lowest is not None and value < self.lowest) or (
                    self.highest is not None and value > self.highest
                ):
                    raise UsageError(f"{self.name} must be from {self.lowest} to {self.highest}")
            case "strings":
                if not isinstance(value, list) or len(value) > 100:
                    raise UsageError(f"{self.name} must be a list of at most 100 texts")
                for item in value:
                    self._text(item)
            case _:
                self._text(value)
        return value

    def _text(self, value: Any) -> None:
        if not isinstance(value, str):
            raise UsageError(f"{self.name} must be a text")
        if not self.shortest <= len(value) <= self.longest:
            raise UsageError(f"{self.name} must have {self.shortest} to {self.longest} characters")
        if self.choices and value not in self.choices:
            raise UsageError(f"{self.name} must be one of {', '.join(self.choices)}")
        if self.pattern and not re.search(self.pattern, value):
            raise UsageError(f"{self.name} must match {self.pattern}")


def from_query(params: Sequence[Param], given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Values by name from a query string, defaults filled in. Raises UsageError."""
    by_name = {param.name: param for param in params}
    values: dict[str, Any] = {}
    for name, text in given:
        if name not in by_name:
            raise UsageError(f"there is no parameter {name[:50]!r}; known: {', '.join(by_name) or 'none'}")
        if name in values:
            raise UsageError(f"{name} is given twice")
        if by_name[name].kind == "integer":
            if not _INTEGER.fullmatch(text) or not text.isascii():
                raise UsageError(f"{name} must be a whole number")
            values[name] = by_name[name].check(int(text))
        else:
            values[name] = by_name[name].check(text)
    return _completed(params, values)


def from_body(params: Sequence[Param], given: Any) -> dict[str, Any]:
    """Values by name from a JSON object. Raises UsageError."""
    by_name = {param.name: param for param in params}
    if not isinstance(given, Mapping):
        raise UsageError("the body must be a JSON object")
    strange = [name for name in given if name not in by_name]
    if strange:
        raise UsageError(f"there is no field {str(strange[0])[:50]!r}; known: {', '.join(by_name)}")
    return _completed(params, {name: by_name[name].check(value) for name, value in given.items()})


def _completed(params: Sequence[Param], values: dict[str, Any]) -> dict[str, Any]:
    missing = [param.name for param in params if param.required and param.name not in values]
    if missing:
        raise UsageError(f"{missing[0]} is missing")
    return {param.name: values.get(param.name, param.default) for param in params}
