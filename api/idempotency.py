"""`Idempotency-Key`: the same key gives the same answer, and its effect once.

The record is inserted in the transaction of the write and committed with it: a crash takes both, so no key stays
blocked. A second request with the key waits on the unique index for the first; then it finds the answer, or times out
with 409. Scope: the user. Answers that changed nothing (any refusal) are not kept.
"""

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from rest_framework.request import Request
from rest_framework.response import Response

from academy.errors import Fault, InvalidInput
from academy.models import IdempotencyRecord, User
from academy.operations.base import refusals
from academy.text import Text
from api.errors import AnswerTooLarge, IdempotencyMismatch
from api.renderers import to_json

LONGEST_KEY = 255
LARGEST_ANSWER = 64 * 1024  # bytes as they are kept, compressed


@dataclass(frozen=True)
class Claim:
    """A key taken by this request; `replay` is the answer given before, if there was one."""

    record: IdempotencyRecord
    replay: Response | None

    def keep(self, response: Response) -> None:
        body = zlib.compress(to_json(response.data))
        if len(body) > LARGEST_ANSWER:
            raise AnswerTooLarge
        self.record.status_code = response.status_code
        self.record.body = body
        self.record.headers = {name: value for name, value in response.headers.items() if name in {"Location", "ETag"}}
        self.record.save(update_fields=["status_code", "body", "headers"])


def key_of(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST_KEY or not key.isprintable() or not key.isascii():
        text = Text("255文字までの印字できる ASCII です。", "Printable ASCII, up to 255 characters.")
        raise InvalidInput(faults=[Fault("Idempotency-Key", "invalid", text)])
    return key


def claim(request: Request, user: User, key: str) -> Claim:
    """Take the key, inside the transaction of the write."""
    fingerprint = _fingerprint(request)
    with refusals():
        record, _ = IdempotencyRecord.objects.get_or_create(user=user, key=key, defaults={"fingerprint": fingerprint})
    if record.fingerprint != fingerprint:
        raise IdempotencyMismatch
    if record.status_code is None:
        return Claim(record, None)
    headers = {**record.headers, "Idempotency-Replayed": "true"}
    body = zlib.decompress(bytes(record.body)) if record.body else b""
    return Claim(record, Replayed(body, record.status_code, headers))


def _fingerprint(request: Request) -> str:
    raw: HttpRequest = request._request
    parts = [raw.method or "", raw.get_full_path(), hashlib.sha256(_canonical(request.data).encode()).hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _canonical(body: Any) -> str:
    """The body as text, a file by its digest; whole numbers of any size, which an answer's encoder refuses."""
    if isinstance(body, QueryDict):
        body = {name: [_plain(value) for value in values] for name, values in body.lists()}
    return json.dumps(body, sort_keys=True)


def _plain(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    digest = hashlib.sha256()
    for part in value.chunks():
        digest.update(part)
    value.seek(0)
    return [value.name, digest.hexdigest()]


class Replayed(Response):
    """The bytes of an answer that was given before."""

    def __init__(self, body: bytes, status: int, headers: dict[str, str]) -> None:
        super().__init__(None, status=status, headers=headers, content_type="application/json")
        self.body = body

    @property
    def rendered_content(self) -> bytes:  # type: ignore[override]
        self["Content-Type"] = "application/json"
        return self.body
