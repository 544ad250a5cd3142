"""The proxies that the environment names for everybody. One that the program chose itself is its own affair."""

from urllib.request import getproxies, proxy_bypass


def is_from_environment(url):
    """True for a proxy that every client of this machine would use: the profiler uses it, too."""
    return any(_same(url, each) for each in getproxies().values())


def proxy_for(scheme, host):
    """URL of the proxy that the environment names for a host; None for none."""
    if host is None or proxy_bypass(host):
        return None
    proxies = getproxies()
    url = proxies.get(scheme) or proxies.get("all")
    return None if not url else url if "://" in url else "http://" + url


def _same(left, right):
    return _bare(left) == _bare(right)


def _bare(url):
    """Host and port alone: clients keep user and password apart."""
    return str(url).split("://", 1)[-1].split("@")[-1].rstrip("/").lower()
