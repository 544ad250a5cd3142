"""Says where a book stands. Its mistake: the time of the day is the first thing in the prompt."""

from datetime import datetime

from openai import OpenAI
from readers import rules_of

client = OpenAI()
shelves = rules_of("the reading room", 160)


def instructions():
    return f"""It is {datetime.now().isoformat()} at the library.
You help readers to find their way through the catalogue.
{shelves}"""


def answer_about_catalogue(question):
    return client.chat.completions.create(
        model="gpt-5.4",
        messages=[
            {"role": "system", "content": instructions()},
            {"role": "user", "content": question},
        ],
    )
