"""Where tasks and threads come from: the lines that started each, carried to what it does. Also carries the request being answered.

asyncio copies the context of whoever makes a task; threads do not, so what we know is handed to them, and nothing else of the context.
"""

import contextvars
import sys

from .call_site import user_frames
from .wrapping import looking_like

#: ((frames of whoever started this task or thread), the same of that one or None)
_started_by = contextvars.ContextVar("costflame_started_by", default=None)
#: Id of the request that the program is answering.
_request = contextvars.ContextVar("costflame_request", default=None)

_MAX_FRAMES = 16
_MAX_GENERATIONS = 6

_is_watching = False


def frames_of_starters():
    """Frames of whoever started this task or thread, then of whoever started that one."""
    frames = []
    origin = _started_by.get()
    while origin is not None:
        frames.extend(origin[0])
        origin = origin[1]
    return frames


def request_id():
    return _request.get()


def enter_request(identity):
    """From here on, in this task or thread, the program answers this request; None for no request."""
    _request.set(identity)


def watch_starts():
    """Called when the program loads a client library: programs without one pay nothing."""
    global _is_watching
    if _is_watching:
        return
    _is_watching = True
    import threading
    from concurrent.futures import thread as executors

    _carry_into_threads(threading.Thread)
    _carry_into_executors(executors.ThreadPoolExecutor)
    if "asyncio" in sys.modules:
        _watch_tasks()
    else:
        _watch_tasks_when_imported()


def _watch_tasks_when_imported():
    from .imports import watch_imports

    watch_imports({"asyncio.base_events": ("origins", "watch_loop")})


def _watch_tasks():
    from asyncio import base_events

    watch_loop(base_events)


def watch_loop(base_events):
    loop_class = base_events.BaseEventLoop
    original = loop_class.create_task

    def create_task(self, *args, **kwargs):
        token = _note_start(sys._getframe(1), kwargs.get("context"))
        try:
            return _without_us(original(self, *args, **kwargs))
        finally:
            if token is not None:
                _started_by.reset(token)

    loop_class.create_task = looking_like(original, create_task)


def _without_us(task):
    """In its debug mode asyncio says of a task where it was made."""
    stack = getattr(task, "_source_traceback", None)
    if stack and stack[-1].filename == __file__:
        del stack[-1]
    return task


def _note_start(frame, context):
    """Says who starts the task that comes now, in its context if it has one of its own; gives what takes that back again."""
    try:
        origin = _origin(frame)
        if context is None:
            return _started_by.set(origin)
        context.run(_started_by.set, origin)
        return None
    except Exception:
        return None


def _origin(frame):
    before = _started_by.get()
    generations = 0
    oldest = before
    while oldest is not None:
        generations += 1
        oldest = oldest[1]
    frames = tuple(user_frames(frame, _MAX_FRAMES))
    if generations >= _MAX_GENERATIONS:
        # A task that starts the next one, over and over: the earliest are forgotten.
        before = (before[0], None)
    return (frames, before) if frames else before


def _carry_into_executors(executor_class):
    original = executor_class.submit

    def submit(self, fn, /, *args, **kwargs):
        try:
            carried = (_origin(sys._getframe(1)), _request.get())
        except Exception:
            return original(self, fn, *args, **kwargs)
        return original(self, _carried, carried, fn, args, kwargs)

    executor_class.submit = looking_like(original, submit)


def _carried(carried, fn, args, kwargs):
    _take(carried)
    return fn(*args, **kwargs)


def _take(carried):
    _started_by.set(carried[0])
    _request.set(carried[1])


def _carry_into_threads(thread_class):
    start = thread_class.start
    bootstrap = thread_class._bootstrap_inner

    def start_carrying(self):
        try:
            self._costflame_carried = (_origin(sys._getframe(1)), _request.get())
        except Exception:
            pass
        return start(self)

    def bootstrap_taking(self):
        try:
            _take(self.__dict__.pop("_costflame_carried"))
        except Exception:
            pass
        return bootstrap(self)

    thread_class.start = looking_like(start, start_carrying)
    thread_class._bootstrap_inner = bootstrap_taking
