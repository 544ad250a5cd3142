"""Answers a shop's mail: reads what a customer wants, then writes the reply. Two model calls a mail, without any SDK."""

import json
import os
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

API = os.environ["OPENAI_BASE_URL"]
# The embedded model server takes any key.
HEADERS = {"content-type": "application/json", "authorization": "Bearer demo"}
HANDBOOK = (Path(__file__).parent / "handbook.md").read_text(encoding="utf-8")

MAILS = [
    "Where is my order A-1042? It should have been here on Friday.",
    "The blender from order A-1077 came with a cracked jug. I would like my money back.",
    "Can I still send back the boots from order A-0988? I wore them indoors for one evening.",
    "Please send order A-1103 to Storgata 12, 7030 Trondheim instead. We have moved.",
    "The zip of my tent, order A-0871, broke on the first trip. What now?",
    "How long is a gift card valid, and can I use it in Denmark?",
]


# The model needs today's date for return periods.
def instructions():
    return f"""Current time: {datetime.now(timezone.utc).isoformat()}

{HANDBOOK}"""


def understand(mail):
    return complete(
        model="gpt-5.4",
        messages=[
            {"role": "system", "content": instructions()},
            {"role": "user", "content": f"{mail}\n\nSay in one line what this customer wants and which rule applies."},
        ],
    )


def reply(mail, wish):
    return complete(
        model="gpt-5.4",
        messages=[
            {"role": "system", "content": instructions()},
            {"role": "user", "content": mail},
            {"role": "assistant", "content": wish},
            {"role": "user", "content": "Now write the reply to the customer."},
        ],
    )


def complete(**body):
    request = urllib.request.Request(f"{API}/chat/completions", json.dumps(body).encode(), HEADERS)
    with urllib.request.urlopen(request) as response:
        return json.load(response)["choices"][0]["message"]["content"]


for mail in MAILS:
    print(f"\n── {mail}\n", flush=True)
    wish = understand(mail)
    print(reply(mail, wish), flush=True)
