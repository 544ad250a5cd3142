"""Costflame's hook in a Python program: tells the proxy where each model call comes from and brings calls there that no variable can.

Runs inside somebody's program, so it prints nothing, raises nothing of its own and loads next to nothing before it is needed: a client
library is touched when the program imports it. Only the standard library, Python 3.9 and newer.
"""

import os

_MAX_AROUND = 50


class Hook:
    """What all parts of the hook in one process share."""

    def __init__(self, settings, run):
        self.settings = settings
        self.run = run
        #: Model calls that went through the proxy or were observed.
        self.calls = 0
        #: Calls that went straight to a provider: (host, why) -> how many.
        self.around = {}

    def went_around(self, host, why):
        known = self.around.get((host, why), 0)
        if known or len(self.around) < _MAX_AROUND:
            self.around[(host, why)] = known + 1

    def start_over(self):
        """In a forked process: what was seen is the parent's to tell, and the run is its to end."""
        self.calls = 0
        self.around = {}
        self.run.is_ours = False


#: None until the hook is installed, and for good in a process that has nothing to do with a profiler.
hook = None


def install(folder):
    """Installs the hook into this process, unless it is switched off or stands already. `folder` is that of `sitecustomize.py`."""
    global hook
    if hook is not None:
        return
    from .settings import read_settings

    settings = read_settings(os.environ, folder)
    if settings is None:
        return
    from .run_identity import join_run

    hook = Hook(settings, join_run(os.environ))
    from .imports import watch_imports

    watch_imports(
        {
            "httpx._transports.default": ("patch_httpx", "patch"),
            "urllib3.connectionpool": ("patch_urllib3", "patch"),
            "aiohttp.connector": ("patch_aiohttp", "patch_connector"),
            "aiohttp.client": ("patch_aiohttp", "patch_client"),
            "http.client": ("patch_http_client", "patch"),
            "http.server": ("incoming", "patch_http_server"),
            "aiohttp.web_protocol": ("incoming", "patch_aiohttp_server"),
            "gunicorn.http.wsgi": ("incoming", "patch_gunicorn"),
            "uvicorn.protocols.http.h11_impl": ("incoming", "patch_uvicorn"),
            "uvicorn.protocols.http.httptools_impl": ("incoming", "patch_uvicorn"),
            "starlette.applications": ("incoming", "patch_starlette"),
        }
    )
    import atexit

    atexit.register(_at_exit)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=hook.start_over)


def user_frames(frame):
    """(file, line, function) of the user's own lines from `frame` outwards, innermost first, across tasks and threads. For `costflame.py`."""
    from . import call_site, origins

    return call_site.user_frames(frame) + origins.frames_of_starters()


def _at_exit():
    try:
        from .farewell import say_farewell

        say_farewell(hook)
    except Exception:
        # Nobody is left to be told.
        pass
