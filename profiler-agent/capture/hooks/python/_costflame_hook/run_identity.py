"""Which run this process belongs to: the one it was started in, or, for the first hooked process of a command, its own."""

import os
import sys
import time

_RUN_ID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MAX_COMMAND_LENGTH = 500

#: Carries the command of a self-made run to child processes: `<run id> <command>`, so that a later run's children ignore it.
_COMMAND_VARIABLE = "COSTFLAME_COMMAND"


class Run:
    """`command` is that of the process that made the run itself, None where somebody else named it; `is_ours` in that process alone."""

    def __init__(self, run_id, command, is_ours):
        self.run_id = run_id
        self.command = command
        self.is_ours = is_ours


def join_run(environment):
    """The run of this process; a new one is written into `environment`, so that child processes join it."""
    given = environment.get("COSTFLAME_RUN", "")
    if 0 < len(given) <= 64 and _RUN_ID.issuperset(given):
        inherited = environment.get(_COMMAND_VARIABLE, "")
        command = inherited[len(given) + 1 :] if inherited.startswith(given + " ") else None
        return Run(given, command, False)
    run_id = "r-%s-%s" % (_base36(time.time_ns() // 1_000_000), random_id())
    command = describe_command(_arguments(), os.getcwd())
    environment["COSTFLAME_RUN"] = run_id
    environment[_COMMAND_VARIABLE] = "%s %s" % (run_id, command)
    return Run(run_id, command, True)


def random_id():
    """Ten letters and digits. Unique is enough: nobody guards anything with it."""
    return _base36(int.from_bytes(os.urandom(8), "big")).rjust(10, "0")[-10:]


def _base36(number):
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text or "0"


def _arguments():
    """As Python was started; before 3.10 only what it made of that is known."""
    return getattr(sys, "orig_argv", None) or ["python"] + getattr(sys, "argv", [])


def describe_command(arguments, folder):
    """The command as a person would type it in `folder`: `python agent.py --fast`."""
    words = [os.path.basename(arguments[0]) if arguments else "python"]
    rest = arguments[1:]
    if "--" in rest and any("debugpy" in word for word in rest):
        # A debugger's launcher, which starts what a person asked for.
        rest = rest[rest.index("--") + 1 :]
    words.extend(_shortened(word, folder) for word in rest)
    return " ".join(_quoted(word) for word in words)[:_MAX_COMMAND_LENGTH]


def _shortened(word, folder):
    return word[len(folder) + 1 :] if word.startswith(folder + os.sep) else word


def _quoted(word):
    if word and not any(character.isspace() or character in "\"'\\" for character in word):
        return word
    return '"%s"' % word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
