"""Calls that are signed for one host: copied as they pass by, and told to the profiler. Never touches what the program sends or gets."""

import base64
import json
import time
from contextlib import contextmanager

from .observing import secrets_in, without_secrets
from .run_identity import random_id

#: Copies may take so much memory of the program's process, in one body.
_MAX_BODY_BYTES = 12 * 1024 * 1024


def begin(call, method, headers, body):
    """The copy of a call that is about to be made; None where it cannot be made. `body`: bytes, text or what has them in memory."""
    try:
        return Copy(call, method, _lower(headers), _bytes_of(body))
    except Exception:
        return None


@contextmanager
def noting_failure(copy):
    """A call that got no answer is told as such; the error is the program's own."""
    try:
        yield
    except BaseException as error:
        if copy is not None:
            copy.ended("unreachable" if isinstance(error, Exception) else "aborted", error)
        raise


class Copy:
    """One call: its answer is added as the program reads it, and told when it is over, whole or not."""

    def __init__(self, call, method, headers, request_body):
        self._call = call
        self._method = method
        self._headers = headers
        self._request_body = request_body
        self._started = time.time()
        self._clock = time.perf_counter()
        self._status = 0
        self._answer_headers = {}
        self._first_byte_ms = None
        self._parts = []
        self._size = 0
        self._is_truncated = request_body is None
        self._is_over = False
        self.is_being_read = False

    def answered(self, status, headers):
        self._status = status
        self._answer_headers = _lower(headers)
        self._first_byte_ms = self._elapsed()

    def decoded(self):
        """What is read of the body comes unpacked."""
        self._answer_headers.pop("content-encoding", None)

    def received(self, part):
        if self._is_over or not part:
            return
        self._size += len(part)
        self._is_truncated = self._is_truncated or self._size > _MAX_BODY_BYTES
        if self._size <= _MAX_BODY_BYTES:
            self._parts.append(bytes(part))

    def ended(self, how, error=None):
        """`how`: complete, truncated, aborted or unreachable. Only the first time counts. Throws nothing."""
        if self._is_over:
            return
        self._is_over = True
        try:
            from . import reporter

            reporter.report(self._line(how, error))
        except Exception:
            pass

    def _line(self, how, error):
        secrets = secrets_in(self._headers)
        line = {
            "type": "exchange",
            "id": "x-%x-%s%s" % (int(self._started * 1000), random_id(), random_id()),
            "provider": self._call.provider,
            "method": self._method,
            "url": self._call.url,
            "requestHeaders": without_secrets(self._headers),
            "requestBody": _masked(self._request_body or b"", secrets),
            "status": self._status,
            "responseHeaders": without_secrets(self._answer_headers),
            "responseBody": _masked(b"".join(self._parts), secrets),
            "startTime": int(self._started * 1000),
            "durationMs": self._elapsed(),
            "end": how,
            "copyTruncated": self._is_truncated,
            "tags": {name: value for name, value in self._call.tags.items() if name != "x-costflame-token"},
        }
        if self._first_byte_ms is not None:
            line["firstByteMs"] = self._first_byte_ms
        if error is not None:
            line["error"] = str(error)
        return json.dumps(line)

    def _elapsed(self):
        return (time.perf_counter() - self._clock) * 1000


def sync_stream(stream, copy):
    """The body of an answer of httpx, with its parts copied as they pass."""
    import httpx

    class Copied(httpx.SyncByteStream):
        def __iter__(self):
            with _following(copy):
                for part in stream:
                    copy.received(part)
                    yield part

        def close(self):
            stream.close()
            copy.ended("aborted")

    return Copied()


def async_stream(stream, copy):
    import httpx

    class Copied(httpx.AsyncByteStream):
        async def __aiter__(self):
            with _following(copy):
                async for part in stream:
                    copy.received(part)
                    yield part

        async def aclose(self):
            await stream.aclose()
            copy.ended("aborted")

    return Copied()


@contextmanager
def _following(copy):
    try:
        yield
    except GeneratorExit:
        copy.ended("aborted")
        raise
    except BaseException as error:
        copy.ended("truncated" if isinstance(error, Exception) else "aborted", error)
        raise
    copy.ended("complete")


def follow_urllib3(response, copy):
    """Copies what the program reads of a response of urllib3. The response stays the object that it is."""
    try:
        if getattr(response, "_body", None) is not None:
            copy.answered(response.status, response.headers.items())
            copy.decoded()
            copy.received(response._body)
            copy.ended("complete")
            return
        copy.answered(response.status, response.headers.items())
        _follow_read(response, copy)
        _follow_chunks(response, copy)
        _follow_close(response, copy)
    except Exception as error:
        copy.ended("truncated", error)


def _follow_read(response, copy):
    original = response.read

    def read(amt=None, decode_content=None, *args, **kwargs):
        _note_decoding(response, copy, decode_content)
        with _noting(copy), _reading(copy):
            part = original(amt, decode_content, *args, **kwargs)
        copy.received(part)
        if not part or amt is None:
            copy.ended("complete")
        return part

    response.read = read


def _follow_chunks(response, copy):
    original = response.read_chunked

    def read_chunked(amt=None, decode_content=None):
        _note_decoding(response, copy, decode_content)
        parts = iter(original(amt, decode_content))
        with _following(copy):
            while True:
                with _reading(copy):
                    part = next(parts, None)
                if part is None:
                    break
                copy.received(part)
                yield part

    response.read_chunked = read_chunked


def _note_decoding(response, copy, asked):
    if response.decode_content if asked is None else asked:
        copy.decoded()


def _follow_close(response, copy):
    original = response.close

    def close():
        is_read = getattr(response, "_fp", None) is None or getattr(response._fp, "isclosed", lambda: False)()
        original()
        if not copy.is_being_read:
            copy.ended("complete" if is_read else "aborted")

    response.close = close


@contextmanager
def _reading(copy):
    """urllib3 closes its responses by itself when reading fails: then it is not the program that gives up."""
    copy.is_being_read = True
    try:
        yield
    finally:
        copy.is_being_read = False


@contextmanager
def _noting(copy):
    try:
        yield
    except BaseException as error:
        copy.ended("truncated", error)
        raise


def _bytes_of(body):
    """None for a body that can be read only once: then only its answer is known."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8")
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if type(body).__name__ == "ByteStream":
        return b"".join(body)
    if hasattr(body, "getvalue"):
        return bytes(body.getvalue())
    return None


def _lower(headers):
    lowered = {}
    for name, value in headers:
        name = name.decode("latin-1") if isinstance(name, bytes) else str(name)
        lowered[name.lower()] = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return lowered


def _masked(body, secrets):
    """In base64. AWS answers a wrong signature with the whole request that it should have been for, session token and all."""
    for secret in secrets:
        # Of the same length, so that lengths inside binary frames stay true.
        body = body.replace(secret, b"*" * len(secret))
    return base64.b64encode(body).decode("ascii")
