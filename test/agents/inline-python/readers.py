"""What readers ask, and the house rules that every desk has to know: long texts that are the same each time."""

THINGS = ["novels", "atlases", "board games", "sheet music", "films", "journals", "maps", "telescopes"]
VERBS = ["are lent for", "may be kept for", "come back after", "can be renewed for"]
TIMES = ["one week", "two weeks", "three weeks", "a month", "the summer"]
ENDS = ["at the front desk", "by telephone", "with a library card", "if nobody waits for them", "without a fee"]


def rules_of(topic, count):
    """About `count` rules of some twelve tokens each, the same for the same topic."""
    state = 7
    for letter in topic:
        state = (state * 31 + ord(letter)) % 65_521

    def one(words):
        nonlocal state
        state = (state * 17_364 + 1) % 65_521
        return words[state % len(words)]

    rules = [f"{rule + 1}. In {topic}, {one(THINGS)} {one(VERBS)} {one(TIMES)} {one(ENDS)}." for rule in range(count)]
    return "\n".join(rules)


def questions(desk):
    """Six questions to a desk."""
    return [f"Question {index + 1} to {desk}: where are the {thing}?" for index, thing in enumerate(THINGS[:6])]
