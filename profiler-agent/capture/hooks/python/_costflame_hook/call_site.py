"""The user's own lines that led to what is being done right now, as the call-site header says them: innermost first, percent-encoded."""

import os
import sys
from urllib.parse import quote

#: As JavaScript's encodeURIComponent leaves them, and what may stand in a header value and means nothing in its grammar.
_PLAIN = "/[]@$&+=!~*'()-_."
_MAX_BYTES = 8 * 1024
_MAX_FRAMES = 64

_STANDARD_LIBRARY = os.path.dirname(os.path.abspath(os.__file__)) + os.sep
_OURS = os.path.dirname(os.path.abspath(__file__)) + os.sep
#: A task begins in this file: what lies below is the event loop, not who made the task.
_EVENT_LOOP = os.path.join(_STANDARD_LIBRARY, "asyncio", "events.py")

#: Name of a code's file -> its path if it is the user's, else None.
_user_files = {}


def user_frames(frame, limit=_MAX_FRAMES):
    """(file, line, function) of the user's frames from `frame` outwards, up to where its task or thread begins."""
    frames = []
    while frame is not None and len(frames) < limit:
        code = frame.f_code
        name = code.co_filename
        if name == _EVENT_LOOP and code.co_name == "_run":
            break
        file = _user_files.get(name, _user_files)
        if file is _user_files:
            file = _user_files[name] = _user_file(name, frame.f_globals)
        if file is not None:
            frames.append((file, frame.f_lineno, getattr(code, "co_qualname", code.co_name)))
        frame = frame.f_back
    return frames


def _user_file(name, variables):
    """None for Python's own code, this hook, installed packages, `costflame.py` and code without a file."""
    if name[:1] == "<" or "__costflame_api__" in variables:
        return None
    path = os.path.abspath(name)
    parts = path.replace("\\", "/").split("/")
    if "site-packages" in parts or "dist-packages" in parts:
        return None
    return None if path.startswith((_OURS, _STANDARD_LIBRARY)) else path


def encode(frames):
    """Whole frames only, as many as the header may hold. What cannot be said is left out."""
    parts = []
    size = -1
    for file, line, function in frames:
        try:
            part = "%s:%d" % (quote(file, safe=_PLAIN), line)
            if function != "<module>":
                part += ";" + quote(function.replace(".<locals>", ""), safe=_PLAIN)
        except (UnicodeError, TypeError):
            continue
        size += len(part) + 1
        if size > _MAX_BYTES:
            break
        parts.append(part)
    return ",".join(parts)
