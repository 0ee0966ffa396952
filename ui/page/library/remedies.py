"""What a person can do about a file that was not read, by the reason that the indexer gives."""

from __future__ import annotations

_RULES = {
    "hidden": "fix_hidden",
    "include": "fix_rules",
    "exclude": "fix_rules",
    ".gitignore": "fix_ignore",
    ".searcherignore": "fix_ignore",
    "size": "fix_size",
    "link": "fix_link",
    "outside": "fix_link",
    "unreadable": "fix_permission",
    "built-in": "fix_rules_own",
    "kind": "fix_kind",
}
_REASONS = (
    ("encrypted", "fix_encrypted"),
    ("no text layer", "fix_scan"),
    ("max_file_mb", "fix_size"),
    ("extract_seconds", "fix_time"),
    ("memory", "fix_split"),
    ("members", "fix_split"),
    ("zip bomb", "fix_split"),
    ("nested", "fix_split"),
    ("permission", "fix_permission"),
    ("cannot be read", "fix_permission"),
    ("kept changing", "fix_later"),
    ("stopped", "fix_later"),
    ("damaged", "fix_damaged"),
    ("cut off", "fix_damaged"),
    ("empty", "fix_nothing"),
    ("white space", "fix_nothing"),
    ("no text", "fix_nothing"),
    ("readable text", "fix_nothing"),
    ("no cell", "fix_nothing"),
)


def remedy(reason: str, rule: str | None = None) -> str:
    """Name of the string that says what helps."""
    if reason.endswith(": an icon"):
        return "fix_nothing"
    if rule in _RULES:
        return _RULES[rule]
    lowered = reason.lower()
    return next((name for part, name in _REASONS if part in lowered), "fix_other")
