"""A program that asks a model itself, in a child process, in a forked and in a spawned one."""

import multiprocessing
import subprocess
import sys

import requests


def ask(who):
    body = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": who}]}
    key = {"authorization": "Bearer sk-test-0123456789"}
    reply = requests.post("https://api.openai.com/v1/chat/completions", json=body, headers=key)  # <- ask
    reply.raise_for_status()
    print(who, flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ask(sys.argv[1])
    else:
        ask("parent")
        subprocess.run([sys.executable, __file__, "child"], check=True)
        for method, who in (("fork", "forked"), ("spawn", "spawned")):
            process = multiprocessing.get_context(method).Process(target=ask, args=(who,))
            process.start()
            process.join()
