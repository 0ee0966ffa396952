"""Who is let in: the owner of a connection, the guard before every call, limits on connections."""
