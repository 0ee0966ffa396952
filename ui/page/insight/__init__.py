"""The insight page."""
