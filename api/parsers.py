"""JSON as RFC 8259 has it and nothing more: no NaN, no duplicate names, no text that UTF-8 cannot write."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser

from academy.errors import Fault, InvalidInput
from academy.text import Text
from api.errors import Malformed

TOO_LARGE = Text("ファイルは64MiBまでです。", "A file has at most 64 MiB.")

LARGEST_FILE = 64 * 1024 * 1024  # bytes; a roster of 170,000 people has about 25 million
AROUND_A_FILE = 1024 * 1024  # what a form adds to its file at most
LARGEST_BODY = 2_500_000  # bytes; files come by their own upload routes


class StrictJSONParser(BaseParser):
    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise Malformed(reason="本文が大きすぎます / the body is too large")
        if not body.strip():
            return {}
        try:
            text = body.decode("utf-8")
            found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
            if "\\u" in text:  # an escape may name half of a character; no answer and no column can hold it
                json.dumps(found, ensure_ascii=False).encode("utf-8")
            return found
        except (ValueError, RecursionError) as error:
            raise Malformed(reason=f"JSON: {error}") from error


class FileParser(MultiPartParser):
    """A form with a file; a body that is too large is refused before it is read."""

    largest = LARGEST_FILE
    too_large = TOO_LARGE

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > self.largest + AROUND_A_FILE:
            raise InvalidInput(faults=[Fault("/file", "too_large", self.too_large)])
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:
            raise Malformed(reason="multipart/form-data") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return found
