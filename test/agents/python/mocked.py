"""A program whose HTTP client is mocked where respx does it, below httpx: the mock answers for the provider's own host."""

from unittest import mock

import httpcore
import httpx


def answer(_pool, request):
    host = request.url.host.decode()
    return httpcore.Response(200, content=b"mocked " + host.encode())


with mock.patch("httpcore._sync.connection_pool.ConnectionPool.handle_request", answer):
    print(httpx.post("https://api.mistral.ai/v1/chat/completions", json={"model": "m", "messages": []}).text)
