"""Says what a Python program is doing, so that Costflame can tell what each part of it costs. One file, only the standard library.

    import costflame

    @costflame.tool("search")
    async def search(query): ...

    with costflame.agent("support-desk", intent="refund", tenant="acme"):
        with costflame.step("plan"):
            client.responses.create(...)
        costflame.outcome("resolved", value=1)

`agent`, `step`, `tool` and `retrieval` each work as a context manager (`with`, `async with`) and as a decorator of functions, coroutines
and generators. Model calls and spans inside belong to them, across `await`, tasks and threads. Outside of a profiler (no COSTFLAME_PROXY
in the environment) nothing happens: decorators give back the very function. Nothing in here raises or prints, and spans are told to the
profiler of this machine alone.

Python 3.9 and newer. Written by `costflame python-api`; keep it as it is and a newer one can take its place.
"""

import contextvars
import itertools
import os
import sys
import time
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, TypeVar, Union

__all__ = ["agent", "step", "tool", "retrieval", "outcome", "tag", "headers", "within", "Span"]

#: By this the profiler's hook knows that the lines of this file are not the user's.
__costflame_api__ = 1

Value = Union[str, int, float, bool]
Tags = Mapping[str, Value]
Count = Union[int, Callable[[Any], Optional[int]]]
_Function = TypeVar("_Function", bound=Callable[..., Any])


class Span:
    """What `agent`, `step`, `tool` and `retrieval` give back. Outside of a profiler it does nothing."""

    def __enter__(self) -> "Span":
        return self

    def __exit__(self, error_type: Any, error: Any, traceback: Any) -> None:
        return None

    async def __aenter__(self) -> "Span":
        return self.__enter__()

    async def __aexit__(self, error_type: Any, error: Any, traceback: Any) -> None:
        self.__exit__(error_type, error, traceback)

    def __call__(self, function: _Function) -> _Function:
        """As a decorator: each call of the function is a span of its own."""
        return function

    def brought(self, documents: Optional[int] = None, tokens: Optional[int] = None) -> None:
        """How much a retrieval brought. Unknown unless said."""


def agent(
    name: str,
    *,
    version: Optional[str] = None,
    intent: Optional[str] = None,
    tenant: Optional[str] = None,
    session: Optional[str] = None,
    tags: Optional[Tags] = None,
) -> Span:
    """One invocation of an agent. The labels hold for everything in it; without `version` it has the one of the run, else the git commit."""
    if _teller is None:
        return _NOTHING
    return _Declared("agent", name, {"agentVersion": version, "intent": intent, "tenant": tenant, "session": session}, tags)


def step(
    name: str,
    *,
    intent: Optional[str] = None,
    tenant: Optional[str] = None,
    session: Optional[str] = None,
    tags: Optional[Tags] = None,
) -> Span:
    """A step of the agent around it."""
    if _teller is None:
        return _NOTHING
    return _Declared("step", name, {"intent": intent, "tenant": tenant, "session": session}, tags)


def tool(
    name: str,
    *,
    tool_call_id: Optional[str] = None,
    intent: Optional[str] = None,
    tenant: Optional[str] = None,
    session: Optional[str] = None,
    tags: Optional[Tags] = None,
) -> Span:
    """A tool at work. `tool_call_id` is the provider's id of the call that it answers (`toolu_…`, `call_…`): ties the two together."""
    if _teller is None:
        return _NOTHING
    labels = {"intent": intent, "tenant": tenant, "session": session}
    return _Declared("tool", name, labels, tags, attributes={"gen_ai.tool.call.id": _text(tool_call_id)})


def retrieval(
    name: str,
    *,
    documents: Optional[Count] = None,
    tokens: Optional[Count] = None,
    intent: Optional[str] = None,
    tenant: Optional[str] = None,
    session: Optional[str] = None,
    tags: Optional[Tags] = None,
) -> Span:
    """A retrieval: what it brings counts as retrieved text. `documents` and `tokens` say how much that is, or, on a decorated function,
    how to tell from what it gives back; `Span.brought` says it later."""
    if _teller is None:
        return _NOTHING
    labels = {"intent": intent, "tenant": tenant, "session": session}
    return _Declared("retrieval", name, labels, tags, brings={"documents": documents, "tokens": tokens})


