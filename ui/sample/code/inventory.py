"""Stock of the bicycle workshop."""

import csv
from collections import Counter
from pathlib import Path


def load_stock(path: Path) -> Counter[str]:
    """Read part numbers and quantities from a CSV file."""
    with path.open(newline="", encoding="utf-8") as lines:
        return Counter({row["part"]: int(row["quantity"]) for row in csv.DictReader(lines)})


def parts_to_reorder(stock: Counter[str], minimum: int = 5) -> list[str]:
    """Parts of which fewer than `minimum` are left, scarcest first."""
    return sorted((part for part in stock if stock[part] < minimum), key=stock.__getitem__)
