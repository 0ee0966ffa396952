"""What a reference manager knows of the files it keeps: titles, dates, authors, tags."""
