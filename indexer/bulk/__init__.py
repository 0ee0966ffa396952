"""New files in shards, each read and embedded wherever there is a processor for it, and committed whole."""
