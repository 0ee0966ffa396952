"""What a D-Bus interface offers: its methods with the types of what they take and give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True, slots=True)
class Method:
    """`takes` and `gives` are D-Bus signatures; `gives` is of the one value it returns, or empty."""

    takes: str
    gives: str
    call: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Interface:
    name: str
    methods: dict[str, Method]

    def xml(self) -> str:
        """As org.freedesktop.DBus.Introspectable tells it."""
        lines = [f"<interface name={quoteattr(self.name)}>"]
        for name, method in self.methods.items():
            lines.append(f"<method name={quoteattr(name)}>")
            lines += [f'<arg type="{one}" direction="in"/>' for one in types(method.takes)]
            if method.gives:
                lines.append(f'<arg type="{method.gives}" direction="out"/>')
            lines.append("</method>")
        return "\n".join([*lines, "</interface>"])


def types(signature: str) -> list[str]:
    """The complete types of a signature: `asas` is two."""
    found, start, depth = [], 0, 0
    for at, letter in enumerate(signature):
        depth += (letter in "({") - (letter in ")}")
        if letter != "a" and not depth:
            found.append(signature[start : at + 1])
            start = at + 1
    return found
