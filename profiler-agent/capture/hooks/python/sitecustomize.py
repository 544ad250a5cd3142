# Entry of the Python hook. Python imports this file when it starts, because its folder is on PYTHONPATH: it installs the hook and
# then runs the `sitecustomize` that it stands before, so that a program finds what it would have found without us.
# Old syntax, so that an old Python can at least parse it and pass on.


def _install(folder):
    try:
        import sys

        if sys.version_info >= (3, 9):
            from _costflame_hook import install

            install(folder)
    except Exception:
        # The program must run as if we were not there; `costflame run` says that nothing was captured.
        pass


def _run_shadowed(folder):
    """What it raises is raised here too: `site` says of it what it says without us."""
    import os
    import sys

    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry) != folder]
    ours = sys.modules.pop("sitecustomize", None)
    try:
        __import__("sitecustomize")
    except ImportError as error:
        # As `site` does: an import that fails within it is an error, its absence is none.
        if getattr(error, "name", "sitecustomize") != "sitecustomize":
            raise
        sys.modules["sitecustomize"] = ours


def _start():
    import os

    folder = os.path.dirname(os.path.abspath(__file__))
    _install(folder)
    _run_shadowed(folder)


_start()
