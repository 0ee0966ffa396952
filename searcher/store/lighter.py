"""LanceDB without the REST client that it imports and a table in a folder never uses: half of the time that
its import takes, in every process that opens a library."""

from __future__ import annotations

import sys
from importlib.util import find_spec, module_from_spec
from typing import Any

_CLIENT = "lance_namespace_urllib3_client"


def leave_out_client() -> None:
    """Import the client's package when one of its names is first asked for; its models can be imported
    before."""
    spec = None if _CLIENT in sys.modules else find_spec(_CLIENT)
    if spec is None or spec.loader is None:
        return
    module, loader = module_from_spec(spec), spec.loader

    def missing(name: str) -> Any:
        del module.__dict__["__getattr__"]
        loader.exec_module(module)
        return getattr(module, name)

    module.__dict__["__getattr__"] = missing
    sys.modules[_CLIENT] = module
