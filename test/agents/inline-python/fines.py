"""Says what a late book costs. Its mistake: what it marks to be cached begins with the time of the day."""

from datetime import datetime

from anthropic import Anthropic
from readers import rules_of

client = Anthropic()
fees = rules_of("the cash office", 160)


def answer_about_fines(question):
    now = datetime.now().isoformat()
    return client.messages.create(
        model="claude-sonnet-4-6",
        max_tokens=300,
        system=[
            {
                "type": "text",
                "text": f"The time is {now}.\nYou explain fines to readers, and waive none.\n{fees}",
                "cache_control": {"type": "ephemeral"},
            }
        ],
        messages=[{"role": "user", "content": question}],
    )
