"""LanceDB without what its import brings along and a table in a folder never uses: the REST client and its
models, two thirds of the time, pandas, which PyArrow imports where it finds it, a third of the rest and
31 MB, and before Python 3.12 the checks of its methods' signatures, a quarter of what is left; and on how
many cores it computes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any, TypeVar

_CLIENT = "lance_namespace_urllib3_client"
_MODELS = f"{_CLIENT}.models"
_Method = TypeVar("_Method")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class _Later(type):
    """A model that is named in types, and imported when one is made."""

    def __call__(cls, *given: Any, **named: Any) -> Any:
        model = import_module(f"{_MODELS}.{_WORD.sub('_', cls.__name__).lower()}")
        return getattr(model, cls.__name__)(*given, **named)


def leave_out_client() -> None:
    """Import the client's package when one of its names is first asked for, and each of its models when one
    is made; a model's own module can be imported before."""
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
    _leave_out_models()


def _leave_out_models() -> None:
    spec = find_spec(_MODELS)
    if spec is None:
        return
    module = module_from_spec(spec)

    def later(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _Later(name, (), {})

    module.__dict__["__getattr__"] = later
    sys.modules[_MODELS] = module


class _WithoutPandas:
    """Finds pandas, so that who only asks whether it is there is answered, and does not import it."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, self) if name == "pandas" else None  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        raise ImportError("pandas is left out of this process")


def leave_out_checks() -> None:
    """For a program of ours: LanceDB's methods that override others are not compared with those each time it
    is imported."""
    try:
        import overrides
    except ImportError:  # `typing` has it since Python 3.12
        return

    def override(method: _Method) -> _Method:
        method.__override__ = True  # type: ignore[attr-defined]
        return method

    overrides.override = override  # type: ignore[assignment]


def leave_out_pandas() -> None:
    """For a program of ours that shows no tables, before it imports anything else: PyArrow notes once whether
    there is pandas."""
    sys.meta_path.insert(0, _WithoutPandas())


def compute_on_two_cores() -> None:
    """Before LanceDB is imported, which keeps two cores for reading and of two or three computes on one: both
    searches of a query of a million passages took 18 ms there, after each other, and take 15 side by side."""
    if 1 < (os.cpu_count() or 1) < 4:
        os.environ.setdefault("LANCE_CPU_THREADS", "2")
