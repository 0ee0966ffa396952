"""The server's settings and the theme hold wherever the server is started from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from searcher.home import Home

ROOT = Path(__file__).parents[3]
CODE = """
import sys
from pathlib import Path
from searcher.home import Home
from searcher.settings import Settings
from ui.server import build_app
home = Home(Path(sys.argv[1]))
build_app(home, Settings.load(home))
from streamlit import config
names = ("browser.gatherUsageStats", "client.showErrorDetails", "theme.light.primaryColor", "logger.level")
print(*(config.get_option(name) for name in names))
"""


def test_the_config_is_found_from_any_folder(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    done = subprocess.run(
        [sys.executable, "-c", CODE, str(home.root)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == ["False", "none", "#2f6f5e", "warning"]
