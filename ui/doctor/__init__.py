"""`searcher doctor`: is everything in order, and if not, which command puts it right."""

from ui.doctor.check import Check
from ui.doctor.examine import examine

__all__ = ["Check", "examine"]
