"""An agent on clients in the shape of the official SDKs. Prints for each call its mark and the tokens that the provider reported."""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "site-packages"))

from sdk_shapes import Anthropic, AsyncAnthropic, AsyncOpenAI, GoogleByAiohttp, GoogleByHttpx, GoogleByRequests, OpenAI


def say(mark, usage):
    names = [("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens"), ("promptTokenCount", "candidatesTokenCount")]
    tokens = next((usage[read], usage[written]) for read, written in names if read in usage)
    print(mark, *tokens, flush=True)


def last_usage(events, key):
    usage = {}
    for event in events:
        usage.update(event.get(key) or event.get("message", {}).get(key) or {})
    return usage


def openai():
    client = OpenAI()
    say("sync", client.create("one two three"))  # <- sync
    say("stream", last_usage(client.create("one two", stream=True), "usage"))  # <- stream

    def helper(text):
        return client.create(text)  # <- helper

    say("helper", helper("from a helper"))  # <- caller of helper
    with ThreadPoolExecutor(2) as pool:
        say("pool", pool.submit(client.create, "in a pool of threads").result())  # <- pool

    def work():
        say("thread", client.create("in a thread"))  # <- thread

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    asyncio.run(openai_async())


async def openai_async():
    client = AsyncOpenAI()
    say("async", await client.create("one two three four"))  # <- async

    events = [event async for event in client.stream("five")]  # <- async stream
    say("async stream", last_usage(events, "usage"))

    async def ask(text):
        return await client.create(text)  # <- asked

    task = asyncio.create_task(ask("a task"))  # <- maker of asked
    say("asked", await task)
    first, _ = await asyncio.gather(client.create("a"), client.create("a"))  # <- gathered
    say("gathered", first)
    say("gathered", first)


def anthropic():
    client = Anthropic()
    say("sync", client.create("one two three"))  # <- sync
    say("stream", last_usage(client.create("one two", stream=True), "usage"))  # <- stream
    say("async", asyncio.run(AsyncAnthropic().create("one two three four")))  # <- async


def google():
    by_httpx, by_requests, by_aiohttp = GoogleByHttpx(), GoogleByRequests(), GoogleByAiohttp()
    say("httpx", by_httpx.generate("httpx"))  # <- httpx
    say("httpx stream", last_usage(list(by_httpx.stream("streamed")), "usageMetadata"))  # <- httpx stream
    say("requests", by_requests.generate("requests"))  # <- requests
    say("requests stream", last_usage(list(by_requests.stream("streamed")), "usageMetadata"))  # <- requests stream

    async def run():
        say("httpx async", await by_httpx.generate_async("httpx"))  # <- httpx async
        say("aiohttp", await by_aiohttp.generate("aiohttp"))  # <- aiohttp
        events = [event async for event in by_aiohttp.stream("streamed")]  # <- aiohttp stream
        say("aiohttp stream", last_usage(events, "usageMetadata"))

    asyncio.run(run())


for name in sys.argv[1:]:
    {"openai": openai, "anthropic": anthropic, "google": google}[name]()
