"""httpx, sync and async: its own transports bring calls to the proxy. A program's own transport class is never seen here, so stays as it is."""

import ssl
import weakref

from . import calls, proxies
from .wrapping import replace_method

#: Transport -> why its calls cannot go elsewhere; a transport that has no reason is not in it.
_reasons = weakref.WeakKeyDictionary()
#: Transport that uses a proxy of the environment -> one of ours beside it, which goes to the profiler directly.
_beside = weakref.WeakKeyDictionary()


def patch(module):
    import httpx

    calls.prepare()
    for transport in (module.HTTPTransport, module.AsyncHTTPTransport):
        replace_method(transport, "__init__", _noting_reasons)
    replace_method(module.HTTPTransport, "handle_request", lambda original: _handling(original, httpx, module.HTTPTransport))
    replace_method(module.HTTPTransport, "close", _closing)
    asynchronous = module.AsyncHTTPTransport
    replace_method(asynchronous, "handle_async_request", lambda original: _handling_async(original, httpx, asynchronous))
    replace_method(module.AsyncHTTPTransport, "aclose", _closing_async)


def _noting_reasons(original):
    def __init__(self, verify=True, cert=None, *args, **kwargs):
        original(self, verify, cert, *args, **kwargs)
        try:
            reason = _reason(verify, cert, **kwargs)
            if reason is not None:
                _reasons[self] = reason
        except Exception:
            pass

    return __init__


def _reason(verify, cert, proxy=None, uds=None, local_address=None, **_):
    if cert is not None or verify is False or isinstance(verify, (str, bytes)):
        return "the client has certificates of its own"
    if isinstance(verify, ssl.SSLContext) and verify.verify_mode == ssl.CERT_NONE:
        return "the client has certificates of its own"
    if uds is not None or local_address not in (None, "0.0.0.0"):
        return "the client has a route of its own"
    if proxy is not None and not proxies.is_from_environment(getattr(proxy, "url", proxy)):
        return "the client has a proxy of its own"
    return None


def _mock_of(transport):
    """What respx puts in place of httpcore must see the provider. Whoever only traces leaves httpcore's name on the function."""
    pool = type(getattr(transport, "_pool", None))
    for name in ("handle_request", "handle_async_request"):
        method = getattr(pool, name, None)
        if method is not None and not str(method.__module__).startswith("httpcore"):
            return "the program mocks its connections (respx)"
    return None


def _handling(original, httpx, base):
    def handle_request(self, request):
        call = _judged(self, request)
        if call is None:
            return original(self, request)
        if isinstance(call, calls.Observed):
            return _observed(original, self, request, call)
        if not calls.was_just_gone():
            transport = _way_to_proxy(base, self, call)
            try:
                response = original(transport, _through_proxy(httpx, request, call))
            except httpx.TransportError as error:
                if not _may_go_directly(httpx, error, request, call):
                    raise
            else:
                if not _is_for_provider_to_say(httpx, response, request, call):
                    return response
                body = b"".join(response.stream)
                response.stream.close()
                if calls.may_be_done(body):
                    return _with_body(httpx, response, body)
        calls.note_direct(call)
        return original(_way_to_provider(base, self, call), _directly(httpx, request, call))

    return handle_request


def _handling_async(original, httpx, base):
    async def handle_async_request(self, request):
        call = _judged(self, request)
        if call is None:
            return await original(self, request)
        if isinstance(call, calls.Observed):
            return await _observed_async(original, self, request, call)
        if not calls.was_just_gone():
            transport = _way_to_proxy(base, self, call)
            try:
                response = await original(transport, _through_proxy(httpx, request, call))
            except httpx.TransportError as error:
                if not _may_go_directly(httpx, error, request, call):
                    raise
            else:
                if not _is_for_provider_to_say(httpx, response, request, call):
                    return response
                body = b"".join([part async for part in response.stream])
                await response.stream.aclose()
                if calls.may_be_done(body):
                    return _with_body(httpx, response, body)
        calls.note_direct(call)
        return await original(_way_to_provider(base, self, call), _directly(httpx, request, call))

    return handle_async_request


