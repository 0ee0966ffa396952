"""What differs between the folders and the catalogue: scans, watching, drives that are away."""
