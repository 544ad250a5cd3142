"""Which calls are model calls, and where each goes: with the profiler and without it. Looks at addresses only, sends nothing.

The table of hosts and paths is written by the build out of the one that the Node hook and the proxy have; these functions do what
`model/provider.ts` and `hooks/node/model-hosts.ts` do with it.
"""

import json
import os
import re

_PROXY_PATH = re.compile(r"(?:/r/[^/?]+)?/([^/?]+)(.*)", re.DOTALL)
_FOREIGN_HOST = re.compile(r"/@([^/?]+)(.*)", re.DOTALL)
_VERTEX_LOCATION = re.compile(r"/v\d\w*/projects/[^/]+/locations/([a-z0-9-]+)/", re.ASCII)
_VERTEX_EXPRESS = re.compile(r"/v\d\w*/publishers/", re.ASCII)
_ANTHROPIC_MESSAGES = re.compile(r"/messages(?:[/?]|$)")
_LOOPBACK = re.compile(r"https?://(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::|/|$)", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_KNOWN = 1000


class ModelHost:
    """`is_named`: the proxy is told the origin, because it would send calls of this provider elsewhere."""

    def __init__(self, provider, origin, is_named, paths):
        self.provider = provider
        self.origin = origin
        self.is_named = is_named
        self._paths = paths

    def is_model_call(self, target):
        return self._paths is None or self._paths.search(target.split("?", 1)[0]) is not None


class Routes:
    """`upstreams`: where the profiler sends a provider's calls, if not to its own address; those of `variable_upstreams` hold for
    clients that read the user's variable, and for no others."""

    def __init__(self, folder, upstreams, variable_upstreams):
        with open(os.path.join(folder, "_costflame_hook", "hosts.json"), encoding="utf-8") as file:
            table = json.load(file)
        self._origins = table["origins"]
        self._hosts = [(provider, re.compile(host, re.ASCII)) for provider, host in table["hosts"]]
        self._paths = {provider: re.compile(path, re.ASCII) for provider, path in table["paths"].items()}
        self._endpoint = re.compile(table["endpoint"], re.ASCII | re.IGNORECASE)
        self._upstreams = _read_upstreams(upstreams)
        self._variable_upstreams = variable_upstreams.split(",")
        self._known = {}

    def host_of(self, origin):
        """The `ModelHost` at `https://host[:port]`; None where no models are served that we know."""
        if origin not in self._known:
            if len(self._known) > _MAX_KNOWN:
                self._known.clear()
            self._known[origin] = self._find(origin)
        return self._known[origin]

    def provider_of(self, host):
        """Id of the provider of a host (with its port, if not the scheme's own); None for one that is nobody's that we know."""
        for provider, origin in self._origins.items():
            if origin.endswith("://" + host):
                return provider
        return next((provider for provider, pattern in self._hosts if pattern.search(host)), None)

    def _find(self, origin):
        provider = self.provider_of(origin.split("://", 1)[1])
        if provider is None:
            return self._configured(origin)
        # Keys go to providers by TLS; only a server on this machine is asked without.
        if not origin.startswith("https:") and provider != "ollama":
            return None
        return ModelHost(provider, origin, not self._is_followed(provider, origin), self._paths.get(provider))

    def _configured(self, origin):
        """A host that the user named as the place of a provider."""
        for provider, url in self._upstreams.items():
            if _origin_in(url) == origin:
                return ModelHost(provider, origin, True, self._endpoint)
        return None

    def _is_followed(self, provider, origin):
        """True where the proxy sends the calls of this provider to where this origin's belong."""
        upstream = self._upstreams.get(provider)
        is_provider = self._origins.get(provider) == origin
        if upstream is None:
            return is_provider
        if _origin_in(upstream) == origin:
            return True
        return provider not in self._variable_upstreams and (is_provider or _LOOPBACK.match(upstream) is not None)

    def behind(self, target, foreign=""):
        """URL at the provider for a path and query at the proxy; None where nobody knows it. `foreign`: value of x-costflame-upstream."""
        found = _PROXY_PATH.fullmatch(target)
        if found is None:
            return None
        provider, rest = found.group(1), found.group(2) or "/"
        if foreign:
            return foreign.rstrip("/") + rest
        named = _FOREIGN_HOST.fullmatch(rest)
        if named is not None:
            return "https://%s%s" % (named.group(1), named.group(2) or "/")
        upstream = self._upstreams.get(provider) or self._origins.get(provider)
        if upstream is None and provider == "vertex":
            upstream = _vertex_origin(rest)
        return None if upstream is None else upstream + _provider_path(provider, rest)


def origin_of(scheme, host, port):
    """`https://api.example.com`, with the port where it is not the scheme's own."""
    host = "[%s]" % host if ":" in host and not host.startswith("[") else host
    suffix = "" if port in (None, _DEFAULT_PORTS.get(scheme)) else ":%d" % port
    return "%s://%s%s" % (scheme, host.lower(), suffix)


def _origin_in(url):
    scheme, _, rest = url.partition("://")
    host = rest.split("/", 1)[0].lower()
    default = ":%d" % _DEFAULT_PORTS.get(scheme, 0)
    return "%s://%s" % (scheme, host[: -len(default)] if host.endswith(default) else host)


def _provider_path(provider, rest):
    return "/v1" + rest if provider == "anthropic" and _ANTHROPIC_MESSAGES.match(rest) else rest


def _vertex_origin(path):
    found = _VERTEX_LOCATION.match(path)
    location = found.group(1) if found else None
    if location in ("us", "eu"):
        return "https://aiplatform.%s.rep.googleapis.com" % location
    if location not in (None, "global"):
        return "https://%s-aiplatform.googleapis.com" % location
    is_known = location == "global" or _VERTEX_EXPRESS.match(path)
    return "https://aiplatform.googleapis.com" if is_known else None


def _read_upstreams(text):
    """What is no http(s) URL is left out."""
    try:
        parsed = json.loads(text) if text else {}
    except ValueError:
        return {}
    if not isinstance(parsed, dict):
        return {}
    return {
        provider: url.rstrip("/")
        for provider, url in parsed.items()
        if isinstance(url, str) and url.startswith(("http://", "https://"))
    }
