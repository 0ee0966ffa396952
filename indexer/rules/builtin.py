"""What is left out unless a person asks for it: the one list of built-in skips.

`!name` in a .searcherignore, or an include pattern that names it, brings any of them back.
"""

from __future__ import annotations

import re
from collections.abc import Container

from indexer.formats import refused

# always made by programs
FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".bzr",
        ".jj",
        "CVS",
        "_darcs",
        "RCS",
        "SCCS",
        "node_modules",
        "bower_components",
        "__pycache__",
        "site-packages",
        "DerivedData",
        "$RECYCLE.BIN",
        "System Volume Information",
        "lost+found",
        "__MACOSX",
    }
)

# made by programs when one of these stands beside them: a person's folder may have the same name
OUTPUT_FOLDERS = {
    "target": ("Cargo.toml", "pom.xml", "build.sbt", "project.clj"),
    "build": (
        "package.json",
        "pyproject.toml",
        "setup.py",
        "CMakeLists.txt",
        "build.gradle",
        "build.gradle.kts",
        "meson.build",
        "Makefile",
        "configure.ac",
        "pubspec.yaml",
    ),
    "dist": ("package.json", "pyproject.toml", "setup.py"),
    "out": ("package.json", "build.gradle", "build.gradle.kts", "tsconfig.json"),
    "bin": ("packages.config", "Directory.Build.props", "global.json"),
    "obj": ("packages.config", "Directory.Build.props", "global.json"),
    "vendor": ("go.mod", "composer.json", "Gemfile", "Cargo.toml"),
    "Pods": ("Podfile",),
    "coverage": ("package.json",),
    "_build": ("mix.exs", "dune-project", "conf.py"),
    "deps": ("mix.exs",),
}

# a file inside that gives a folder away
TELLTALES = {"pyvenv.cfg": "a Python environment", "CACHEDIR.TAG": "a cache"}

NAMES = frozenset(
    {
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lock",
        "bun.lockb",
        "Cargo.lock",
        "poetry.lock",
        "uv.lock",
        "pdm.lock",
        "Pipfile.lock",
        "composer.lock",
        "Gemfile.lock",
        "Podfile.lock",
        "mix.lock",
        "pubspec.lock",
        "go.sum",
        "go.work.sum",
        "flake.lock",
        "packages.lock.json",
        "gradle.lockfile",
        "Package.resolved",
        "Thumbs.db",
        "desktop.ini",
        "ehthumbs.db",
    }
)

ENDINGS = (".min.js", ".min.css", ".min.mjs", ".js.map", ".css.map", ".mjs.map", "~", "-journal")
COPIES = re.compile(
    r"#.+#|.+\.(?:bak|orig|rej|backup|autosave)|.+\.sync-conflict-\d{8}-\d{6}.*|.+_conf\(\d+\)\.\w+"
    r"|.+\(.*(?:conflicted copy|case conflict|\d{4}-\d\d-\d\d.*conflict|conflict.*\d{4}-\d\d-\d\d).*\).*"
    r"|.+ \(.*(?:in Konflikt stehende Kopie|copie en conflit|copia en conflicto).*\).*",
    re.I,
)  # of a file that lies beside them: an editor's, a synchroniser's
BEGINNINGS = ("~$",)  # what office programs keep while a file is open

EXTENSIONS = frozenset(
    {
        "7z",
        "a",
        "aab",
        "apk",
        "arj",
        "arrow",
        "bin",
        "blend",
        "br",
        "cab",
        "class",
        "com",
        "cr2",
        "crdownload",
        "cur",
        "dat",
        "db",
        "db3",
        "deb",
        "dex",
        "dll",
        "dmg",
        "dylib",
        "ear",
        "elf",
        "eot",
        "exe",
        "fbx",
        "feather",
        "gguf",
        "glb",
        "h5",
        "hdf5",
        "icns",
        "ico",
        "img",
        "iso",
        "jar",
        "jp2",
        "ko",
        "lance",
        "lib",
        "lz",
        "lz4",
        "lzma",
        "mdb",
        "mid",
        "midi",
        "mo",
        "msi",
        "nef",
        "node",
        "npy",
        "npz",
        "o",
        "obj",
        "onnx",
        "orc",
        "otf",
        "parquet",
        "part",
        "pdb",
        "pickle",
        "pkl",
        "psd",
        "pt",
        "pth",
        "pyc",
        "pyd",
        "pyo",
        "qcow2",
        "rar",
        "raw",
        "rdb",
        "rpm",
        "safetensors",
        "ser",
        "so",
        "sqlite",
        "sqlite3",
        "stl",
        "svgz",
        "swf",
        "swo",
        "swp",
        "tflite",
        "tmp",
        "ttf",
        "vdi",
        "vhd",
        "vhdx",
        "vmdk",
        "war",
        "wasm",
        "whl",
        "woff",
        "woff2",
        "xcf",
        "z",
        "zst",
    }
)


_COPY_ENDINGS = frozenset({"bak", "orig", "rej", "backup", "autosave"})


def skipped_folder(name: str, beside: Container[str]) -> str | None:
    """Why a folder of this name is left out, given the names beside it; None when it is not."""
    if name in FOLDERS:
        return f"folders named {name} hold what programs made"
    for marker in OUTPUT_FOLDERS.get(name, ()):
        if marker in beside:
            return f"{name} beside {marker} holds what programs made"
    return None


def skipped_file(name: str) -> str | None:
    """Why a file of this name is left out, or None. Called for every file: cheapest checks first."""
    ending = name[name.rfind(".") + 1 :]
    if ending in EXTENSIONS or (not ending.islower() and ending.lower() in EXTENSIONS):
        if ending != name:
            return refused.why(name) or f".{ending} files hold no text"
    elif name in NAMES:
        return "written by a program, not by a person"
    if name.endswith(ENDINGS) or name.startswith(BEGINNINGS):
        return "made by a program from another file"
    if (name[0] == "#" or "(" in name or ".sync-" in name or ending in _COPY_ENDINGS) and COPIES.fullmatch(
        name
    ):
        return "a copy that an editor or a synchroniser left beside the file"
    return None