def outcome(status: str, value: Optional[float] = None, **details: Value) -> None:
    """Says how the nearest agent's invocation ended (`resolved`, `escalated` …); outside of any agent, how the run did. The last word
    counts. `value` is what it was worth, in whatever unit you count."""
    if _teller is not None:
        _quietly(lambda: _say_outcome(status, value, details))


def tag(key: str, value: Value) -> None:
    """Tags the innermost span that is open here, and what happens in it from now on; outside of any span, what follows in this task or
    thread."""
    if _teller is not None:
        _quietly(lambda: _add_tag_here(key, value))


def headers() -> Dict[str, str]:
    """The headers that say where this code stands, for requests that the profiler's hook does not see, and for `within`. Empty without a
    profiler. The names begin with `x-costflame-`; the proxy never sends them upstream."""
    found: Dict[str, str] = {}
    if _teller is not None:
        found.update(_teller.run_headers())
        _quietly(lambda: found.update(_headers_of(_current.get())))
    return found


def within(headers: Optional[Mapping[str, str]]) -> Span:
    """What is done in it is a part of what `headers()` said elsewhere, in another process for one."""
    return _NOTHING if _teller is None else _Within(headers)


_NOTHING = Span()
_current: "contextvars.ContextVar[Optional[_Scope]]" = contextvars.ContextVar("costflame_scope", default=None)


class _Scope:
    """Where the running code stands: nearest agent and step, nearest span of any kind, and the labels that are added there."""

    __slots__ = ("outer", "labels", "tags", "agent", "step", "parent", "span", "agent_span", "is_agent", "owner")

    def __init__(self, outer: "Optional[_Scope]", labels: Dict[str, str], tags: Dict[str, str]) -> None:
        self.outer = outer
        self.labels = labels
        self.tags = tags
        self.agent: Optional[Tuple[str, str]] = outer.agent if outer else None
        self.step: Optional[Tuple[str, str]] = outer.step if outer else None
        self.parent: Optional[str] = outer.parent if outer else None
        self.agent_span: Optional[_Live] = outer.agent_span if outer else None
        self.span: Optional[_Live] = None
        self.is_agent = False
        #: Whose `with` it is.
        self.owner: Optional[Span] = None


def _scope_in(span: "_Live", outer: Optional[_Scope], labels: Dict[str, str], tags: Dict[str, str]) -> _Scope:
    scope = _Scope(outer, labels, tags)
    scope.span = span
    scope.parent = span.id
    if span.kind == "agent":
        scope.agent, scope.step, scope.agent_span, scope.is_agent = (span.name, span.id), None, span, True
    elif span.kind == "step":
        scope.step = (span.name, span.id)
    return scope


def _labels_of(scope: Optional[_Scope]) -> Tuple[Dict[str, str], Dict[str, str]]:
    """All labels and tags that hold there, the innermost word first."""
    if scope is None:
        return {}, {}
    labels, tags = _labels_of(scope.outer)
    if scope.is_agent:
        # The version of the agent around it is not its own.
        labels.pop("agentVersion", None)
    labels.update(scope.labels)
    tags.update(scope.tags)
    return labels, tags


_LABEL_HEADERS = {
    "agentVersion": "x-costflame-agent-version",
    "intent": "x-costflame-intent",
    "tenant": "x-costflame-tenant",
    "session": "x-costflame-session",
}
_TAG_PREFIX = "x-costflame-tag-"


def _headers_of(scope: Optional[_Scope]) -> Dict[str, str]:
    """The headers of a call that is made there."""
    if scope is None:
        return {}
    found = {}
    if scope.agent:
        found["x-costflame-agent"] = "%s;%s" % (_quoted(scope.agent[0]), scope.agent[1])
    if scope.step:
        found["x-costflame-step"] = "%s;%s" % (_quoted(scope.step[0]), scope.step[1])
    if scope.parent:
        found["x-costflame-parent"] = scope.parent
    labels, tags = _labels_of(scope)
    for label, header in _LABEL_HEADERS.items():
        if label in labels:
            found[header] = _quoted(labels[label])
    for key, value in tags.items():
        found[_TAG_PREFIX + key] = _quoted(value)
    return found


