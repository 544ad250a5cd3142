"""Sends lines to the profiler's `POST /ingest`. Says nothing when the profiler is gone.

Without the modules `socket` and `json`, whose loading would be most of what the hook costs a short program.
"""

import _socket
import time

from . import profiler_life


def send(settings, lines, limit_seconds):
    """True when the profiler has read them. Takes `limit_seconds` at most; throws nothing."""
    body = ("\n".join(lines) + "\n").encode("utf-8", "replace")
    head = "POST /ingest HTTP/1.1\r\nhost: %s\r\ncontent-type: application/x-ndjson\r\n" % settings.netloc
    head += "content-length: %d\r\nx-costflame-token: %s\r\nconnection: close\r\n\r\n" % (len(body), settings.token)
    if profiler_life.is_dead(settings):
        return False
    deadline = time.monotonic() + limit_seconds
    family = _socket.AF_INET6 if ":" in settings.host else _socket.AF_INET
    connection = _socket.socket(family, _socket.SOCK_STREAM)
    try:
        connection.settimeout(limit_seconds)
        connection.connect((settings.host, settings.port))
        connection.sendall(head.encode("latin-1") + body)
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        return connection.recv(64).startswith((b"HTTP/1.1 2", b"HTTP/1.0 2"))
    except OSError:
        return False
    finally:
        connection.close()
