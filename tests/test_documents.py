"""The documents say what the code does. `WRITE_DOCUMENTS=1 pytest tests/test_documents.py` writes the generated ones."""

import importlib
import os
import pkgutil
import re
from pathlib import Path

import academy
import api
import courses
import enrollments
import skills
from academy.errors import DomainError

ROOT = Path(__file__).resolve().parent.parent
ERRORS = ROOT / "docs" / "errors.md"
HEAD = """# Errors

Every refusal is an RFC 9457 problem (`application/problem+json`): `type`, `title`, `status`, `detail`, `code`, and `errors`, a list of `pointer`, `code` and `detail` for what is wrong at one place (a JSON pointer into the body, or the name of a parameter).
`code` is stable and in English; `title` and `detail` are Japanese, or English by `Accept-Language`. Made from the code: `WRITE_DOCUMENTS=1 make test ARGS=tests/test_documents.py`.

| code | status | 日本語 | English |
|---|---|---|---|
"""


def refusals() -> list[type[DomainError]]:
    """All of the product's refusals: every module of the five apps is imported so that none hides."""
    for app in (academy, skills, courses, enrollments, api):
        for module in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if ".migrations" not in module.name and module.name != "academy.asgi":
                importlib.import_module(module.name)
    own = [each for each in DomainError.family() if not each.__module__.startswith("tests")]
    return sorted(own, key=lambda each: (each.status, each.code))


def error_table() -> str:
    lines = [
        f"| `{each.code}` | {each.status} | {each.title.ja}。{each.text.ja} | {each.title.en}. {each.text.en} |"
        for each in refusals()
    ]
    return HEAD + "\n".join(lines) + "\n"


def test_every_refusal_is_in_the_documents() -> None:
    if os.environ.get("WRITE_DOCUMENTS"):
        ERRORS.write_text(error_table(), encoding="utf-8")
    assert ERRORS.read_text(encoding="utf-8") == error_table()


def test_every_code_is_its_own() -> None:
    codes = [each.code for each in refusals()]
    assert sorted(codes) == sorted(set(codes))


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in folder.glob("0*.md"))
    assert [name for name in pages if f"({name})" not in index] == []


def test_the_readme_links_to_what_is_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = [part.split(")")[0] for part in readme.split("](")[1:]]
    assert [target for target in targets if not target.startswith("http") and not (ROOT / target).exists()] == []


def test_every_test_that_the_documents_name_is_there() -> None:
    page = (ROOT / "docs" / "what-goes-wrong-elsewhere.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert len(named) > 40
    texts = {path: (ROOT / path).read_text(encoding="utf-8") for path, _ in named}
    assert [name for path, name in named if name and f"def {name}(" not in texts[path]] == []
