"""Deferring: modules that operations name at their top but a list never touches are run at first use.

Events and the store's rows cost a list 10 ms that it has no use for (DESIGN §9).
"""

import sys
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec

_DEFERRED = ("cpoctl.events", "cpoctl.store.rows")


def defer() -> None:
    """Put the modules in their places without running them."""
    for name in _DEFERRED:
        if name not in sys.modules:
            _defer(name)


def _defer(name: str) -> None:
    spec = find_spec(name)
    if spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    package, _, child = name.rpartition(".")
    setattr(import_module(package), child, module)  # or else `from package import child` would run it
