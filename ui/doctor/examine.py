"""All checks in one order."""

from __future__ import annotations

from searcher.errors import IndexUnreachable, SearcherError
from searcher.home import Home
from searcher.settings import Settings
from ui.doctor import index, machine, model, space
from ui.doctor.check import Check, Checking


def examine(home: Home, settings: Settings, *, repair: bool = False) -> list[Check]:
    """All checks, in the order in which one depends on the other. With `repair`, safe repairs are made.

    A check that itself breaks is reported as wrong and stops no other.
    """
    home.create()
    groups: tuple[tuple[Checking, ...], ...] = (machine.CHECKS, space.CHECKS, model.CHECKS, index.CHECKS)
    checks: list[Check] = []
    for checking in (checking for group in groups for checking in group):
        try:
            checks.extend(checking(home, settings, repair))
        except IndexUnreachable as error:  # said once, whatever needs it
            what, _, remedy = str(error).partition("; ")
            away = Check("place", False, what, remedy)
            checks += [] if away in checks else [away]
        except SearcherError as error:
            what, _, remedy = str(error).partition("; ")
            checks.append(Check(checking.__name__, False, what, remedy or "searcher doctor --fix"))
        except Exception as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            checks.append(Check(checking.__name__, False, reason, "searcher doctor --fix"))
    return checks
