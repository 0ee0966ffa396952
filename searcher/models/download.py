"""A large file over HTTP: resumed after any interruption, checked before it gets its name.

The hub's own package (2.x) throws a half-finished file away, which for these sizes costs an hour.
"""

from __future__ import annotations

import hashlib
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any, cast

from searcher import system
from searcher.errors import DownloadFailed

Progress = Callable[[int, int], None]  # bytes done, bytes in all

_PROBE_SECONDS = 4.0
_READ_SECONDS = 30.0
_PIECE = 1 << 20
_ATTEMPTS_WITHOUT_PROGRESS = 4
_PAUSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Remote:
    size: int  # bytes
    sha256: str  # empty where the server does not tell


def download(url: str, path: Path, progress: Progress | None = None) -> Path:
    """Fetch `url` to `path`. What is there of an earlier attempt is kept in `path`.part and continued.

    An address that does not answer costs at most five seconds. Raises DownloadFailed with the reason.
    """
    remote = _ask(url)
    part = path.with_name(path.name + ".part")
    idle = 0
    while (done := _size(part)) != remote.size:
        if done > remote.size:
            part.unlink()
            continue
        try:
            _continue(url, part, remote.size, progress)
        except (OSError, ValueError) as error:
            idle = 0 if _size(part) > done else idle + 1
            if idle == _ATTEMPTS_WITHOUT_PROGRESS:
                raise DownloadFailed(
                    f"the download of {path.name} broke off after {_size(part) >> 20} MB: {_line(error)}; "
                    "try again, it goes on from there"
                ) from error
            time.sleep(_PAUSE_SECONDS * idle)
    if remote.sha256 and _sha256(part) != remote.sha256:
        part.unlink()
        raise DownloadFailed(f"{path.name} arrived damaged (its sha256 is not the hub's); try again")
    system.replace(part, path)
    return path


def _continue(url: str, part: Path, size: int, progress: Progress | None) -> None:
    done = _size(part)
    request = urllib.request.Request(url, headers={"User-Agent": "searcher", "Range": f"bytes={done}-"})
    with urllib.request.urlopen(request, timeout=_READ_SECONDS) as response:
        if done and response.status != 206:
            done = 0  # a server without ranges begins again
        with part.open("r+b" if part.exists() else "wb") as out:
            out.truncate(done)
            out.seek(done)
            while piece := response.read(_PIECE):
                out.write(piece)
                done += len(piece)
                if progress:
                    progress(done, size)
    if done != size:
        raise OSError(f"the connection closed at {done} of {size} bytes")


def _ask(url: str) -> _Remote:
    """Size and hash of the file. In a thread: resolving a name has no time limit of its own."""
    outcome: list[_Remote | str] = []

    def probe() -> None:
        try:
            outcome.append(_remote(_head(url)))
        except urllib.error.HTTPError as error:
            outcome.append(f"it answered {error.code} {error.reason}")
        except (OSError, ValueError) as error:
            outcome.append(_line(getattr(error, "reason", error)))

    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(_PROBE_SECONDS + 1)
    reply = outcome[0] if outcome else f"no answer within {_PROBE_SECONDS + 1:.0f} s"
    if isinstance(reply, str):
        raise DownloadFailed(reply)
    return reply


class _Stay(urllib.request.HTTPRedirectHandler):
    """The hub tells size and hash in the answer that redirects, not in the one behind it."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _head(url: str) -> Message:
    request = urllib.request.Request(url, method="HEAD", headers={"User-Agent": "searcher"})
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=_PROBE_SECONDS) as response:
            return cast(Message, response.headers)
    except urllib.error.HTTPError as error:
        if error.code in (301, 302, 303, 307, 308) and error.headers.get("X-Linked-Size"):
            return error.headers
        if error.code not in (301, 302, 303, 307, 308):
            raise
    with urllib.request.urlopen(request, timeout=_PROBE_SECONDS) as response:  # a mirror that moved
        return cast(Message, response.headers)


def _remote(headers: Message) -> _Remote:
    size = headers.get("X-Linked-Size") or headers.get("Content-Length")
    etag = (headers.get("X-Linked-Etag") or "").strip('W/"')
    if not size or not int(size):
        raise ValueError("it does not tell the file's size")
    return _Remote(int(size), etag if len(etag) == 64 else "")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