_counter = itertools.count(1)


class _Live:
    """A span that was declared, from its beginning to its end, and the line that tells of it."""

    def __init__(self, kind: str, name: str, labels: Dict[str, str], tags: Dict[str, str], frames: List[Dict[str, Any]]) -> None:
        self.id = "%s-%d" % (_process_prefix(), next(_counter))
        self.kind = kind
        self.name = name
        self.attributes: Dict[str, Value] = {}
        self.outcome: Optional[Dict[str, Value]] = None
        outer = _current.get()
        self.parent_id = outer.parent if outer else None
        self.scope = _scope_in(self, outer, labels, tags)
        self._frames = frames
        self._status: Optional[str] = None
        self._started = time.time() * 1000
        self._clock = time.perf_counter()
        self._ended: Optional[float] = None

    @property
    def is_over(self) -> bool:
        return self._ended is not None

    def end(self, status: Optional[str]) -> None:
        self._ended = self._started + (time.perf_counter() - self._clock) * 1000
        if status is not None and self._status != "error":
            self._status = status

    def line(self) -> Dict[str, Any]:
        labels, tags = _labels_of(self.scope)
        attribution: Dict[str, Any] = dict(labels, tags=tags) if tags else dict(labels)
        line: Dict[str, Any] = {"type": "span", "id": self.id, "kind": self.kind, "name": self.name, "attribution": attribution}
        line["startedAt"] = round(self._started, 3)
        more = {"parentId": self.parent_id, "status": self._status, "outcome": self.outcome}
        line.update({key: value for key, value in more.items() if value is not None})
        if self._ended is not None:
            line["endedAt"] = round(self._ended, 3)
        if self._frames:
            line["callSite"] = self._frames
        if self.attributes:
            line["attributes"] = self.attributes
        return line


