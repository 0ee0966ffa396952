"""The command line beside a server that does not answer as it should: the reason is said."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from searcher.home import Home
from searcher.runtime import write_server
from ui.cli.main import main


@contextmanager
def server(home: Home, status: int) -> Iterator[list[str]]:
    """One that answers every call with `status`; the calls' secrets."""
    secrets: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            secrets.append(self.headers.get("Authorization", ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps({"detail": "the reason"}).encode())

        def log_message(self, *_: object) -> None:
            pass

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    write_server(home, f"http://127.0.0.1:{listening.server_port}", with_token=False)
    try:
        yield secrets
    finally:
        listening.shutdown()
        listening.server_close()


def test_a_label_in_the_settings_is_said_with_the_way_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home").create()
    home.settings.write_text('mode = "meaning and words"\n')
    place = ["--home", str(home.root)]
    assert main([*place, "search", "ferry"]) == 2
    said = capfd.readouterr().err
    assert "'meaning and words'; it must be hybrid, meaning or words" in said
    assert main([*place, "settings", "reset", "mode"]) == 0
    assert main([*place, "settings", "set", "mode", "words"]) == 0
    assert home.settings.read_text() == 'mode = "words"\n'
    assert main([*place, "settings", "set", "mode", "Wörter"]) == 2
    assert main([*place, "settings", "list"]) == 0
    assert "hybrid, meaning or words" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, 1, "does not accept the secret"),
        (403, 1, "does not accept the secret"),
        (400, 2, "the reason"),
        (409, 1, "the reason"),
        (500, 1, "the reason"),
    ],
)
def test_a_refusal_is_said(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], status: int, code: int, said: str
) -> None:
    home = Home(tmp_path / "home").create()
    home.token.write_text("the secret of this home")
    with server(home, status) as secrets:
        assert main(["--home", str(home.root), "search", "ferry"]) == code
    assert said in capfd.readouterr().err
    assert secrets == ["Bearer the secret of this home"]
