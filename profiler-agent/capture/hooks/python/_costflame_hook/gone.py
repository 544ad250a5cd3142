"""Tells a profiler that is gone from a provider that failed: only the first may be answered by sending a call again."""

import socket
import time

#: After a refusal calls go straight to the provider for this long before the proxy is tried again.
_RETRY_AFTER_SECONDS = 1.0
#: A process that is being killed may still be connected to for a moment; a living one keeps its connections.
_DYING_SECONDS = 0.1

_gone_until = 0.0


def was_just_gone():
    return time.monotonic() < _gone_until


def is_gone(settings):
    """True when nobody listens at the proxy any more. Asked only after a call to it failed."""
    global _gone_until
    if _is_refused(settings):
        _gone_until = time.monotonic() + _RETRY_AFTER_SECONDS
        return True
    return False


def _is_refused(settings):
    try:
        with socket.create_connection((settings.host, settings.port), timeout=1) as connection:
            connection.settimeout(_DYING_SECONDS)
            return connection.recv(1) == b""
    except socket.timeout:
        return False
    except OSError:
        return True
