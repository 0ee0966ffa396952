"""Mails in every wrapping: single files of several programs, mailboxes, saved pages, Outlook's own formats."""
