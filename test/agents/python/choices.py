"""Clients that the program has set up in its own way: each is left as it is. `choices.py`."""

import asyncio
import json
import ssl

import aiohttp
import httpx
import requests

URL = "https://api.openai.com/v1/chat/completions"
BODY = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "own"}]}
BLIND = ssl.create_default_context()
BLIND.check_hostname = False
BLIND.verify_mode = ssl.CERT_NONE


class OwnTransport(httpx.BaseTransport):
    def handle_request(self, request):
        names = [name for name in request.headers if name.startswith("x-costflame")]
        return httpx.Response(200, json={"url": str(request.url), "ours": names})


def tried(make):
    try:
        make()
    except Exception as error:
        return type(error).__name__
    return "answered"


async def by_aiohttp():
    async with aiohttp.ClientSession() as session:
        await session.post(URL, json=BODY, ssl=False)


print(json.dumps(httpx.Client(transport=OwnTransport()).post(URL, json=BODY).json()))
print("mounted", json.dumps(httpx.Client(mounts={"https://": OwnTransport()}).post(URL, json=BODY).json()["ours"]))
print("verify", tried(lambda: httpx.Client(verify=False).post(URL, json=BODY)))
print("context", tried(lambda: httpx.Client(verify=BLIND).post(URL, json=BODY)))
print("proxy", tried(lambda: requests.post(URL, json=BODY, proxies={"https": "http://127.0.0.1:9"})))
print("requests", tried(lambda: requests.post(URL, json=BODY, verify=False)))
print("aiohttp", tried(lambda: asyncio.run(by_aiohttp())))
