"""Prints what a program can see of its own process and of the libraries that it uses: nothing of it may change."""

import importlib.util
import inspect
import logging
import os
import sys
import threading
import traceback
import warnings
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import httpx
import requests
import urllib3

warnings.simplefilter("always")
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(name)s %(message)s")

print([entry for entry in sys.path if "hooks" in entry], sys.argv, threading.active_count())
print(sorted(name for name in os.environ if name.startswith("PYTHON") and name != "PYTHONPATH"))
print(importlib.util.find_spec("httpx").loader.__class__, httpx.__spec__.loader.__class__)
for function in (
    httpx.HTTPTransport.__init__,
    httpx.HTTPTransport.handle_request,
    httpx.AsyncHTTPTransport.handle_async_request,
    urllib3.HTTPConnectionPool.urlopen,
    aiohttp.TCPConnector.connect,
    aiohttp.ClientSession._request,
    ThreadPoolExecutor.submit,
    threading.Thread.start,
):
    print(function.__module__, function.__qualname__, str(inspect.signature(function))[:60], (function.__doc__ or "")[:20])
    print(inspect.iscoroutinefunction(function))

URL = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
BODY = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "harm"}]}
reply = httpx.post(URL, json=BODY)
print([name for name in reply.request.headers if name.startswith("x-costflame")], reply.status_code)
reply = requests.post(URL, json=BODY)
print([name for name in reply.request.headers if name.startswith("x-costflame")], reply.status_code, reply.history)


def failing():
    yield b"{"
    raise KeyError("the program's own")


for ask in (lambda: httpx.post(URL, content=failing()), lambda: requests.post(URL, data=failing()), lambda: httpx.get("ftp://x")):
    try:
        ask()
    except Exception as error:
        print(type(error), error, error.__cause__, error.__context__)
        print([frame.name for frame in traceback.extract_tb(error.__traceback__)][:1])
