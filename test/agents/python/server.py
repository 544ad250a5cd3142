"""A server that asks a model twice for each request that it answers, once in a thread; then two requests to it."""

import http.server
import os
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import requests

POOL = ThreadPoolExecutor(1)


def ask(text):
    body = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": text}]}
    requests.post(os.environ["OPENAI_BASE_URL"] + "/chat/completions", json=body).raise_for_status()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ask(self.path)
        POOL.submit(ask, self.path).result()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for path in ("/first", "/second"):
    urllib.request.urlopen("http://127.0.0.1:%d%s" % (server.server_port, path)).close()
ask("outside")
