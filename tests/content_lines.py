"""A second reader of iCalendar, written from RFC 5545 alone: what the library writes is not only read by the library."""

import re
from dataclasses import dataclass, field

_NAME = re.compile(r"[A-Z0-9-]+")
_PARAM = re.compile(r';([A-Z0-9-]+)=("[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass
class Component:
    name: str
    lines: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def value(self, name: str) -> str:
        [found] = [value for each, _, value in self.lines if each == name]
        return found

    def text(self, name: str) -> str:
        return unescaped(self.value(name))

    def has(self, name: str) -> bool:
        return any(each == name for each, _, _ in self.lines)

    def params(self, name: str) -> dict[str, str]:
        [found] = [params for each, params, _ in self.lines if each == name]
        return found

    def all(self, name: str) -> list["Component"]:
        return [part for part in self.parts if part.name == name]


def unescaped(value: str) -> str:
    r"""TEXT (3.3.11): `\\`, `\;`, `\,` and `\n` or `\N`; nothing else may follow a backslash, no `;` or `,` stands alone."""
    assert re.fullmatch(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*", value), value
    return _ESCAPE.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def read(content: bytes) -> Component:
    """The one calendar object of a file; every line within 75 octets and ended by CR LF (3.1)."""
    assert content.endswith(b"\r\n")
    raw = content[:-2].split(b"\r\n")
    assert max(map(len, raw)) <= 75
    assert not any(b"\r" in line or b"\n" in line for line in raw)
    for octets in raw:
        octets.decode("utf-8")  # folded between characters, never inside one
    unfolded = re.sub(b"\r\n[ \t]", b"", content[:-2]).decode("utf-8").split("\r\n")
    root = Component("")
    path = [root]
    for line in unfolded:
        name, params, value = _line(line)
        if name == "BEGIN":
            path[-1].parts.append(part := Component(value))
            path.append(part)
        elif name == "END":
            assert path.pop().name == value
        else:
            path[-1].lines.append((name, params, value))
    assert path == [root]
    [calendar] = root.parts
    assert calendar.name == "VCALENDAR"
    return calendar


def _line(line: str) -> tuple[str, dict[str, str], str]:
    name = _NAME.match(line)
    assert name, line
    at, params = name.end(), {}
    while found := _PARAM.match(line, at):
        params[found[1]], at = found[2].strip('"'), found.end()
    assert line[at] == ":", line
    return name[0], params, line[at + 1 :]
