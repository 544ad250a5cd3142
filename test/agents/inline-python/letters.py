"""Shortens letters of readers. Its mistake: it pays for caching each letter, which nobody sends again."""

from anthropic import Anthropic
from readers import rules_of

client = Anthropic()


def shorten_letter(question):
    letter = question + "\n" + rules_of(question, 160)
    return client.messages.create(
        model="claude-opus-4-8",
        max_tokens=300,
        system="Shorten the letter to one sentence.",
        messages=[
            {
                "role": "user",
                "content": [{"type": "text", "text": letter, "cache_control": {"type": "ephemeral"}}],
            }
        ],
    )
