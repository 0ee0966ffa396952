"""What other packages would add to a Streamlit page is no part of this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
REGISTERED = """
from streamlit.components.v2.component_manager import BidiComponentManager
from ui.server import leave_components_of_others

def registered():
    manager = BidiComponentManager()
    manager.discover_and_register_components(start_file_watching=False)
    return manager.get("streamlit-guest.button") is not None

print(registered(), leave_components_of_others() or registered())
"""


def test_components_of_other_packages_are_left(tmp_path: Path) -> None:
    about = tmp_path / "streamlit_guest-1.0.dist-info"
    package = tmp_path / "streamlit_guest"
    for folder in (about, package):
        folder.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: streamlit-guest\nVersion: 1.0\n")
    (about / "RECORD").write_text("streamlit_guest/__init__.py,,\nstreamlit_guest/pyproject.toml,,\n")
    (package / "__init__.py").write_text("")
    (package / "pyproject.toml").write_text(
        '[project]\nname = "streamlit-guest"\nversion = "1.0"\n'
        '[[tool.streamlit.component.components]]\nname = "button"\n'
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    said = subprocess.check_output([sys.executable, "-c", REGISTERED], env=environment, text=True)
    assert said.split() == ["True", "False"]
