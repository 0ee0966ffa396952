"""What the indexer is asked to do, by whom, and what it says of itself."""
