"""Asks once by each HTTP client and prints the status, whether to try again, and the body: `refused.py URL`."""

import asyncio
import json
import sys
import urllib.error
import urllib.request

URL = sys.argv[1]
KEY = {"authorization": "Bearer sk-test-0123456789", "content-type": "application/json"}
BODY = json.dumps({"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Where is my parcel?"}]})


def say(client, status, headers, text):
    print(client, status, headers.get("x-should-retry"), json.loads(text)["error"]["code"])


def by_httpx():
    import httpx

    reply = httpx.post(URL, content=BODY, headers=KEY)
    say("httpx", reply.status_code, reply.headers, reply.text)


def by_httpx_async():
    import httpx

    async def ask():
        async with httpx.AsyncClient() as session:
            reply = await session.post(URL, content=BODY, headers=KEY)
            say("httpx async", reply.status_code, reply.headers, reply.text)

    asyncio.run(ask())


def by_requests():
    import requests

    reply = requests.post(URL, data=BODY, headers=KEY)
    say("requests", reply.status_code, reply.headers, reply.text)


def by_urllib3():
    import urllib3

    reply = urllib3.PoolManager().request("POST", URL, body=BODY, headers=KEY)
    say("urllib3", reply.status, reply.headers, reply.data)


def by_aiohttp():
    import aiohttp

    async def ask():
        async with aiohttp.ClientSession() as session:
            async with session.post(URL, data=BODY, headers=KEY) as reply:
                say("aiohttp", reply.status, reply.headers, await reply.text())

    asyncio.run(ask())


def by_urllib():
    try:
        urllib.request.urlopen(urllib.request.Request(URL, BODY.encode(), KEY))
    except urllib.error.HTTPError as error:
        say("urllib", error.code, error.headers, error.read())


for ask in (by_httpx, by_httpx_async, by_requests, by_urllib3, by_aiohttp, by_urllib):
    ask()
