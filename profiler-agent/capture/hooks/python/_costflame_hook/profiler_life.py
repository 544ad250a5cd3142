"""Whether the profiler that this process was pointed at still lives: its port may be another program's by now, which must get neither
keys nor prompts. Known by the file with which a profiler announces itself, and by its process.
"""

import os
import time

#: A profiler that was started again is found so soon.
_LOOK_AGAIN_SECONDS = 0.1

_pid = None
_looked_at = None
_is_dead_for_now = False


def is_dead(settings):
    """False also where nobody can tell: then the socket decides. Costs one question to the operating system while it lives."""
    global _pid, _looked_at, _is_dead_for_now
    # Elsewhere a signal of 0 is no question.
    if os.name != "posix" or not settings.data:
        return False
    if _pid is not None and _is_alive(_pid):
        return False
    now = time.monotonic()
    if _looked_at is None or now - _looked_at >= _LOOK_AGAIN_SECONDS:
        _looked_at = now
        announced = _announced(os.path.join(settings.data, "live"))
        _pid = next((pid for pid, file in announced or () if _is_alive(pid) and _is_at(file, settings.proxy)), None)
        _is_dead_for_now = announced is not None and _pid is None
    return _is_dead_for_now


def _announced(folder):
    """(process, file) of each profiler that announced itself; None where the folder cannot be read, or never was."""
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    pids = [int(name[:-5]) for name in names if name.endswith(".json") and name[:-5].isdigit()]
    return [(pid, os.path.join(folder, "%d.json" % pid)) for pid in pids]


def _is_at(file, proxy):
    """Without the module `json`, whose loading would be most of what this costs."""
    try:
        with open(file, encoding="utf-8") as opened:
            return '"proxy":"%s"' % proxy in opened.read()
    except (OSError, ValueError):
        # Gone by now, or not ours to read.
        return False


def _is_alive(pid):
    try:
        os.kill(pid, 0)
        return True
    except PermissionError:
        return True
    except OSError:
        return False
