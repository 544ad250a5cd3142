"""aiohttp: where a connection is taken for a request, the request is given the proxy's address; its session knows it by its own."""

import contextvars
import ssl

from . import calls, proxies
from .wrapping import replace_method

#: This call goes past the profiler.
_is_direct = contextvars.ContextVar("costflame_direct", default=False)


def patch_connector(module):
    calls.prepare()
    import yarl

    # The package itself is not complete yet.
    from aiohttp import client_exceptions as exceptions

    def connecting(original):
        async def connect(self, req, *args, **kwargs):
            call = _judged(self, req)
            if call is None:
                return await original(self, req, *args, **kwargs)
            before = _Request(req)
            if not (_is_direct.get() or calls.was_just_gone()):
                before.send_to_proxy(yarl, call)
                try:
                    return await original(self, req, *args, **kwargs)
                except exceptions.ClientConnectorError:
                    if not (call.may_go_directly and calls.is_gone()):
                        raise
                    before.restore()
            calls.note_direct(call)
            before.send_to_provider(yarl, call)
            return await original(self, req, *args, **kwargs)

        return connect

    replace_method(module.BaseConnector, "connect", connecting)


def patch_client(module):
    """A call that broke off because the profiler died, or that the profiler could not bring to its provider, is made once more."""
    from aiohttp import client_exceptions as exceptions

    broken = (exceptions.ServerDisconnectedError, exceptions.ClientOSError)

    def requesting(original):
        async def _request(self, method, str_or_url, **kwargs):
            try:
                response = await original(self, method, str_or_url, **kwargs)
            except exceptions.ClientConnectorError:
                # Nothing was sent, and where it would have gone without us was tried.
                raise
            except broken:
                if not (_may_be_repeated(self, str_or_url, kwargs) and calls.is_gone()):
                    raise
            else:
                if not _is_for_provider_to_say(response) or not _may_be_repeated(self, str_or_url, kwargs):
                    return response
                if calls.may_be_done(await response.read()):
                    return response
            token = _is_direct.set(True)
            try:
                return await original(self, method, str_or_url, **kwargs)
            finally:
                _is_direct.reset(token)

        return _request

    replace_method(module.ClientSession, "_request", requesting)


def _is_for_provider_to_say(response):
    is_unreachable = response.status == 502 and response.headers.get("x-costflame-error") == "upstream_unreachable"
    return is_unreachable and not calls.is_proxy(response.url.host, response.url.port)


def _may_be_repeated(session, url, arguments):
    if not isinstance(arguments.get("data"), (type(None), str, bytes, dict)):
        return False
    try:
        import yarl

        url = session._build_url(url) if hasattr(session, "_build_url") else yarl.URL(url)
        return calls.is_model_host(url.scheme, url.host, url.port)
    except Exception:
        return False


class _Request:
    """What of a request of aiohttp we change, and what it was."""

    def __init__(self, request):
        self._request = request
        self._url = request.url
        self._headers = request.headers.copy()
        self._proxy = getattr(request, "proxy", None)

    def send_to_proxy(self, yarl, call):
        self._address(yarl.URL(call.proxy + call.target, encoded=True), call.netloc)
        self._request.headers.update(call.headers)
        self._request.proxy = None

    def restore(self):
        self._request.url = self._url
        self._request.headers.clear()
        self._request.headers.extend(self._headers)
        self._request.proxy = self._proxy

    def send_to_provider(self, yarl, call):
        """A call to the proxy's address goes past the proxies that the environment names, if its session does."""
        if call.direct is None:
            return
        url = yarl.URL(call.direct, encoded=True)
        self._address(url, url.raw_authority if hasattr(url, "raw_authority") else url.authority)
        for name in [name for name in self._request.headers if calls.is_ours(name)]:
            del self._request.headers[name]
        session = getattr(self._request, "_session", None)
        proxy = proxies.proxy_for(url.scheme, url.host) if getattr(session, "_trust_env", False) else None
        if proxy is not None:
            self._request.proxy = yarl.URL(proxy)

    def _address(self, url, netloc):
        self._request.url = url
        self._request.headers["Host"] = netloc


def _judged(connector, request):
    """None for a call that stays as it is."""
    try:
        url = request.url
        target = url.raw_path_qs
        why_not = lambda: _why_not(connector, request)  # noqa: E731
        return calls.judge(request.method, url.scheme, url.raw_host, url.port, target, request.headers.get, why_not, can_copy=False)
    except Exception:
        return None


def _why_not(connector, request):
    if "TCPConnector" not in [each.__name__ for each in type(connector).__mro__]:
        return "the client has connections of its own"
    for tls in (getattr(request, "ssl", None), getattr(connector, "_ssl", None)):
        is_blind = isinstance(tls, ssl.SSLContext) and tls.verify_mode == ssl.CERT_NONE
        if tls is False or is_blind or type(tls).__name__ == "Fingerprint":
            return "the client has certificates of its own"
    if getattr(connector, "_local_addr_infos", None) or getattr(connector, "_local_addr", None):
        return "the client has a route of its own"
    proxy = getattr(request, "proxy", None)
    if proxy is not None and not proxies.is_from_environment(proxy):
        return "the client has a proxy of its own"
    return None
