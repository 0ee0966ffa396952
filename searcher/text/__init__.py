"""The words of texts: terms as they are indexed and asked for, and words that say little."""