class _Declared(Span):
    """A span as it was asked for; each `with` and each call of a decorated function begins one anew."""

    def __init__(
        self,
        kind: str,
        name: str,
        labels: Mapping[str, Optional[str]],
        tags: Optional[Tags],
        attributes: Optional[Mapping[str, Optional[str]]] = None,
        brings: Optional[Mapping[str, Optional[Count]]] = None,
    ) -> None:
        self._kind = kind
        self._name = _text(name) or kind
        cleaned = {label: _text(value) for label, value in labels.items()}
        self._labels = {label: value for label, value in cleaned.items() if value is not None}
        self._tags = _tags(tags)
        self._attributes = {key: value for key, value in (attributes or {}).items() if value is not None}
        self._brings = brings or {}

    def __enter__(self) -> Span:
        live = self._begin(sys._getframe(1))
        if live is not None:
            live.scope.owner = self
            _current.set(live.scope)
        return self

    async def __aenter__(self) -> Span:
        return self.__enter__()

    def __exit__(self, error_type: Any, error: Any, traceback: Any) -> None:
        scope = self._own_scope()
        if scope is None or scope.span is None:
            return
        _current.set(scope.outer)
        self._note_brought(scope.span, None)
        _end(scope.span, error_type)

    def brought(self, documents: Optional[int] = None, tokens: Optional[int] = None) -> None:
        scope = self._own_scope()
        if scope is not None and scope.span is not None:
            _note_counts(scope.span, {"documents": documents, "tokens": tokens})

    def _own_scope(self) -> Optional[_Scope]:
        """Of the innermost `with` of this object that the running code is in: tasks and threads may share the object."""
        scope = _current.get()
        while scope is not None and scope.owner is not self:
            scope = scope.outer
        return scope

    def __call__(self, function: Any) -> Any:
        if isinstance(function, (classmethod, staticmethod)):
            return type(function)(self(function.__func__))
        if isinstance(function, type) or not callable(function):
            return function
        flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
        for flag, follow in ((0x80, self._coroutine), (0x200, self._async_generator), (0x20, self._generator)):
            if flags & flag:
                return _like(function, follow(function))
        return _like(function, self._plain(function))

    def _plain(self, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            live = self._begin(sys._getframe(1))
            if live is None:
                return function(*args, **kwargs)
            outer = _current.get()
            _current.set(live.scope)
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                _end(live, type(error))
                raise
            finally:
                _current.set(outer)
            self._ended_with(live, result)
            return result

        return call

    def _coroutine(self, function: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            live = self._begin(sys._getframe(1))
            if live is None:
                return await function(*args, **kwargs)
            outer = _current.get()
            _current.set(live.scope)
            try:
                result = await function(*args, **kwargs)
            except BaseException as error:
                _end(live, type(error))
                raise
            finally:
                _current.set(outer)
            self._ended_with(live, result)
            return result

        return call

    def _generator(self, function: Any) -> Any:
        """Whoever takes from the generator is not in its span, so that is left at each `yield`."""

        def call(*args: Any, **kwargs: Any) -> Any:
            live = self._begin(sys._getframe(1))
            inner = function(*args, **kwargs)
            if live is None:
                return (yield from inner)
            step, given = inner.send, None
            try:
                while True:
                    outer = _current.get()
                    _current.set(live.scope)
                    try:
                        item = step(given)
                    finally:
                        _current.set(outer)
                    try:
                        step, given = inner.send, (yield item)
                    except GeneratorExit:
                        inner.close()
                        raise
                    except BaseException as error:
                        step, given = inner.throw, error
            except StopIteration as stop:
                self._ended_with(live, None)
                return stop.value
            except BaseException as error:
                _end(live, type(error))
                raise

        return call

    def _async_generator(self, function: Any) -> Any:
        async def call(*args: Any, **kwargs: Any) -> Any:
            live = self._begin(sys._getframe(1))
            inner = function(*args, **kwargs)
            step, given = inner.asend, None
            try:
                while True:
                    outer = _current.get()
                    if live is not None:
                        _current.set(live.scope)
                    try:
                        item = await step(given)
                    finally:
                        _current.set(outer)
                    try:
                        step, given = inner.asend, (yield item)
                    except GeneratorExit:
                        await inner.aclose()
                        raise
                    except BaseException as error:
                        step, given = inner.athrow, error
            except StopAsyncIteration:
                self._ended_with(live, None)
            except BaseException as error:
                _end(live, type(error))
                raise

        return call

    def _begin(self, frame: Any) -> Optional[_Live]:
        """None where something in here is wrong: then the program goes on without the span."""
        try:
            live = _Live(self._kind, self._name, self._labels, dict(self._tags), _user_frames(frame))
            live.attributes.update(self._attributes)
            assert _teller is not None
            _teller.began(live)
            return live
        except Exception:
            return None

    def _ended_with(self, live: Optional[_Live], result: Any) -> None:
        if live is not None:
            self._note_brought(live, result)
            _end(live, None)

    def _note_brought(self, live: _Live, result: Any) -> None:
        if self._brings:
            _quietly(lambda: _note_counts(live, {key: _count(said, result) for key, said in self._brings.items()}))


class _Within(Span):
    """The place that somebody else's headers name."""

    def __init__(self, given: Optional[Mapping[str, str]]) -> None:
        self._given = given
        self._outer: List[Optional[_Scope]] = []

    def __enter__(self) -> Span:
        self._outer.append(_current.get())
        _quietly(lambda: _current.set(_scope_from(self._given)) and None)
        return self

    def __exit__(self, error_type: Any, error: Any, traceback: Any) -> None:
        if self._outer:
            _current.set(self._outer.pop())

    def __call__(self, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            with _Within(self._given):
                return function(*args, **kwargs)

        async def call_async(*args: Any, **kwargs: Any) -> Any:
            with _Within(self._given):
                return await function(*args, **kwargs)

        is_coroutine = getattr(getattr(function, "__code__", None), "co_flags", 0) & 0x80
        return _like(function, call_async if is_coroutine else call)


def _scope_from(given: Optional[Mapping[str, str]]) -> _Scope:
    known = {str(name).lower(): value for name, value in (given or {}).items() if isinstance(value, str)}
    labels = {label: _unquoted(known[header]) for label, header in _LABEL_HEADERS.items() if header in known}
    tags = {name[len(_TAG_PREFIX) :]: _unquoted(value) for name, value in known.items() if name.startswith(_TAG_PREFIX)}
    scope = _Scope(None, {label: value for label, value in labels.items() if value}, _tags(tags))
    scope.agent = _name_and_id(known.get("x-costflame-agent", ""))
    scope.step = _name_and_id(known.get("x-costflame-step", ""))
    parent = known.get("x-costflame-parent", "")
    scope.parent = parent if _is_id(parent) else None
    return scope


def _name_and_id(value: str) -> Optional[Tuple[str, str]]:
    name, _, identity = value.partition(";")
    text = _text(_unquoted(name))
    return (text, identity) if text is not None and _is_id(identity) else None


def _end(live: Optional[_Live], error_type: Optional[type]) -> None:
    if live is None:
        return
    is_error = error_type is not None and not issubclass(error_type, GeneratorExit)
    live.end("error" if is_error else "ok")
    if _teller is not None:
        _quietly(lambda: _teller.ended(live))


def _say_outcome(status: Any, value: Any, details: Mapping[str, Any]) -> None:
    said = _text(status)
    assert said is not None and _teller is not None
    result: Dict[str, Value] = {}
    for key, detail in list(details.items())[:32]:
        cleaned = _text(detail) if isinstance(detail, str) else detail
        if isinstance(cleaned, (str, bool)) or _is_number(cleaned):
            result[key[:64]] = cleaned
    if _is_number(value):
        result["value"] = value
    result["status"] = said
    scope = _current.get()
    live = scope.agent_span if scope else None
    if live is None:
        _teller.tell_outcome({"type": "outcome", "at": int(time.time() * 1000), "outcome": result})
    else:
        live.outcome = result
        _teller.tell(live)


def _add_tag_here(key: Any, value: Any) -> None:
    scope = _open_scope(_current.get())
    if scope is None or scope.span is None:
        # For what follows here and nowhere else: nobody's labels are changed.
        scope = _Scope(scope, {}, {})
        _current.set(scope)
    _add_tag(scope.tags, key, value)
    if scope.span is not None and _teller is not None:
        _teller.tell(scope.span)


def _open_scope(innermost: Optional[_Scope]) -> Optional[_Scope]:
    """The same, or the nearest one around it whose span goes on: a task may outlive the span that it was started in."""
    scope = innermost
    while scope is not None and scope.span is not None and scope.span.is_over:
        scope = scope.outer
    return innermost if scope is None or scope.span is None else scope


def _note_counts(live: _Live, counts: Mapping[str, Any]) -> None:
    for key, count in counts.items():
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
            live.attributes["costflame.retrieval." + key] = count


def _count(said: Any, result: Any) -> Any:
    if not callable(said):
        return said
    return None if result is None else said(result)


def _is_number(value: Any) -> bool:
    is_finite = isinstance(value, (int, float)) and value == value and value not in (float("inf"), float("-inf"))
    return is_finite and not isinstance(value, bool)


_MAX_LENGTH = 256
_MAX_TAGS = 32


def _text(value: Any) -> Optional[str]:
    """Text of a name or value, fit for a header; None where there is none."""
    if isinstance(value, bool):
        value = "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        return None
    text = "".join(" " if character < " " or "\x7f" <= character <= "\x9f" else character for character in str(value))
    text = text.strip()[:_MAX_LENGTH].encode("utf-8", "ignore").decode("utf-8")
    return text or None


def _tags(given: Optional[Mapping[str, Any]]) -> Dict[str, str]:
    tags: Dict[str, str] = {}
    _quietly(lambda: [_add_tag(tags, key, value) for key, value in (given or {}).items()] and None)
    return tags


def _add_tag(tags: Dict[str, str], key: Any, value: Any) -> None:
    name = "".join(character if _is_id(character) else "-" for character in (_text(key) or "").lower())[:64]
    text = _text(value)
    if name and text is not None and (name in tags or len(tags) < _MAX_TAGS):
        tags[name] = text


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="!~*'()-_.")


def _unquoted(text: str) -> str:
    from urllib.parse import unquote

    return unquote(text)


def _is_id(text: str) -> bool:
    return 0 < len(text) <= 64 and all(character.isascii() and (character.isalnum() or character in "._-") for character in text)


def _quietly(work: Callable[[], None]) -> None:
    """What is wrong in here is nobody's concern: the program goes on, and we know a little less of it."""
    try:
        work()
    except Exception:
        pass


def _like(function: Any, wrapper: Any) -> Any:
    import functools

    return functools.wraps(function)(wrapper)


_prefix: Tuple[int, str] = (0, "")


def _process_prefix() -> str:
    """Unique is enough: nobody guards anything with it. A forked process has one of its own."""
    global _prefix
    if _prefix[0] != os.getpid():
        _prefix = (os.getpid(), "p%x-%s" % (int(time.time() * 1000), os.urandom(5).hex()))
    return _prefix[1]


_MAX_FRAMES = 32
_STANDARD_LIBRARY = os.path.dirname(os.path.abspath(os.__file__)) + os.sep


def _user_frames(frame: Any) -> List[Dict[str, Any]]:
    """The user's own lines, innermost first. The hook knows who started this task or thread, too."""
    if os.environ.get("COSTFLAME_CALLSITES") == "off":
        return []
    hook = sys.modules.get("_costflame_hook")
    known = hook.user_frames(frame) if hook is not None else list(_frames_from(frame))
    frames: List[Dict[str, Any]] = []
    for file, line, function in known[:_MAX_FRAMES]:
        frames.append({"file": file, "line": line})
        if function != "<module>":
            frames[-1]["function"] = function.replace(".<locals>", "")
    return frames


def _frames_from(frame: Any) -> Iterator[Tuple[str, int, str]]:
    while frame is not None:
        code = frame.f_code
        if code.co_name == "_run" and code.co_filename.replace("\\", "/").endswith("/asyncio/events.py"):
            return
        if code.co_filename[:1] != "<" and "__costflame_api__" not in frame.f_globals and not _is_installed(code.co_filename):
            yield os.path.abspath(code.co_filename), frame.f_lineno, getattr(code, "co_qualname", code.co_name)
        frame = frame.f_back


def _is_installed(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "site-packages" in parts or "dist-packages" in parts or name.startswith(_STANDARD_LIBRARY)


class _Teller:
    """Tells the profiler of spans as they begin and end, a moment later and together. Bounded, and silent when the profiler is gone."""

    _BATCH_SECONDS = 0.04
    _SEND_SECONDS = 2.0
    _EXIT_SECONDS = 0.2
    _MAX_WAITING = 1000
    _MAX_OPEN = 10_000

    def __init__(self, host: str, port: int, netloc: str, token: str) -> None:
        self._address = (host, port)
        self._netloc = netloc
        self._token = token
        self._start_over()
        import atexit

        atexit.register(self._at_exit)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._start_over)

    def _start_over(self) -> None:
        """In a forked process: what waits is the parent's to tell, and its thread is not here."""
        import threading

        self._lock = threading.Lock()
        self._hurry = threading.Event()
        self._thread: Optional[threading.Thread] = None
        #: Lines or spans that have something new to tell, in their order; a span is asked for its line when that is sent.
        self._waiting: Dict[int, Any] = {}
        self._open: Dict[str, _Live] = {}
        self._is_carried = getattr(self, "_is_carried", False)

    def run_headers(self) -> Dict[str, str]:
        run = os.environ.get("COSTFLAME_RUN", "")
        return {"x-costflame-run": run} if _is_id(run) else {}

    def began(self, live: _Live) -> None:
        if not self._is_carried:
            self._is_carried = True
            _quietly(_carry_into_threads)
        with self._lock:
            self._open[live.id] = live
            _forget_oldest(self._open, self._MAX_OPEN)
        self.tell(live)
        if live.kind == "retrieval":
            # What waits goes out at once: a budget may hold the next model call against it.
            self._hurry.set()

    def ended(self, live: _Live) -> None:
        with self._lock:
            self._open.pop(live.id, None)
        self.tell(live)

    def tell_outcome(self, line: Dict[str, Any]) -> None:
        self.tell(line)

    def tell(self, told: Any) -> None:
        with self._lock:
            self._waiting[id(told)] = told
            _forget_oldest(self._waiting, self._MAX_WAITING)
            if self._thread is None:
                import threading

                self._thread = threading.Thread(target=self._send_soon, name="costflame-api", daemon=True)
                self._thread.start()

    def _send_soon(self) -> None:
        self._hurry.wait(self._BATCH_SECONDS)
        with self._lock:
            self._hurry.clear()
            self._thread = None
            batch = list(self._waiting.values())
            self._waiting.clear()
        if not self._send(batch, self._SEND_SECONDS):
            with self._lock:
                self._waiting = {**{id(told): told for told in batch}, **self._waiting}
                _forget_oldest(self._waiting, self._MAX_WAITING)

    def _at_exit(self) -> None:
        """The program has ended, and with it what it left open."""
        for live in list(self._open.values()):
            live.end(None)
            self._waiting[id(live)] = live
        if self._waiting:
            _quietly(lambda: self._send(list(self._waiting.values()), self._EXIT_SECONDS) and None)

    def _send(self, batch: List[Any], limit_seconds: float) -> bool:
        import json
        import socket

        try:
            run = self.run_headers().get("x-costflame-run")
            lines = [told if isinstance(told, dict) else told.line() for told in batch]
            named = [dict(line, runId=run) if run else line for line in lines]
            body = "".join(json.dumps(line) + "\n" for line in named).encode("utf-8")
            head = "POST /ingest HTTP/1.1\r\nhost: %s\r\nx-costflame-token: %s\r\n" % (self._netloc, self._token)
            head += "content-type: application/x-ndjson\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(body)
            with socket.create_connection(self._address, timeout=limit_seconds) as connection:
                connection.sendall(head.encode("latin-1") + body)
                return connection.recv(64) != b""
        except OSError:
            return False


def _forget_oldest(kept: Dict[Any, Any], most: int) -> None:
    while len(kept) > most:
        del kept[next(iter(kept))]


def _carry_into_threads() -> None:
    """Tasks have the context of whoever made them; threads do not, so where the code stands is handed to them, and nothing else."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    submit = ThreadPoolExecutor.submit

    def submit_carrying(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        return submit(self, _called_in, _current.get(), fn, args, kwargs)

    start = threading.Thread.start
    run_thread = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    def start_carrying(self: Any) -> None:
        self._costflame_scope = _current.get()
        return start(self)

    def run_carried(self: Any) -> None:
        _current.set(self.__dict__.pop("_costflame_scope", None))
        return run_thread(self)

    ThreadPoolExecutor.submit = _like(submit, submit_carrying)  # type: ignore[method-assign]
    threading.Thread.start = _like(start, start_carrying)  # type: ignore[method-assign]
    threading.Thread._bootstrap_inner = run_carried  # type: ignore[attr-defined]


def _called_in(scope: Optional[_Scope], fn: Any, args: Any, kwargs: Any) -> Any:
    _current.set(scope)
    return fn(*args, **kwargs)


def _open_teller() -> Optional[_Teller]:
    """None without a profiler."""
    scheme, _, rest = os.environ.get("COSTFLAME_PROXY", "").partition("://")
    netloc = rest.split("/", 1)[0]
    host, _, port = netloc.rpartition(":")
    if os.environ.get("COSTFLAME_DISABLE") == "1" or scheme != "http" or not host or not port.isdigit():
        return None
    try:
        return _Teller(host.strip("[]"), int(port), netloc, os.environ.get("COSTFLAME_TOKEN", ""))
    except Exception:
        return None


_teller: Optional[_Teller] = _open_teller()
if _teller is not None:
    # The profiler's hook asks this for each model call.
    sys._costflame_context = lambda: _headers_of(_current.get())  # type: ignore[attr-defined]
