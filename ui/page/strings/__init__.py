"""Every word the page says, in every language it speaks: one module a language, the same names in each."""

from __future__ import annotations

from typing import Any

from ui.page.strings import de, en

_NAMES = {
    "de": {"en": "German", "de": "Deutsch"},
    "en": {"en": "English", "de": "Englisch"},
    "fr": {"en": "French", "de": "Französisch"},
    "es": {"en": "Spanish", "de": "Spanisch"},
    "it": {"en": "Italian", "de": "Italienisch"},
    "pt": {"en": "Portuguese", "de": "Portugiesisch"},
    "nl": {"en": "Dutch", "de": "Niederländisch"},
    "pl": {"en": "Polish", "de": "Polnisch"},
    "ru": {"en": "Russian", "de": "Russisch"},
    "zh": {"en": "Chinese", "de": "Chinesisch"},
    "ja": {"en": "Japanese", "de": "Japanisch"},
    "ko": {"en": "Korean", "de": "Koreanisch"},
    "ar": {"en": "Arabic", "de": "Arabisch"},
    "hi": {"en": "Hindi", "de": "Hindi"},
    "tr": {"en": "Turkish", "de": "Türkisch"},
}

LANGUAGES = {"en": en.STRINGS, "de": de.STRINGS}


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
        self.language = language if language in LANGUAGES else "en"
        self._table = LANGUAGES[self.language]

    def __call__(self, name: str, /, **values: Any) -> str:
        text = self._table[name]
        return text.format(**values) if values else text

    def option(self, setting: str, value: str) -> str:
        """A choice of a setting in words; a value without a word of its own as it is."""
        return self._table.get(f"option_{setting}_{value}", value)

    def language_name(self, code: str) -> str:
        """ "German" for "de", "C++" for "cpp"; any other code as it is."""
        return _NAMES.get(code, {}).get(self.language) or _PROGRAMMING.get(code, code)

    def decimal(self, value: float) -> str:
        """With one digit behind the sign that the language uses."""
        text = f"{value:.1f}"
        return text.replace(".", ",") if self.language == "de" else text

    def number(self, value: int) -> str:
        """Grouped the way the language does it."""
        text = f"{value:,}"
        return text.replace(",", ".") if self.language == "de" else text
