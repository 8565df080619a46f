"""The schema under its address: what the code says, made once for each language and format."""

import pytest
from django.core.cache import cache
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

JSON = "application/vnd.oai.openapi+json"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """All the schemas that are made."""
    found: list[object] = []
    proper = SchemaGenerator.get_schema

    def kept(self: SchemaGenerator, request: object = None, public: bool = False) -> object:
        found.append(proper(self, request=request, public=public))  # type: ignore[no-untyped-call]
        return found[-1]

    monkeypatch.setattr(SchemaGenerator, "get_schema", kept)
    cache.clear()
    return found


def test_it_is_made_once_for_each_language_and_format(made: list[object], anonymous: APIClient) -> None:
    def asked(language: str, accept: str) -> bytes:
        answer = anonymous.get("/api/v1/schema/", headers={"accept-language": language, "accept": accept})
        assert answer.status_code == 200
        return bytes(answer.content)

    first = asked("en", JSON)
    assert (asked("en", JSON), len(made)) == (first, 1)
    assert asked("en", "*/*").startswith(b"openapi: ")
    asked("ja", JSON)
    assert len(made) == 3
    assert asked("en", JSON) == first
    assert len(made) == 3
