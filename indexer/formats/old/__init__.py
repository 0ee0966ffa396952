"""Office before 2007: compound files of binary records, read as far as text, tables and slides go."""
