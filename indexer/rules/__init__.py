"""Which files are read at all. Every rule applies before a byte is read, and every skip names its rule.

From weakest to strongest: built-in skips and hidden names, .gitignore, .searcherignore (whose `!` patterns
bring back what the weaker ones left out), the folder's include and exclude patterns.
"""

from indexer.rules.judge import FileEntry, Judge, Skipped
from indexer.rules.single import allows

__all__ = ["FileEntry", "Judge", "Skipped", "allows"]
