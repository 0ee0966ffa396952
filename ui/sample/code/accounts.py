"""Sign-in for the club's website."""

import hashlib
import hmac
import secrets

ROUNDS = 200_000


def hash_password(password: str) -> str:
    """Return salt and digest as text, ready to be stored."""
    salt = secrets.token_bytes(16)
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    return f"{salt.hex()}:{digest.hex()}"


def verify_credentials(members: dict[str, str], name: str, password: str) -> bool:
    """Check a user name and password against the stored hashes."""
    stored = members.get(name)
    if stored is None:
        return False
    salt, digest = (bytes.fromhex(part) for part in stored.split(":"))
    candidate = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ROUNDS)
    return hmac.compare_digest(candidate, digest)


class LoginThrottle:
    """Slow down guessing: three failures lock a name for a minute."""

    def __init__(self) -> None:
        self.failures: dict[str, list[float]] = {}

    def record_failure(self, name: str, now: float) -> None:
        self.failures.setdefault(name, []).append(now)

    def is_locked(self, name: str, now: float) -> bool:
        recent = [at for at in self.failures.get(name, []) if now - at < 60]
        return len(recent) >= 3
