"""Pictures, recordings and films: what they say of themselves, in one short passage a file."""
