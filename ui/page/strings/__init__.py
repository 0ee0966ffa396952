"""Every word the page says, in every language it speaks: one module a language, named by its code.

Such a module has NAME, what it calls itself; DECIMAL and GROUP, the signs in its numbers; STRINGS, with the
same names in each; LANGUAGES, codes of languages and what it calls them; PLACES, what it says for the names
that readers of files give to places in them; and REASONS, for the English in which files and searches give
theirs.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from ui.page.strings.reasons import Reasons

_LANGUAGES: dict[str, Any] = {
    found.name: import_module(f"{__name__}.{found.name}")
    for found in iter_modules(__path__)
    if len(found.name) == 2
}
LANGUAGES: dict[str, dict[str, str]] = {code: module.STRINGS for code, module in _LANGUAGES.items()}
_NAMES: dict[str, dict[str, str]] = {
    code: dict(entry.split(" ", 1) for entry in module.LANGUAGES.strip().replace(",\n", ", ").split(", "))
    for code, module in _LANGUAGES.items()
}
_PLACES = {code: Reasons(module.PLACES) for code, module in _LANGUAGES.items()}


def _place(language: str, anchor: str) -> str:
    return ", ".join(map(_PLACES[language], anchor.split(", ")))


_REASONS = {code: Reasons(module.REASONS, partial(_place, code)) for code, module in _LANGUAGES.items()}

_PROGRAMMING = {
    "python": "Python",
    "javascript": "JavaScript",
    "typescript": "TypeScript",
    "tsx": "TypeScript",
    "java": "Java",
    "go": "Go",
    "rust": "Rust",
    "c": "C",
    "cpp": "C++",
    "csharp": "C#",
    "ruby": "Ruby",
    "php": "PHP",
    "kotlin": "Kotlin",
    "swift": "Swift",
    "bash": "Bash",
    "sql": "SQL",
}


class Words:
    """The strings of one language: `words("results", n=3)`."""

    def __init__(self, language: str = "en") -> None:
        self.language = language if language in _LANGUAGES else "en"
        self._module = _LANGUAGES[self.language]
        self.reason = _REASONS[self.language]

    def __call__(self, name: str, /, **values: Any) -> str:
        text: str = self._module.STRINGS[name]
        return text.format(**values) if values else text

    def place(self, anchor: str) -> str:
        """ "Folie 2, Notizen" for "slide 2, notes"; a name that a file has for a place as it is."""
        return _place(self.language, anchor)

    def option(self, setting: str, value: str) -> str:
        """A choice of a setting in words; a value without a word of its own as it is."""
        if setting == "language":
            return str(_LANGUAGES[value].NAME)
        return str(self._module.STRINGS.get(f"option_{setting}_{value}", value))

    def language_name(self, code: str) -> str:
        """ "German" for "de", "C++" for "cpp"; any other code as it is."""
        return _NAMES[self.language].get(code) or _PROGRAMMING.get(code, code)

    def decimal(self, value: float) -> str:
        """With one digit behind the sign that the language uses."""
        return f"{value:.1f}".replace(".", self._module.DECIMAL)

    def number(self, value: int) -> str:
        """Grouped the way the language does it."""
        return f"{value:,}".replace(",", self._module.GROUP)
