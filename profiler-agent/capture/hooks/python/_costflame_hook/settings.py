"""What the environment tells the hook. Reads only; whoever starts the process sets it."""


class Settings:
    """`proxy` is `http://HOST:PORT`; `folder` holds this package and the table of providers."""

    def __init__(self, host, port, token, call_sites, upstreams, variable_upstreams, folder, data=""):
        self.host = host
        self.port = port
        self.netloc = "[%s]:%d" % (host, port) if ":" in host else "%s:%d" % (host, port)
        self.proxy = "http://" + self.netloc
        self.token = token
        self.call_sites = call_sites
        #: As they stand in the environment; read when a call needs them.
        self.upstreams = upstreams
        self.variable_upstreams = variable_upstreams
        self.folder = folder
        #: The profiler's data folder, where it announces itself.
        self.data = data


def read_settings(environment, folder):
    """None when the hook has nothing to do: switched off, or no usable proxy."""
    if environment.get("COSTFLAME_DISABLE") == "1":
        return None
    scheme, _, rest = environment.get("COSTFLAME_PROXY", "").partition("://")
    host, colon, port = rest.split("/", 1)[0].rpartition(":")
    if scheme != "http" or not colon or not port.isdigit() or not host:
        return None
    mode = environment.get("COSTFLAME_CALLSITES", "")
    return Settings(
        host=host.strip("[]"),
        port=int(port),
        token=environment.get("COSTFLAME_TOKEN", ""),
        call_sites=mode if mode in ("deep", "light", "off") else "auto",
        upstreams=environment.get("COSTFLAME_UPSTREAMS", ""),
        variable_upstreams=environment.get("COSTFLAME_VARIABLE_UPSTREAMS", ""),
        folder=folder,
        data=environment.get("COSTFLAME_DATA", ""),
    )
