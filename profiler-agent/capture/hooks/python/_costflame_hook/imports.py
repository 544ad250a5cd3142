"""Notices that the program imports a module that we patch, and patches it once it is there. Costs a look-up for each other import."""

import sys


def watch_imports(patches):
    """`patches`: name of a module -> (module of this package, function that is given the imported module)."""
    for name in [name for name in patches if name in sys.modules]:
        _patch(sys.modules[name], *patches.pop(name))
    sys.meta_path.insert(0, _Watcher(patches))


def _patch(module, part, function):
    try:
        from importlib import import_module

        getattr(import_module(__package__ + "." + part), function)(module)
    except Exception:
        # A library that is built otherwise than the ones we know: its calls stay as they are.
        pass


class _Watcher:
    """Stands first among the finders and finds nothing itself: it only prepares the loader of a module that is to be patched."""

    def __init__(self, patches):
        self._patches = patches

    def find_spec(self, name, path=None, target=None):
        patch = self._patches.pop(name, None)
        if patch is None:
            return None
        spec = self._found_by_others(name, path, target)
        if spec is None:
            self._patches[name] = patch
        elif spec.loader is not None:
            _patch_when_loaded(spec.loader, name, patch)
        return spec

    def _found_by_others(self, name, path, target):
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = None if find is None else find(name, path, target)
            if spec is not None:
                return spec
        return None


def _patch_when_loaded(loader, name, patch):
    """The loader itself stays: programs look at it, and at its class."""
    load = loader.exec_module

    def exec_module(module):
        load(module)
        if module.__name__ == name:
            try:
                del loader.exec_module
            except AttributeError:
                pass
            _patch(module, *patch)

    try:
        loader.exec_module = exec_module
    except Exception:
        # A loader that cannot be changed: the module stays as it is.
        pass
