"""What keeps an index whole: moving to another model, repair, forgetting, a lost catalogue made again."""
