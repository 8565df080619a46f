"""Which files may be handed out: the name and the content say the same."""

import pytest

from courses.file_kinds import LONGEST_NAME, clean_name, kind_of
from tests.courses.files import ALLOWED, REFUSED


@pytest.mark.parametrize(("name", "content", "content_type"), ALLOWED)
def test_what_may_be_handed_out(name: str, content: bytes, content_type: str) -> None:
    kind = kind_of(name, content)
    assert kind is not None
    assert kind.content_type == content_type


@pytest.mark.parametrize(("name", "content"), REFUSED)
def test_what_may_not(name: str, content: bytes) -> None:
    assert kind_of(name, content) is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("資料.pdf", "資料.pdf"),
        ("C:\\Users\\me\\資料.pdf", "資料.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        ("か\u3099.pdf", "が.pdf"),
        ("あ" * 300 + ".pdf", "あ" * (LONGEST_NAME - 4) + ".pdf"),
        ("x/", ""),
    ],
)
def test_a_name_is_the_last_part_without_what_is_not_seen(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept
