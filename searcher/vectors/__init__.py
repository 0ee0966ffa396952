"""Vectors as they are kept: the directions they are cut along, and how their components are laid out."""
