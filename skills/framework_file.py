"""A framework as a file (YAML or JSON): read and checked in one pass, everything wrong is named with its place.

Keys: code, version, name_ja, name_en, sample, source; `levels` {value, ja, en}; `categories` {ja, en};
`items` {number, category: its Japanese name, ja, en}; `job_types` {number, ja, en, requires: {item number: level}}.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from academy.errors import Fault, Faults, InvalidInput
from academy.text import Text

LARGEST_FILE = 1_000_000  # bytes; the stand-in of 22 items and 10 job types has 6,000
LARGEST_NUMBER = 32_767
NAME, DESCRIPTOR = 100, 300  # characters
CODE = re.compile(r"[-a-zA-Z0-9_]{1,60}")

Values = dict[str, Any]


@dataclass(frozen=True)
class FrameworkFile:
    """What a file without faults holds. The entries are dictionaries of the keys above."""

    head: Values
    levels: list[Values]
    categories: list[Values]
    items: list[Values]
    job_types: list[Values]
    digest: str


def read(path: Path) -> FrameworkFile:
    """Raises InvalidInput with a JSON pointer, and for YAML the line and column, of everything that is wrong."""
    content = _content(path)
    plain, reading = _plain(content, path.suffix)
    check = _Check(plain, reading)
    found = FrameworkFile(
        head=check.head(),
        levels=check.levels(),
        categories=check.categories(),
        items=check.items(),
        job_types=check.job_types(),
        digest=hashlib.sha256(content).hexdigest(),
    )
    reading.faults.refuse()
    return found


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _unreadable("unreadable", "ファイルを開けません。", "The file cannot be opened.") from error
    if len(content) > LARGEST_FILE:
        raise _unreadable("too_large", "ファイルが大きすぎます。", "The file is too large.")
    return content


def _unreadable(code: str, ja: str, en: str) -> InvalidInput:
    return InvalidInput(faults=[Fault("", code, Text(ja, en))])


@dataclass
class _Reading:
    """The places of a text, and what was found wrong at them."""

    faults: Faults = field(default_factory=Faults)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, pointer: str, code: str, ja: str, en: str) -> None:
        nearest = pointer
        while nearest not in self.places and nearest:
            nearest = nearest.rpartition("/")[0]
        if nearest in self.places:
            line, column = self.places[nearest]
            ja, en = f"{line}行{column}列: {ja}", f"Line {line}, column {column}: {en}"
        self.faults.add(pointer, code, ja, en)


def _plain(content: bytes, suffix: str) -> tuple[Any, _Reading]:
    reading = _Reading()
    try:
        text = content.decode("utf-8-sig")
        if suffix == ".json":
            return json.loads(text, object_pairs_hook=_without_duplicates), reading
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return _Tree(reading).plain(node, ""), reading
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _unreadable(
            "malformed",
            f"{place[0]}行{place[1]}列: YAML として読めません。",
            f"Line {place[0]}, column {place[1]}: this is not YAML.",
        ) from error
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise _unreadable("malformed", "読めない内容です。", "The contents cannot be read.") from error


def _without_duplicates(pairs: list[tuple[str, Any]]) -> Values:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return found


class _Tree:
    """YAML nodes as plain values. Unlike `safe_load` it refuses a name that occurs twice, and aliases."""

    def __init__(self, reading: _Reading) -> None:
        self.reading = reading
        self.constructor = yaml.SafeLoader("")
        self.seen: set[int] = set()

    def plain(self, node: "yaml.Node | None", pointer: str) -> Any:
        if node is None:
            return None
        self.reading.places[pointer] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if id(node) in self.seen:
            self.reading.add(pointer, "alias", "別名(*)は使えません。", "Aliases are not allowed.")
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(each, f"{pointer}/{index}") for index, each in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer)
        return self.constructor.construct_object(node)

    def _mapping(self, node: "yaml.MappingNode", pointer: str) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.reading.add(pointer, "invalid", "名前は文字か数です。", "A name is text or a number.")
                continue
            key = self.constructor.construct_object(key_node)
            if key in found:
                self.reading.add(f"{pointer}/{key}", "duplicate", "二度書かれています。", "It is written twice.")
            found[key] = self.plain(value_node, f"{pointer}/{key}")
        return found


class _Check:
    """Each part of the file in turn. A part with faults comes back incomplete; `read` then refuses the whole."""

    HEAD = {"code", "version", "name_ja", "name_en", "sample", "source"}
    LISTS = {"levels", "categories", "items", "job_types"}

    def __init__(self, plain: Any, reading: _Reading) -> None:
        self.reading = reading
        self.plain: Values = plain if isinstance(plain, dict) else {}
        if not isinstance(plain, dict):
            reading.add("", "invalid", "項目の一覧ではありません。", "This is not a mapping.")
            reading.faults.refuse()
        self.known(self.plain, "", self.HEAD | self.LISTS)

    def head(self) -> Values:
        sample = self.plain.get("sample", False)
        if not isinstance(sample, bool):
            self.reading.add("/sample", "invalid", "true か false です。", "true or false.")
        code = self.text(self.plain, "", "code", 60)
        if code and not CODE.fullmatch(code):
            self.reading.add("/code", "invalid", "英数字、- と _ だけです。", "Letters, digits, - and _ only.")
        return {
            "code": code,
            "version": self.text(self.plain, "", "version", 20),
            "name_ja": self.text(self.plain, "", "name_ja", 200),
            "name_en": self.text(self.plain, "", "name_en", 200),
            "source": self.text(self.plain, "", "source", 300),
            "sample": sample is True,
        }

    def levels(self) -> list[Values]:
        found = []
        for pointer, entry in self.entries("levels", {"value", "ja", "en"}):
            value = self.number(entry, pointer, "value")
            found.append({"value": value, **self.names(entry, pointer, DESCRIPTOR)})
        self.unique("levels", "value", found)
        return found

    def categories(self) -> list[Values]:
        found = [self.names(entry, pointer) for pointer, entry in self.entries("categories", {"ja", "en"})]
        self.unique("categories", "ja", found)
        return found

    def items(self) -> list[Values]:
        categories = {entry.get("ja") for entry in self.dictionaries("categories")}
        found = []
        for pointer, entry in self.entries("items", {"number", "category", "ja", "en"}):
            number, category = self.number(entry, pointer, "number"), self.text(entry, pointer, "category", NAME)
            if category and category not in categories:
                self.reading.add(
                    f"{pointer}/category", "unknown_category", "この区分はありません。", "There is no such category."
                )
            found.append({"number": number, "category": category, **self.names(entry, pointer)})
        self.unique("items", "number", found)
        self.unique("items", "ja", found)
        return found

    def job_types(self) -> list[Values]:
        found = []
        for pointer, entry in self.entries("job_types", {"number", "ja", "en", "requires"}, needed=False):
            number = self.number(entry, pointer, "number")
            requires = self.requires(entry.get("requires"), f"{pointer}/requires")
            found.append({"number": number, "requires": requires, **self.names(entry, pointer)})
        self.unique("job_types", "number", found)
        self.unique("job_types", "ja", found)
        return found

    def requires(self, given: Any, pointer: str) -> dict[int, int]:
        if not isinstance(given, dict):
            self.reading.add(pointer, "required", "項目番号とレベルの組です。", "Pairs of an item number and a level.")
            return {}
        items = {entry.get("number") for entry in self.dictionaries("items")}
        levels = {entry.get("value") for entry in self.dictionaries("levels")}
        found = {}
        for key, level in given.items():
            number = int(key) if isinstance(key, str) and key.isascii() and key.isdigit() else key
            if type(number) is not int or number not in items:
                self.reading.add(f"{pointer}/{key}", "unknown_item", "この項目はありません。", "There is no such item.")
            elif type(level) is not int or level not in levels:
                self.reading.add(
                    f"{pointer}/{key}",
                    "unknown_level",
                    "このレベルは尺度にありません。",
                    "The level is not in the scale.",
                )
            else:
                found[number] = level
        return found

    # What a value is.

    def entries(self, name: str, keys: set[str], *, needed: bool = True) -> Iterator[tuple[str, Values]]:
        """The entries of a list that are mappings, each with its pointer."""
        given = self.plain.get(name)
        if given is not None and not isinstance(given, list):
            self.reading.add(f"/{name}", "invalid", "一覧ではありません。", "This is not a list.")
            return
        if needed and not given:
            self.reading.add(f"/{name}", "required", "一つ以上必要です。", "At least one is needed.")
        for index, entry in enumerate(given or []):
            if isinstance(entry, dict):
                self.known(entry, f"/{name}/{index}", keys)
                yield f"/{name}/{index}", entry
            else:
                self.reading.add(f"/{name}/{index}", "invalid", "項目の組ではありません。", "This is not a mapping.")

    def dictionaries(self, name: str) -> list[Values]:
        given = self.plain.get(name)
        listed = given if isinstance(given, list) else []
        return [
            {key: value for key, value in entry.items() if isinstance(value, str | int)}
            for entry in listed
            if isinstance(entry, dict)
        ]

    def known(self, entry: Values, pointer: str, keys: set[str]) -> None:
        for key in entry:
            if key not in keys:
                self.reading.add(
                    f"{pointer}/{key}", "unknown_field", "この項目はありません。", "There is no such field."
                )

    def names(self, entry: Values, pointer: str, longest: int = NAME) -> Values:
        return {"ja": self.text(entry, pointer, "ja", longest), "en": self.text(entry, pointer, "en", longest)}

    def text(self, entry: Values, pointer: str, key: str, longest: int) -> str:
        value = entry.get(key)
        if value is None or value == "":
            self.reading.add(f"{pointer}/{key}", "required", "必須です。", "It is required.")
        elif not isinstance(value, str):
            self.reading.add(f"{pointer}/{key}", "not_text", "引用符で囲んだ文字列です。", "Text; put it in quotes.")
        elif len(value) > longest or "\x00" in value or not value.strip():
            self.reading.add(f"{pointer}/{key}", "invalid", f"{longest}文字までです。", f"Up to {longest} characters.")
        else:
            return value
        return ""

    def number(self, entry: Values, pointer: str, key: str) -> int:
        value = entry.get(key)
        if type(value) is int and 0 <= value <= LARGEST_NUMBER:
            return value
        self.reading.add(
            f"{pointer}/{key}",
            "invalid" if key in entry else "required",
            f"0から{LARGEST_NUMBER}までの整数です。",
            f"A whole number from 0 to {LARGEST_NUMBER}.",
        )
        return -1

    def unique(self, name: str, key: str, found: list[Values]) -> None:
        seen: set[Any] = {"", -1}  # what was missing has its own fault
        for index, entry in enumerate(found):
            if entry[key] in seen - {"", -1}:
                self.reading.add(f"/{name}/{index}/{key}", "duplicate", "重複しています。", "It occurs twice.")
            seen.add(entry[key])
