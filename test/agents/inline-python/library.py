"""The desks of a town library, each with one mistake that costs money: `python library.py [desk …]` asks each a few questions."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "site-packages"))

from catalogue import answer_about_catalogue
from fines import answer_about_fines
from letters import shorten_letter
from loans import answer_about_loans
from notices import write_notice
from readers import questions
from stock import order_from_stock

DESKS = {
    "catalogue": answer_about_catalogue,
    "loans": answer_about_loans,
    "fines": answer_about_fines,
    "notices": write_notice,
    "letters": shorten_letter,
    "stock": order_from_stock,
}

for name in sys.argv[1:] or DESKS:
    for question in questions(name):
        DESKS[name](question)
    print(f"{name}: {len(questions(name))} answered", flush=True)
