"""Requests that the program answers: each is an invocation of its own, so the model calls made for it carry its id.

Where a server gives each request a task of its own the id lives as long as that; where one thread answers them in turn, until the next.
"""

from . import origins
from .run_identity import random_id
from .wrapping import replace_method


def _new_id():
    return "c-" + random_id() + random_id()


def patch_http_server(module):
    """`http.server`, and what stands on it: wsgiref, Flask's and Django's development servers."""

    def parsing(original):
        def parse_request(self):
            origins.enter_request(_new_id())
            return original(self)

        return parse_request

    def finishing(original):
        def handle(self):
            try:
                return original(self)
            finally:
                origins.enter_request(None)

        return handle

    replace_method(module.BaseHTTPRequestHandler, "parse_request", parsing)
    replace_method(module.BaseHTTPRequestHandler, "handle", finishing)


def patch_gunicorn(module):
    def creating(original):
        def create(*args, **kwargs):
            origins.enter_request(_new_id())
            return original(*args, **kwargs)

        return create

    replace_method(module, "create", creating)


def patch_uvicorn(module):
    """One task runs one request."""

    def running(original):
        async def run_asgi(self, app):
            origins.enter_request(_new_id())
            return await original(self, app)

        return run_asgi

    replace_method(module.RequestResponseCycle, "run_asgi", running)


def patch_starlette(module):
    """Under a server that does not say which request it is, and in a test client."""

    def calling(original):
        async def __call__(self, scope, receive, send):
            if scope.get("type") != "http" or origins.request_id() is not None:
                return await original(self, scope, receive, send)
            origins.enter_request(_new_id())
            try:
                return await original(self, scope, receive, send)
            finally:
                origins.enter_request(None)

        return __call__

    replace_method(module.Starlette, "__call__", calling)


def patch_aiohttp_server(module):
    def handling(original):
        async def _handle_request(self, *args, **kwargs):
            origins.enter_request(_new_id())
            return await original(self, *args, **kwargs)

        return _handle_request

    replace_method(module.RequestHandler, "_handle_request", handling)
