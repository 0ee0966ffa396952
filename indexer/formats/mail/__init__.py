"""Mails in every wrapping: single files, mailboxes, saved pages, calendars, Outlook's own formats."""
