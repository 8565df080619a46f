"""JSON as RFC 8259 has it and nothing more: no NaN, no duplicate names, no text that UTF-8 cannot write."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from api.errors import Malformed

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


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return found
