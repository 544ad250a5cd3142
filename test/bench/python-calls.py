"""Times one call by a client to the server at URL, from a stack as deep as an agent's: `python-calls.py URL client`. Prints ms, median."""

import asyncio
import statistics
import sys
import time

URL, CLIENT = sys.argv[1:]
BODY = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "hello"}]}
ROUNDS, DEPTH = 400, 12


def deep(depth, work):
    return deep(depth - 1, work) if depth else work()


async def deep_async(depth, work):
    return await deep_async(depth - 1, work) if depth else await work()


def timed(ask):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        deep(DEPTH, ask)
        times.append(time.perf_counter() - start)
    return times


async def timed_async(ask):
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await deep_async(DEPTH, ask)
        times.append(time.perf_counter() - start)
    return times


def by_httpx():
    import httpx

    with httpx.Client() as client:
        # Without a body: head and body go out apart, and the second would wait 40 ms for the other side's word of the first.
        return timed(lambda: client.get(URL).json())


def by_requests():
    import requests

    with requests.Session() as session:
        return timed(lambda: session.post(URL, json=BODY).json())


def by_aiohttp():
    import aiohttp

    async def run():
        async with aiohttp.ClientSession() as session:

            async def ask():
                async with session.post(URL, json=BODY) as reply:
                    return await reply.json()

            return await timed_async(ask)

    return asyncio.run(run())


def by_create_task():
    """No call at all: what a task costs in a program that has loaded a client."""
    import httpx  # noqa: F401

    async def nothing():
        pass

    async def run():
        async def ask():
            for _ in range(100):
                await asyncio.create_task(nothing())

        return [each / 100 for each in await timed_async(ask)]

    return asyncio.run(run())


print(statistics.median(globals()["by_" + CLIENT]()[ROUNDS // 4 :]) * 1000)
