"""What the hook tells the profiler when the program ends: what it saw, and that a run which began here is over. Takes 200 ms at most."""

import os
import sys
import time

from . import ingest

_LIMIT_SECONDS = 0.2


def say_farewell(hook):
    """Told also where no call was made: a child process may have made some, and `costflame run` says what was there to be seen."""
    reporter = sys.modules.get(__package__ + ".reporter")
    lines = reporter.waiting_lines() if reporter is not None else []
    lines.append(_what_was_seen(hook))
    if hook.run.is_ours:
        ended = (_quoted(hook.run.run_id), int(time.time() * 1000))
        lines.append('{"type": "runEnd", "runId": %s, "endedAt": %d}' % ended)
    ingest.send(hook.settings, lines, _LIMIT_SECONDS)


def _what_was_seen(hook):
    around = ", ".join(
        '{"host": %s, "calls": %d, "why": %s}' % (_quoted(host), count, _quoted(why))
        for (host, why), count in hook.around.items()
    )
    runtime = _quoted("python %d.%d.%d" % sys.version_info[:3])
    facts = (_quoted(hook.run.run_id), os.getpid(), runtime, hook.calls, around)
    return '{"type": "hook", "runId": %s, "pid": %d, "runtime": %s, "calls": %d, "around": [%s]}' % facts


def _quoted(text):
    """As JSON has it; hosts and our own words have no control characters."""
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')
