"""A program that asks Bedrock with botocore's own signer and HTTP session: whole, streamed, failing, given up and broken off."""

import json
import os

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

CREDENTIALS = Credentials("AKIATESTTESTTESTTEST", "test-secret-0123456789", "canary-session-token-0123")
MODEL = "/model/global.anthropic.claude-haiku-4-5-20251001-v1%3A0/"
session = URLLib3Session(verify=os.environ["TEST_CA"])


def send(operation, text):
    body = json.dumps({"messages": [{"role": "user", "content": [{"text": text}]}]}, separators=(",", ":"))
    request = AWSRequest("POST", os.environ["TEST_BEDROCK"] + MODEL + operation, {"content-type": "application/json"}, body)
    request.stream_output = "stream" in operation
    SigV4Auth(CREDENTIALS, "bedrock", "us-east-1").add_auth(request)
    return session.send(request.prepare())


whole = json.loads(send("converse", "whole").content)  # <- whole
print(whole["output"]["message"]["content"][0]["text"], whole["usage"]["totalTokens"])

streamed = send("converse-stream", "streamed")  # <- streamed
print(b"echo streamed" in b"".join(streamed.raw.stream()))

failed = send("converse", "fail")  # <- fail
print(failed.status_code)

given = send("converse-stream", "abort")  # <- abort
given.raw.read(20)
given.raw.close()

cut = send("converse-stream", "cut")  # <- cut
try:
    print(len(b"".join(cut.raw.stream())))
except Exception as error:
    print(type(error).__name__)
