"""What makes safe HTML of files and their text."""
