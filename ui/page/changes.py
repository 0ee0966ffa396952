"""Whether the index is another than a moment ago: a few file times, so that many tabs may ask often."""

from __future__ import annotations

from searcher.home import Home

Stamp = tuple[tuple[str, int, int], ...]


def stamp(home: Home) -> Stamp:
    """Differs whenever files were indexed, embedded, removed, or another table took the live one's place."""
    places = [home.catalogue, *home.catalogue_parts[:1], home.folders, home.settings, home.live]
    places += home.versions_of_tables()
    seen = []
    for place in places:
        try:
            state = place.stat()
        except OSError:
            continue
        seen.append((place.name, state.st_mtime_ns, state.st_size))
    return tuple(sorted(seen))
