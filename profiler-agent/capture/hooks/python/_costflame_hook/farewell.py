"""What the hook tells the profiler when the program ends: what it saw, and that a run which began here is over. Takes 200 ms at most."""

import json
import sys
import time

from . import ingest

_LIMIT_SECONDS = 0.2


def say_farewell(hook):
    reporter = sys.modules.get(__package__ + ".reporter")
    lines = reporter.waiting_lines() if reporter is not None else []
    if hook.run.is_ours and hook.calls:
        lines.append(_line({"type": "runEnd", "runId": hook.run.run_id, "endedAt": int(time.time() * 1000)}))
    if hook.calls or hook.around or not hook.run.is_ours:
        lines.append(_line(_what_was_seen(hook)))
    if lines:
        ingest.send(hook.settings, lines, _LIMIT_SECONDS)


def _what_was_seen(hook):
    import os

    around = [{"host": host, "calls": count, "why": why} for (host, why), count in hook.around.items()]
    version = "%d.%d.%d" % sys.version_info[:3]
    seen = {"type": "hook", "runId": hook.run.run_id, "pid": os.getpid(), "runtime": "python " + version}
    return {**seen, "calls": hook.calls, "around": around}


def _line(message):
    return json.dumps(message)
