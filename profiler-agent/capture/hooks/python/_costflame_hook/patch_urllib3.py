"""urllib3, and with it requests and botocore: its connection pools bring calls to the proxy by a pool of ours beside them."""

import copy
import functools
import io

from . import calls, proxies
from .wrapping import replace_method

_BESIDE = "_costflame_beside"


def patch(module):
    calls.prepare()
    patched = _Patched(module)
    replace_method(module.HTTPConnectionPool, "urlopen", patched.opening)
    replace_method(module.HTTPConnectionPool, "close", _closing)


class _Gone(Exception):
    """The profiler is gone or does not reach the provider, and the call may be sent again. Never leaves this file."""


class _Patched:
    def __init__(self, module):
        self._module = module

    def opening(self, original):
        """`urlopen`, which calls itself for each further attempt of a call."""

        def urlopen(self_, method, url, body=None, headers=None, retries=None, *args, **kwargs):
            given = (method, url, body, headers, retries)
            # A further attempt of a call that is on its way to the proxy has its tags.
            call = None if isinstance(retries, _Guard) else self._judged(self_, method, url, headers)
            if call is None:
                return original(self_, *given, *args, **kwargs)
            if isinstance(call, calls.Observed):
                return _observed(original, self_, call, given, args, kwargs)
            if not calls.was_just_gone():
                try:
                    return self._through_proxy(original, self_, call, given, args, kwargs)
                except _Gone:
                    pass
            return self._directly(original, self_, call, given, args, kwargs)

        return urlopen

    def _judged(self, pool, method, url, headers):
        """None for a call that stays as it is."""
        try:
            if not url.startswith("/"):
                return None
            header = _lookup(pool.headers if headers is None else headers)
            return calls.judge(method, pool.scheme, pool.host, pool.port, url, header, lambda: _why_not(pool))
        except Exception:
            return None

    def _through_proxy(self, original, pool, call, given, args, kwargs):
        method, url, body, headers, retries = given
        way = self._way_to_proxy(pool, call) if call.is_redirected else pool
        headers = _with(pool.headers if headers is None else headers, call)
        retries = self._guarded(pool, retries, call, body, kwargs)
        response = original(way, method, call.target, body, headers, retries, *args, **kwargs)
        if calls.is_for_provider_to_say(call, response.status, response.headers.get("x-costflame-error"), _is_whole(body)):
            said = response.data
            if not calls.may_be_done(said):
                raise _Gone()
            response = self._with_body(response, said, kwargs)
        if call.is_redirected and getattr(response, "_request_url", None) is not None:
            response._request_url = url
        return response

    @staticmethod
    def _with_body(response, body, kwargs):
        """The response as it was before its body was read."""
        is_read_ahead = kwargs.get("preload_content", True)
        return type(response)(
            body=io.BytesIO(body), headers=response.headers, status=response.status, reason=response.reason, preload_content=is_read_ahead
        )

    def _directly(self, original, pool, call, given, args, kwargs):
        calls.note_direct(call)
        if call.direct is None:
            return original(pool, *given, *args, **kwargs)
        method, _, body, headers, retries = given
        way, target = self._way_to_provider(call)
        given = _items(pool.headers if headers is None else headers)
        headers = {name: value for name, value in given if name.lower() != "host" and not calls.is_ours(name)}
        return original(way, method, target, body, headers, retries, *args, **kwargs)

    def _way_to_proxy(self, pool, call):
        """Kept beside the program's own pool for as long as that lives."""
        beside = getattr(pool, _BESIDE, None)
        if beside is None:
            host, port = call.netloc.rsplit(":", 1)
            size = getattr(getattr(pool, "pool", None), "maxsize", 1) or 1
            beside = self._module.HTTPConnectionPool(
                host.strip("[]"), int(port), timeout=pool.timeout, maxsize=size, block=pool.block, retries=pool.retries
            )
            setattr(pool, _BESIDE, beside)
        return beside

    def _way_to_provider(self, call):
        """A pool for a call that was at the proxy's address, past the proxies that the environment names."""
        import urllib3

        scheme, _, rest = call.direct.partition("://")
        host, slash, target = rest.partition("/")
        proxy = proxies.proxy_for(scheme, host)
        manager = urllib3.PoolManager(**_trust()) if proxy is None else urllib3.ProxyManager(proxy, **_trust())
        pool = manager.connection_from_url("%s://%s" % (scheme, host))
        # The manager closes its pools when nobody holds it any more.
        pool._costflame_manager = manager
        return pool, slash + target or "/"

    def _guarded(self, pool, retries, call, body, kwargs):
        """The program's own retries, but a profiler that is gone is no reason for one."""
        retry_class = self._module.Retry
        if not isinstance(retries, retry_class):
            retries = retry_class.from_int(retries, redirect=kwargs.get("redirect", True), default=pool.retries)
        guarded = copy.copy(retries)
        guarded.__class__ = _guarded_class(type(retries), call.may_go_directly, _is_whole(body))
        return guarded


