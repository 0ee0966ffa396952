"""Searches, upkeep, disk and memory from ten thousand passages to a million, beside other libraries."""
