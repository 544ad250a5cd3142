"""An agent that says what it does by `costflame.py`, in every way that Python has."""

import asyncio
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.environ["TEST_API"])
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "site-packages"))

import costflame
from sdk_shapes import AsyncOpenAI, OpenAI

client, async_client = OpenAI(), AsyncOpenAI()


@costflame.tool("lookup", tool_call_id="call_7")
async def lookup(text):
    return await async_client.create(text)  # <- tool


@costflame.retrieval("documents", documents=len)
def documents():
    client.create("retrieval")  # <- retrieval
    return ["a", "b"]


@costflame.step("numbers")
def numbers():
    for number in range(2):
        client.create("generator")  # <- generator
        yield number


@costflame.step("letters")
async def letters():
    for letter in "ab":
        await async_client.create("async generator")  # <- async generator
        yield letter


async def main():
    async with costflame.agent("desk", version="1.4", intent="refund", tenant="acme", tags={"Shop": "Öl"}):
        with costflame.step("plan"):
            await async_client.create("plan")  # <- plan
        await asyncio.gather(lookup("tool"), lookup("tool"))
        documents()
        for _ in numbers():
            client.create("between")  # <- between
        async for _ in letters():
            pass
        with ThreadPoolExecutor() as pool:
            pool.submit(client.create, "pool").result()  # <- pool
        thread = threading.Thread(target=client.create, args=("thread",))
        thread.start()  # <- thread
        thread.join()
        costflame.outcome("resolved", value=2, note="fine")
    client.create("outside")  # <- outside


asyncio.run(main())
try:
    with costflame.agent("failing"):
        raise ValueError("the program's own")
except ValueError as error:
    print(error, error.__context__)