class _Guard:
    """Marks retries of the program's that we watch."""


@functools.lru_cache(maxsize=32)
def _guarded_class(own, may_go_directly, is_whole):
    class Guarded(_Guard, own):
        def increment(self, method=None, url=None, response=None, error=None, *args, **kwargs):
            is_lost = may_go_directly and (_is_unsent(error) or (is_whole and _is_broken(error)))
            if is_lost and calls.is_gone():
                raise _Gone() from None
            return super().increment(method, url, response, error, *args, **kwargs)

    Guarded.__name__ = own.__name__
    Guarded.__qualname__ = own.__qualname__
    Guarded.__module__ = own.__module__
    return Guarded


def _is_whole(body):
    """False for a body that can be read only once."""
    return body is None or isinstance(body, (bytes, bytearray, str))


def _is_unsent(error):
    return type(error).__name__ in ("NewConnectionError", "ConnectTimeoutError")


def _is_broken(error):
    return type(error).__name__ == "ProtocolError"


def _why_not(pool):
    """A reason why the calls of this pool cannot go elsewhere; None for none."""
    connection = getattr(pool, "ConnectionCls", None)
    if not str(getattr(connection, "__module__", "")).startswith(("urllib3.", "botocore.")):
        return "the client has connections of its own"
    if pool.scheme == "https" and _has_own_certificates(pool):
        return "the client has certificates of its own"
    proxy = getattr(pool, "proxy", None)
    if proxy is not None and not proxies.is_from_environment(proxy):
        return "the client has a proxy of its own"
    return None


def _has_own_certificates(pool):
    if any(getattr(pool, name, None) for name in ("cert_file", "assert_fingerprint", "assert_hostname", "ca_cert_dir")):
        return True
    # A number or a name, as the program has said it.
    wanted = getattr(pool, "cert_reqs", None)
    return wanted in (0, "CERT_NONE", "NONE") or not _is_common(getattr(pool, "ca_certs", None))


def _is_common(path):
    """True for the authorities that everybody trusts, and for those that the profiler is told to trust, too."""
    import os

    if path is None or path in (os.environ.get("SSL_CERT_FILE"), os.environ.get("NODE_EXTRA_CA_CERTS")):
        return True
    parts = str(path).replace("\\", "/").split("/")
    return parts[-1] == "cacert.pem" or str(path) == "/etc/ssl/certs/ca-certificates.crt"


def _trust():
    """The authorities that requests would have trusted."""
    import os
    import sys

    own = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE")
    certifi = sys.modules.get("certifi")
    path = own or (certifi.where() if certifi is not None else None)
    return {"ca_certs": path} if path and os.path.isfile(path) else {}


def _items(headers):
    return list(headers.items())


def _lookup(headers):
    known = {str(name).lower(): value for name, value in _items(headers)}
    return known.get


def _with(headers, call):
    changed = {name: value for name, value in _items(headers) if str(name).lower() != "host"}
    changed.update(call.headers)
    return changed


def _closing(original):
    def close(self):
        beside = self.__dict__.pop(_BESIDE, None)
        if beside is not None:
            original(beside)
        return original(self)

    return close


def _observed(original, pool, call, given, args, kwargs):
    from . import observed

    method, url, body, headers, _ = given
    copy_of_call = observed.begin(call, method, _items(pool.headers if headers is None else headers), body)
    with observed.noting_failure(copy_of_call):
        response = original(pool, *given, *args, **kwargs)
    if copy_of_call is not None:
        observed.follow_urllib3(response, copy_of_call)
    return response
