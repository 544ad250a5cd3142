"""Says how long something may be kept. Its mistake: the shelves are written as JSON whose keys come in another order each time."""

import json

from openai import OpenAI
from readers import rules_of

client = OpenAI()
shelves = {f"shelf {letter}": rules_of(f"shelf {letter}", 20) for letter in "abcdefgh"}


def instructions():
    # Whatever was asked for last stands first.
    first = next(iter(shelves))
    shelves[first] = shelves.pop(first)
    return f"You tell readers how long they may keep what they borrow.\n{json.dumps(shelves)}\nAnswer in two sentences."


def answer_about_loans(question):
    return client.responses.create(
        model="gpt-5.5",
        instructions=instructions(),
        input=question,
    )
