"""Changing settings.toml in place: comments and everything a person wrote stay."""

from __future__ import annotations

from typing import Any

from searcher.errors import SettingsError
from searcher.files import write_atomic
from searcher.home import Home
from searcher.settings import checked


def change(home: Home, **values: Any) -> None:
    """Set the named settings; None takes one back to its default. Raises SettingsError, nothing written.

    A value of the environment or of a flag still wins over the file. What else is wrong in the file stays, so
    that it can be put right one by one.
    """
    import tomlkit

    home.create()
    document = _read(home)
    for name, value in values.items():
        if value is None:
            document.pop(name, None)
        else:
            document[name] = tomlkit.item(checked(name, value, str(home.settings)))
    write_atomic(home.settings, tomlkit.dumps(document).encode("utf-8"))


def reset_wrong(home: Home) -> list[str]:
    """Take every setting that is unknown or has a value it cannot have out of the file; their names."""
    wrong = []
    for name, value in _read(home).unwrap().items():
        try:
            checked(name, value, str(home.settings))
        except SettingsError:
            wrong.append(name)
    if wrong:
        change(home, **dict.fromkeys(wrong))
    return wrong


def _read(home: Home) -> Any:
    """The document of tomlkit. Raises SettingsError."""
    import tomlkit

    try:
        return tomlkit.parse(home.settings.read_text("utf-8"))
    except FileNotFoundError:
        return tomlkit.document()
    except (OSError, ValueError) as error:
        raise SettingsError(f"cannot read {home.settings}: {error}; correct or remove it") from error
