"""Results in the desktop's own search: GNOME's overview and KDE's KRunner, both over D-Bus."""
