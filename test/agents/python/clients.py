"""Asks once by each HTTP client: `clients.py URL client…`. Prints what came back, or the class of the error."""

import asyncio
import http.client
import json
import sys
import urllib.request
from urllib.parse import urlsplit

URL = sys.argv[1]
KEY = {"authorization": "Bearer sk-test-0123456789"}


def body(client):
    return {"model": "gpt-5-mini", "messages": [{"role": "user", "content": client}]}


def text_of(reply):
    return reply["choices"][0]["message"]["content"]


def by_httpx(client):
    import httpx

    return text_of(httpx.post(URL, json=body(client), headers=KEY).json())  # <- httpx


def by_httpx_stream(client):
    import httpx

    with httpx.stream("POST", URL, json={**body(client), "stream": True}, headers=KEY) as reply:  # <- httpx stream
        events = [json.loads(line[6:]) for line in reply.iter_lines() if line.startswith("data: {")]
    return "".join(each["delta"].get("content", "") for event in events for each in event["choices"])


def by_httpx_async(client):
    import httpx

    async def ask():
        async with httpx.AsyncClient() as session:
            return text_of((await session.post(URL, json=body(client), headers=KEY)).json())  # <- httpx async

    return asyncio.run(ask())


def by_requests(client):
    import requests

    return text_of(requests.post(URL, json=body(client), headers=KEY).json())  # <- requests


def by_urllib3(client):
    import urllib3

    headers = {**KEY, "content-type": "application/json"}
    reply = urllib3.PoolManager().request("POST", URL, body=json.dumps(body(client)), headers=headers)  # <- urllib3
    return text_of(json.loads(reply.data))


def by_aiohttp(client):
    import aiohttp

    async def ask():
        async with aiohttp.ClientSession() as session:
            async with session.post(URL, json=body(client), headers=KEY) as reply:  # <- aiohttp
                return text_of(await reply.json())

    return asyncio.run(ask())


def by_urllib(client):
    headers = {**KEY, "content-type": "application/json"}
    request = urllib.request.Request(URL, json.dumps(body(client)).encode(), headers)
    with urllib.request.urlopen(request) as reply:  # <- urllib
        return text_of(json.load(reply))


def by_http_client(client):
    place = urlsplit(URL)
    kind = http.client.HTTPSConnection if place.scheme == "https" else http.client.HTTPConnection
    connection = kind(place.netloc)
    connection.request("POST", place.path, json.dumps(body(client)), {**KEY, "content-type": "application/json"})  # <- http.client
    return text_of(json.load(connection.getresponse()))


for client in sys.argv[2:]:
    ask = globals()["by_" + client.replace(" ", "_").replace(".", "_")]
    try:
        print(ask(client), flush=True)
    except Exception as error:
        print(client, type(error).__module__, type(error).__name__, flush=True)
