"""The headers that tell the proxy where a call comes from."""

import sys
from urllib.parse import quote

from . import call_site, origins

_RUN = "x-costflame-run"
_PARENT = "x-costflame-parent"
_TOKEN = "x-costflame-token"
_COMMAND = "x-costflame-command"
_CALL_SITE = "x-costflame-callsite"
_CONTEXT = "x-costflame-context"


def current_tags(hook, frame):
    """Name -> value for the call that is being made right now by `frame` or what it was called from. Throws nothing."""
    tags = {_RUN: hook.run.run_id, _PARENT: hook.run.run_id}
    if hook.settings.token:
        tags[_TOKEN] = hook.settings.token
    if hook.run.command is not None:
        tags[_COMMAND] = quote(hook.run.command, safe="!~*'()-_.", errors="replace")
    try:
        _add_call_site(tags, hook.settings.call_sites, frame)
        request = origins.request_id()
        if request is not None:
            tags[_CONTEXT] = request
        tags.update(_declared())
    except Exception:
        # The call is shown in its run, with what is known of it by now.
        pass
    return tags


def _add_call_site(tags, mode, frame):
    if mode == "off":
        return
    frames = call_site.user_frames(frame)
    if mode != "light":
        frames.extend(origins.frames_of_starters())
    text = call_site.encode(frames)
    if text:
        tags[_CALL_SITE] = text


def _declared():
    """What `costflame.py` has declared around this call; it leaves its function here when it is imported."""
    headers = getattr(sys, "_costflame_context", None)
    return headers() if headers is not None else ()
