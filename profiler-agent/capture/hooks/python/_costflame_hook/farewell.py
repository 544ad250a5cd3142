"""What the hook tells the profiler when the program ends: what it saw, and that a run which began here is over. Takes 200 ms at most."""

import os
import sys
import time

_LIMIT_SECONDS = 0.2


def say_farewell(hook):
    """A process that began a run of its own and made no call has none: it is not heard of."""
    reporter = sys.modules.get(__package__ + ".reporter")
    lines = reporter.waiting_lines() if reporter is not None else []
    if hook.run.is_ours and hook.calls:
        ended = (_quoted(hook.run.run_id), int(time.time() * 1000))
        lines.append('{"type": "runEnd", "runId": %s, "endedAt": %d}' % ended)
    if hook.calls or hook.around or not hook.run.is_ours:
        lines.append(_what_was_seen(hook))
    if not lines:
        return
    from . import ingest

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
