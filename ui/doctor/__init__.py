"""`searcher doctor`: is everything in order, and if not, which command puts it right."""

from ui.doctor.checks import Check, examine

__all__ = ["Check", "examine"]
