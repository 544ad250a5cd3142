"""http.client, and with it urllib.request: a request is led to the proxy when its head is complete. Classes of other libraries stay as they are."""

import ssl

from . import calls
from .wrapping import replace_method

#: On a connection: (scheme, host, port) that it is opened to instead of its own address.
_INSTEAD = "_costflame_instead"
_STATE = "_HTTPConnection__state"


def patch(module):
    calls.prepare()
    own_classes = (module.HTTPConnection, module.HTTPSConnection)
    replace_method(module.HTTPConnection, "endheaders", lambda original: _ending(original, own_classes))
    for each in own_classes:
        replace_method(each, "connect", _connecting)


def _ending(original, own_classes):
    def endheaders(self, message_body=None, **options):
        call = _judged(self) if type(self) in own_classes else None
        if call is None:
            return original(self, message_body, **options)
        head, state = list(self._buffer), getattr(self, _STATE, None)
        if not calls.was_just_gone():
            try:
                _lead(self, _Head(head).at(call.target, call.netloc, call.headers), ("http",) + _place(call.netloc))
                return original(self, message_body, **options)
            except ConnectionError:
                if self.sock is not None or not (call.may_go_directly and calls.is_gone()):
                    raise
        calls.note_direct(call)
        setattr(self, _STATE, state)
        _lead(self, *_without_us(head, call))
        return original(self, message_body, **options)

    return endheaders


def _connecting(original):
    def connect(self):
        instead = getattr(self, _INSTEAD, None)
        if instead is None:
            return original(self)
        scheme, host, port = instead
        self.sock = self._create_connection((host, port), self.timeout, self.source_address)
        if scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=host)

    return connect


def _judged(connection):
    """None for a request that stays as it is."""
    try:
        scheme = "https" if hasattr(connection, "_context") else "http"
        if connection._tunnel_host is not None:
            return None
        head = _Head(connection._buffer)
        is_elsewhere = getattr(connection, _INSTEAD, None) is not None
        if connection.sock is not None and not is_elsewhere and not calls.is_proxy(connection.host, connection.port):
            # Open to the provider since before: what it was opened for it serves to the end.
            return None
        why_not = lambda: _why_not(connection)  # noqa: E731
        call = calls.judge(head.method, scheme, connection.host, connection.port, head.target, head.get, why_not, can_copy=False)
        if call is None and is_elsewhere:
            _lead(connection, connection._buffer, None)
        return call
    except Exception:
        return None


def _why_not(connection):
    context = getattr(connection, "_context", None)
    if context is not None and context.verify_mode == ssl.CERT_NONE:
        return "the client has certificates of its own"
    return "the client has a route of its own" if connection.source_address else None


def _lead(connection, head, instead):
    """What is sent next goes there; None is the connection's own address. A connection to elsewhere is not used for it."""
    if getattr(connection, _INSTEAD, None) != instead and connection.sock is not None:
        connection.sock.close()
        connection.sock = None
    setattr(connection, _INSTEAD, instead)
    connection._buffer[:] = head


def _without_us(head, call):
    """The head of the request, and where it goes."""
    if call.direct is None:
        return head, None
    scheme, _, rest = call.direct.partition("://")
    netloc, slash, target = rest.partition("/")
    default = {"http": 80, "https": 443}[scheme]
    return _Head(head).at(slash + target or "/", netloc, {}), (scheme,) + _place(netloc, default)


def _place(netloc, default=80):
    host, colon, port = netloc.rpartition(":")
    return (host.strip("[]"), int(port)) if colon and port.isdigit() else (netloc, default)


class _Head:
    """Request line and headers as http.client has them before they are sent."""

    def __init__(self, lines):
        self._lines = lines
        self.method, target, self._version = lines[0].decode("latin-1").split(" ", 2)
        self.target = target

    def get(self, name):
        prefix = name.lower().encode("latin-1") + b":"
        for line in self._lines[1:]:
            if line.lower().startswith(prefix):
                return line[len(prefix) :].strip()
        return None

    def at(self, target, netloc, more_headers):
        """The same at another address; our own headers only if they are in `more_headers` or go to the proxy."""
        lines = [line for line in self._lines[1:] if not line.lower().startswith(b"host:")]
        if not more_headers:
            lines = [line for line in lines if not calls.is_ours(line.decode("latin-1"))]
        first = "%s %s %s" % (self.method, target, self._version)
        host = "Host: " + netloc
        added = ["%s: %s" % (name, value) for name, value in more_headers.items()]
        return [text.encode("latin-1") for text in [first, host]] + lines + [text.encode("latin-1") for text in added]
