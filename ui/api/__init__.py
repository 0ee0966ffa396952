"""The HTTP API under /api, on the page's own port."""

from ui.api.app import mount

__all__ = ["mount"]
