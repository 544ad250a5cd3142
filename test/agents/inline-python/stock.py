"""Orders from the stock rooms. Its mistake: the room that was asked last is named first, so the tools come in another order each time."""

from anthropic import Anthropic
from readers import rules_of

client = Anthropic()
tools = [
    {
        "name": f"order_from_{room}",
        "description": f"Orders something from the {room}.\n{rules_of(f'the {room}', 40)}",
        "input_schema": {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]},
    }
    for room in ["cellar", "annex", "tower", "depot"]
]


def order_from_stock(question):
    tools.append(tools.pop(0))
    return client.messages.create(
        model="claude-opus-5",
        max_tokens=300,
        tools=tools,
        system=[{"type": "text", "text": "You order from the stock rooms.", "cache_control": {"type": "ephemeral"}}],
        messages=[{"role": "user", "content": question}],
    )
