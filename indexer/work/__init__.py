"""The writer's work: files read in lanes, committed as rows, and given their vectors."""
