"""Decides what becomes of one request of the program, whatever client makes it: left alone, tagged, brought to the proxy, or observed."""

import re
import sys

from . import gone, origins, profiler_life
from .observing import asks_model, is_signed_for_bedrock
from .routes import Routes, origin_of
from .tags import current_tags

_UPSTREAM = "x-costflame-upstream"
_PREFIX = "x-costflame-"

_MAY_BE_DONE = re.compile(rb"\((?:[^()]*\b)?(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)\b")

_routes = None


class Proxied:
    """A call that goes through the proxy: `target` is path and query there, `headers` are ours to add. `is_redirected`: the program
    spoke to the provider itself. `direct` is the URL that it has without us, where that is another one than the program's. `origin` is
    the one of the program's."""

    __slots__ = ("proxy", "netloc", "target", "headers", "direct", "is_redirected", "origin")

    def __init__(self, settings, target, headers, direct, is_redirected, origin):
        self.proxy = settings.proxy
        self.netloc = settings.netloc
        self.target = target
        self.headers = headers
        self.direct = direct
        self.is_redirected = is_redirected
        self.origin = origin

    @property
    def may_go_directly(self):
        """False where only the proxy knows the place of the call."""
        return self.is_redirected or self.direct is not None

    @property
    def host(self):
        """Where it goes without us."""
        return (self.direct or self.origin).split("://", 1)[1].split("/", 1)[0]


class Observed:
    """A call that goes where it was going, and is copied: its signature holds for one host, or nobody told us of its host."""

    __slots__ = ("provider", "url", "tags")

    def __init__(self, provider, url, tags):
        self.provider = provider
        self.url = url
        self.tags = tags


def prepare():
    """Called when a client library is loaded."""
    if _hook().settings.call_sites not in ("off", "light"):
        origins.watch_starts()


def judge(method, scheme, host, port, target, header, why_not, can_copy=True):
    """
    `Proxied`, `Observed` or None: none of our business. `header(name)` gives the value of a header of the request, `why_not()` a
    reason why this client cannot be led to another address, if there is one; without `can_copy` there is no `Observed`.
    """
    hook = _hook()
    if is_proxy(host, port):
        return _tagged(hook, target, header)
    if not host or scheme not in ("http", "https"):
        return None
    origin = origin_of(scheme, host, port)
    found = _known_routes(hook.settings).host_of(origin)
    authorization = _text(header("authorization"))
    if found is None or authorization.startswith("AWS4-"):
        is_signed = found is not None or is_signed_for_bedrock(target, authorization)
        is_model_call = is_signed or asks_model(method, target, header)
        return _observed(hook, origin, target, is_signed, can_copy) if is_model_call else None
    if not found.is_model_call(target):
        return None
    reason = why_not()
    if reason is not None:
        hook.went_around(origin.split("://", 1)[1], reason)
        return None
    hook.calls += 1
    return _redirected(hook, found, target, header)


def _observed(hook, origin, target, is_signed, can_copy):
    host = origin.split("://", 1)[1]
    if not can_copy:
        hook.went_around(host, "calls of this client are led to hosts that are known, and not signed for one host")
        return None
    hook.calls += 1
    return Observed("bedrock" if is_signed else "custom:" + host, origin + target, current_tags(hook, sys._getframe(2)))


def _redirected(hook, found, target, header):
    headers = _absent(current_tags(hook, sys._getframe(2)), header)
    at_proxy = "/" + found.provider + target
    if found.is_named:
        headers[_UPSTREAM] = found.origin
        direct = None
    else:
        # What the user named in place of the provider is called without us, too.
        direct = _known_routes(hook.settings).behind(at_proxy)
    is_itself = direct is None or direct.startswith(found.origin + "/")
    return Proxied(hook.settings, at_proxy, headers, None if is_itself else direct, True, found.origin)


def _tagged(hook, target, header):
    """The program knows the proxy's address already: from a variable, or from its own code."""
    hook.calls += 1
    direct = _known_routes(hook.settings).behind(target, _text(header(_UPSTREAM)))
    headers = _absent(current_tags(hook, sys._getframe(2)), header)
    return Proxied(hook.settings, target, headers, direct, False, hook.settings.proxy)


def is_model_host(scheme, host, port):
    """True for an address that `judge` leads to the proxy, or that is the proxy."""
    if is_proxy(host, port):
        return True
    return bool(host) and _known_routes(_hook().settings).host_of(origin_of(scheme, host, port)) is not None


def is_proxy(host, port):
    settings = _hook().settings
    return port == settings.port and host == settings.host


def is_for_provider_to_say(call, status, error_code, is_whole):
    """True for the proxy's own words about a provider that it did not get a connection to: a program that spoke to the provider is
    told by that, or by the network, why there is no answer. `may_be_done` of the answer's body decides."""
    return call.is_redirected and is_whole and status == 502 and error_code == "upstream_unreachable"


def may_be_done(body):
    """True where the proxy had a connection, so that the call may have been carried out."""
    return _MAY_BE_DONE.search(body) is not None


def is_ours(name):
    return name.lower().startswith(_PREFIX)


def is_gone():
    return gone.is_gone(_hook().settings)


def was_just_gone():
    return gone.was_just_gone() or profiler_life.is_dead(_hook().settings)


def note_direct(call):
    """Counts a call that goes straight to its provider, and is recorded nowhere, because the profiler is gone."""
    try:
        if call.may_go_directly and was_just_gone():
            hook = _hook()
            hook.calls -= 1
            hook.went_around(call.host, "profiler gone")
    except Exception:
        pass


def _absent(tags, header):
    return {name: value for name, value in tags.items() if header(name) is None}


def _text(value):
    if value is None:
        return ""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _known_routes(settings):
    global _routes
    if _routes is None:
        _routes = Routes(settings.folder, settings.upstreams, settings.variable_upstreams)
    return _routes


def _hook():
    from . import hook

    return hook
