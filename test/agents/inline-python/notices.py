"""Writes notices for the door. Its mistake: nothing says that its long instructions may be cached."""

from anthropic import Anthropic
from readers import rules_of

client = Anthropic()
INSTRUCTIONS = "You write notices for the door of the library.\n" + rules_of("the entrance hall", 160)


def write_notice(occasion):
    return client.messages.create(
        model="claude-sonnet-5",
        max_tokens=300,
        system=INSTRUCTIONS,
        messages=[{"role": "user", "content": occasion}],
    )
