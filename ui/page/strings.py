"""Every word the page says, in every language it speaks."""

from __future__ import annotations

from typing import Any

ENGLISH = {
    "app": "searcher",
    "nav_search": "Search",
    "search_label": "Search your files",
    "search_placeholder": "Ask, describe or name what you look for",
    "strong": "strong match",
    "likely": "likely match",
    "weak": "weak match",
    "words_only": "found by words",
    "meaning_of": "cosine {cosine:.2f}",
    "page": "page {page}",
    "line": "line {line}",
    "lines": "lines {first}–{last}",
    "changed": "changed since it was indexed",
    "more_passages": "{n} more in this file",
    "copies": "{n} copies",
    "results_one": "1 result",
    "results": "{n} results",
    "of_total": "{n} of {total}",
    "took": "{ms:.0f} ms",
    "more": "More results",
    "sort_relevance": "Best first",
    "sort_date": "Newest first",
    "clear_filters": "Clear filters",
    "filter_type": "Type",
    "filter_folder": "Folder",
    "filter_lang": "Language",
    "no_good": "Nothing matches well. These are the nearest things there are.",
    "none": "Nothing found for “{query}”",
    "none_filtered": "Nothing found with these filters",
    "none_hint": "Try other words, or describe what the passage says rather than how it is named.",
    "start_title": "Search by meaning, in any language",
    "start_hint": "A question, a description or an exact name. The answer may be in another language.",
    "files_indexed": "{n} files",
    "file_indexed": "1 file",
    "waiting_files": "{n} files waiting",
    "pending": "{n} passages still to embed",
    "paused": "paused",
    "up_to_date": "up to date",
    "no_indexer": "the indexer is not running",
    "model": "Model: {name}",
    "first_title": "Add a folder to search",
    "first_hint": "Type or paste the path of a folder. It is read on this machine; nothing leaves it.",
    "folder_label": "Folder",
    "folder_placeholder": "/home/you/Documents",
    "folder_add": "Add folder",
    "folder_missing": "Type the path of a folder first.",
    "preview": "Preview",
    "close": "Close",
    "open_system": "Open",
    "open_editor": "Open in editor",
    "copy_command": "Copy vim command",
    "copy_path": "Copy path",
    "copy_citation": "Copy citation",
    "copied": "Copied",
    "page_of": "Page {page} of {last}",
    "page_text": "Text of this page",
    "similar": "Similar documents",
}

GERMAN = {
    "app": "searcher",
    "nav_search": "Suche",
    "search_label": "Eigene Dateien durchsuchen",
    "search_placeholder": "Fragen, beschreiben oder benennen",
    "strong": "sicherer Treffer",
    "likely": "wahrscheinlicher Treffer",
    "weak": "schwacher Treffer",
    "words_only": "über Wörter gefunden",
    "meaning_of": "Kosinus {cosine:.2f}",
    "page": "Seite {page}",
    "line": "Zeile {line}",
    "lines": "Zeilen {first}–{last}",
    "changed": "seit dem Einlesen geändert",
    "more_passages": "{n} weitere in dieser Datei",
    "copies": "{n} Kopien",
    "results_one": "1 Treffer",
    "results": "{n} Treffer",
    "of_total": "{n} von {total}",
    "took": "{ms:.0f} ms",
    "more": "Mehr Treffer",
    "sort_relevance": "Beste zuerst",
    "sort_date": "Neueste zuerst",
    "clear_filters": "Filter entfernen",
    "filter_type": "Art",
    "filter_folder": "Ordner",
    "filter_lang": "Sprache",
    "no_good": "Nichts passt gut. Das hier kommt der Frage am nächsten.",
    "none": "Nichts gefunden zu „{query}“",
    "none_filtered": "Mit diesen Filtern wurde nichts gefunden",
    "none_hint": "Andere Wörter versuchen oder beschreiben, was in der Stelle steht.",
    "start_title": "Nach Bedeutung suchen, in jeder Sprache",
    "start_hint": "Eine Frage, eine Beschreibung oder ein Name. Die Antwort darf in anderer Sprache stehen.",
    "files_indexed": "{n} Dateien",
    "file_indexed": "1 Datei",
    "waiting_files": "{n} Dateien warten",
    "pending": "{n} Stellen noch einzubetten",
    "paused": "angehalten",
    "up_to_date": "aktuell",
    "no_indexer": "der Indexer läuft nicht",
    "model": "Modell: {name}",
    "first_title": "Einen Ordner hinzufügen",
    "first_hint": "Den Pfad eines Ordners eintippen oder einfügen. Nichts verlässt diesen Rechner.",
    "folder_label": "Ordner",
    "folder_placeholder": "/home/du/Dokumente",
    "folder_add": "Ordner hinzufügen",
    "folder_missing": "Bitte zuerst den Pfad eines Ordners eintippen.",
    "preview": "Vorschau",
    "close": "Schließen",
    "open_system": "Öffnen",
    "open_editor": "Im Editor öffnen",
    "copy_command": "vim-Befehl kopieren",
    "copy_path": "Pfad kopieren",
    "copy_citation": "Zitat kopieren",
    "copied": "Kopiert",
    "page_of": "Seite {page} von {last}",
    "page_text": "Text dieser Seite",
    "similar": "Ähnliche Dokumente",
}

LANGUAGES = {"en": ENGLISH, "de": GERMAN}


class Words:
    """The strings of one language: `words("results", n=3)`."""

    def __init__(self, language: str = "en") -> None:
        self.language = language if language in LANGUAGES else "en"
        self._table = LANGUAGES[self.language]

    def __call__(self, name: str, /, **values: Any) -> str:
        text = self._table[name]
        return text.format(**values) if values else text

    def number(self, value: int) -> str:
        """Grouped the way the language does it."""
        text = f"{value:,}"
        return text.replace(",", ".") if self.language == "de" else text