def _closing(original):
    def close(self):
        beside = _beside.pop(self, None)
        if beside is not None:
            original(beside)
        return original(self)

    return close


def _closing_async(original):
    async def aclose(self):
        beside = _beside.pop(self, None)
        if beside is not None:
            await original(beside)
        return await original(self)

    return aclose


def _judged(transport, request):
    """None for a call that stays as it is."""
    try:
        url = request.url
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
        target = url.raw_path.decode("ascii")
        why_not = lambda: _reasons.get(transport) or _mock_of(transport)  # noqa: E731
        return calls.judge(request.method, url.scheme, url.host, port, target, request.headers.get, why_not)
    except Exception:
        # Whatever is wrong with the request, or with us: httpx deals with it as it would.
        return None


def _through_proxy(httpx, request, call):
    return _request_to(httpx, request, call.proxy + call.target, call.netloc, call.headers)


def _directly(httpx, request, call):
    if call.direct is None:
        return request
    url = httpx.URL(call.direct)
    direct = _request_to(httpx, request, url, url.netloc.decode("ascii"), {})
    for name in [name for name in direct.headers if calls.is_ours(name)]:
        del direct.headers[name]
    return direct


def _request_to(httpx, request, url, netloc, more_headers):
    headers = httpx.Headers(request.headers)
    headers["Host"] = netloc
    headers.update(more_headers)
    return httpx.Request(request.method, url, headers=headers, stream=request.stream, extensions=request.extensions)


def _is_for_provider_to_say(httpx, response, request, call):
    code = response.headers.get("x-costflame-error")
    return calls.is_for_provider_to_say(call, response.status_code, code, isinstance(request.stream, httpx.ByteStream))


def _with_body(httpx, response, body):
    stream = httpx.ByteStream(body)
    return httpx.Response(response.status_code, headers=response.headers, stream=stream, extensions=response.extensions)


def _may_go_directly(httpx, error, request, call):
    """The profiler is gone, the call may be sent again, and it is known where to."""
    if not call.may_go_directly:
        return False
    is_unsent = isinstance(error, httpx.ConnectError)
    is_broken = isinstance(error, (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError, httpx.CloseError))
    # The class of bodies that are whole in memory; a generator gives its parts once.
    is_whole = isinstance(request.stream, httpx.ByteStream)
    return (is_unsent or (is_broken and is_whole)) and calls.is_gone()


def _way_to_proxy(base, transport, call):
    """The program's own transport, unless it would take the call to a proxy on the way."""
    if not call.is_redirected or "Proxy" not in type(getattr(transport, "_pool", None)).__name__:
        return transport
    return _beside_of(transport, lambda: base(verify=False, trust_env=False))


def _way_to_provider(base, transport, call):
    """A call to the proxy's address goes past the proxies that the environment names; one to the provider does not."""
    if call.is_redirected or call.direct is None:
        return transport
    scheme, _, rest = call.direct.partition("://")
    proxy = proxies.proxy_for(scheme, rest.split("/", 1)[0])
    if proxy is None:
        return transport
    return _beside_of(transport, lambda: base(verify=transport._pool._ssl_context, proxy=proxy))


def _beside_of(transport, make):
    beside = _beside.get(transport)
    if beside is None:
        try:
            beside = _beside[transport] = make()
        except Exception:
            return transport
    return beside


def _observed(original, transport, request, call):
    from . import observed

    copy = observed.begin(call, request.method, request.headers.items(), request.stream)
    with observed.noting_failure(copy):
        response = original(transport, request)
    if copy is not None:
        copy.answered(response.status_code, response.headers.items())
        response.stream = observed.sync_stream(response.stream, copy)
    return response


async def _observed_async(original, transport, request, call):
    from . import observed

    copy = observed.begin(call, request.method, request.headers.items(), request.stream)
    with observed.noting_failure(copy):
        response = await original(transport, request)
    if copy is not None:
        copy.answered(response.status_code, response.headers.items())
        response.stream = observed.async_stream(response.stream, copy)
    return response
