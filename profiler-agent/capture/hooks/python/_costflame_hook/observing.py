"""Which calls are copied in the process instead of being led through the proxy, and what of them is a secret. Does what
`hooks/node/observed-request.ts` does: calls signed for one host, and those to hosts that nobody told us of."""

import re
from urllib.parse import quote

_SIGNED_FOR_BEDROCK = re.compile(
    r"AWS4-(?:HMAC-SHA256|ECDSA-P256-SHA256) Credential=[^,\s]+/bedrock/aws4_request\b", re.ASCII
)
_BEDROCK_PATH = re.compile(r"(?:/[^/]+)*/model/[^/]+/(?:converse|invoke|count-tokens)[\w-]*", re.ASCII)
_MODEL_PATH = re.compile(r"/chat/completions$|:(?:stream)?generateContent$", re.IGNORECASE)
_KEYED_MODEL_PATH = re.compile(r"/v1/(?:responses|embeddings|completions)$")
_SECRET_HEADER = re.compile(
    r"(?:(?:proxy-)?authorization|(?:set-)?cookie|x-amz-security-token|(?:[\w-]+-)?(?:api-?key|access-token|subscription-key))"
)
#: What is shorter is no secret, and would mask ordinary text.
_MIN_SECRET_LENGTH = 8


def is_signed_for_bedrock(target, authorization):
    """At any host: a gateway, a private endpoint."""
    return bool(_SIGNED_FOR_BEDROCK.match(authorization) and _BEDROCK_PATH.fullmatch(target.split("?", 1)[0]))


def asks_model(method, target, header):
    """True for paths that mean nothing else, and for such that do only with what their SDKs send along."""
    if method != "POST":
        return False
    path = target.split("?", 1)[0]
    if _MODEL_PATH.search(path):
        return True
    if path.endswith("/v1/messages"):
        return header("anthropic-version") is not None
    has_key = header("authorization") is not None or header("api-key") is not None
    return has_key and _KEYED_MODEL_PATH.search(path) is not None


def without_secrets(headers):
    """`headers`: name in lower case -> value."""
    return {name: value for name, value in headers.items() if not _SECRET_HEADER.fullmatch(name)}


def secrets_in(headers):
    """The values that let their holder in, as bytes, in the forms in which an answer may repeat them."""
    found = []
    for name, value in headers.items():
        if name == "authorization":
            value = value[7:] if value[:7].lower() == "bearer " else ""
        elif name.endswith("cookie") or not _SECRET_HEADER.fullmatch(name):
            continue
        if len(value) >= _MIN_SECRET_LENGTH:
            found.extend(form.encode("utf-8") for form in (value, value.replace("/", "\\/"), quote(value, safe="")))
    return found
