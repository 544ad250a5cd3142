"""Sends what was observed to the profiler, from a thread of its own that never keeps the program alive. Says nothing when the profiler is gone."""

import os
import threading

from . import ingest

_BATCH_SECONDS = 0.05
_SEND_SECONDS = 2.0
#: As many wait for a profiler that is gone and may come back; the oldest are given up.
_MAX_WAITING = 200
_MAX_WAITING_BYTES = 16 * 1024 * 1024

_lock = threading.Lock()
_waiting = []
_thread = None


def report(line):
    """Takes a line for `POST /ingest`; it is sent soon, together with others."""
    global _thread
    with _lock:
        _waiting.append(line)
        while len(_waiting) > _MAX_WAITING or (len(_waiting) > 1 and sum(map(len, _waiting)) > _MAX_WAITING_BYTES):
            del _waiting[0]
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_send_waiting, name="costflame", daemon=True)
            _thread.start()


def waiting_lines():
    """What was not sent yet, once."""
    with _lock:
        lines = _waiting[:]
        _waiting.clear()
    return lines


def _send_waiting():
    threading.Event().wait(_BATCH_SECONDS)
    lines = waiting_lines()
    from . import hook

    if lines and not ingest.send(hook.settings, lines, _SEND_SECONDS):
        with _lock:
            _waiting[:0] = lines


def _after_fork():
    """What waits is the parent's to send, and its thread is not here."""
    global _lock, _thread
    _lock = threading.Lock()
    _thread = None
    _waiting.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
