"""Starting with the session: what each system needs to be told for it."""

from ui.autostart.choose import arguments, plan
from ui.autostart.plan import Plan

__all__ = ["Plan", "arguments", "plan"]
