"""Programming languages by file name ending, by whole file name and by the program a `#!` line calls."""

from __future__ import annotations

import re

_ENDINGS = {
    "python": "py pyi pyw pyx",
    "javascript": "js mjs cjs jsx",
    "typescript": "ts mts cts tsx",
    "java": "java",
    "go": "go",
    "rust": "rs",
    "c": "c h",
    "c++": "cc cpp cxx hh hpp hxx ino cu cuh",
    "c#": "cs csx",
    "ruby": "rb rake gemspec",
    "php": "php phtml",
    "kotlin": "kt kts",
    "swift": "swift",
    "bash": "sh bash zsh ksh",
    "sql": "sql",
    "lua": "lua",
    "r": "r",
    "scala": "scala sc",
    "perl": "pl pm",
    "haskell": "hs lhs",
    "elixir": "ex exs",
    "erlang": "erl hrl",
    "clojure": "clj cljs cljc edn",
    "dart": "dart",
    "julia": "jl",
    "zig": "zig",
    "nim": "nim",
    "ocaml": "ml mli",
    "f#": "fs fsi fsx",
    "objective-c": "m mm",
    "groovy": "groovy gradle",
    "powershell": "ps1 psm1",
    "batch": "bat cmd",
    "fish": "fish",
    "vue": "vue",
    "svelte": "svelte",
    "css": "css scss sass less",
    "graphql": "graphql gql",
    "protobuf": "proto",
    "terraform": "tf hcl",
    "nix": "nix",
    "cmake": "cmake",
    "make": "mk mak",
    "visual basic": "vb vbs bas",
    "pascal": "pas pp dpr",
    "fortran": "f f90 f95 for",
    "assembly": "asm s",
    "lisp": "lisp el scm rkt",
    "d": "d",
    "crystal": "cr",
    "solidity": "sol",
    "verilog": "v sv",
    "vhdl": "vhd vhdl",
    "tcl": "tcl",
    "awk": "awk",
    "vim": "vim",
    "jinja": "j2 jinja",
}

_NAMES = {
    "makefile": "make",
    "gnumakefile": "make",
    "dockerfile": "dockerfile",
    "containerfile": "dockerfile",
    "cmakelists.txt": "cmake",
    "rakefile": "ruby",
    "gemfile": "ruby",
    "vagrantfile": "ruby",
    "jenkinsfile": "groovy",
    "build.bazel": "starlark",
    ".bashrc": "bash",
    ".zshrc": "bash",
    ".profile": "bash",
    ".bash_profile": "bash",
    ".vimrc": "vim",
}

_PROGRAMS = {
    "python": "python",
    "node": "javascript",
    "deno": "typescript",
    "bun": "typescript",
    "sh": "bash",
    "bash": "bash",
    "zsh": "bash",
    "ksh": "bash",
    "dash": "bash",
    "ruby": "ruby",
    "perl": "perl",
    "php": "php",
    "rscript": "r",
    "lua": "lua",
    "julia": "julia",
    "awk": "awk",
    "fish": "fish",
    "swift": "swift",
    "kotlin": "kotlin",
    "groovy": "groovy",
    "tclsh": "tcl",
    "pwsh": "powershell",
}

_BY_ENDING = {ending: language for language, endings in _ENDINGS.items() for ending in endings.split()}
_SHEBANG = re.compile(rb"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*)?(?:\S*/)?([A-Za-z]+)")


def by_name(name: str) -> str | None:
    """`python` for `tool.py`; None for a name that tells no language."""
    lowered = name.lower()
    if lowered in _NAMES:
        return _NAMES[lowered]
    _stem, dot, ending = lowered.rpartition(".")
    return _BY_ENDING.get(ending) if dot else None


def by_shebang(head: bytes) -> str | None:
    """`python` for `#!/usr/bin/env python3`; None without a `#!` line that calls a known program."""
    match = _SHEBANG.match(head)
    return _PROGRAMS.get(match[1].decode("ascii").lower()) if match else None
