"""A slide of PowerPoint's as a picture."""
