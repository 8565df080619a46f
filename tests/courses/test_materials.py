"""Materials are handed out, changed and taken back; what they are is checked."""

from collections.abc import Callable

import pytest

from academy.errors import InvalidInput
from academy.models import AuditEvent
from courses.file_kinds import LARGEST
from courses.models import ContentVersion, Lesson, Material, MaterialFor, Session
from courses.operations.materials import File, add_material, change_material, remove_material
from tests import records, stage
from tests.cast import Cast
from tests.courses.files import PDF


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return records.lessons(stage.course(), 60)[0]


@pytest.fixture
def session(lesson: Lesson) -> Session:
    return stage.session(lesson.module.version.course)


def faults(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        call()
    assert not Material.objects.exists()
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_a_file_keeps_what_was_sent(lesson: Lesson) -> None:
    made = add_material(owner=lesson, title_ja="資料", file=File("C:\\資料.pdf", PDF), by=None)
    read = Material.objects.get()
    assert (read.lesson, read.version, read.session, read.shown_to) == (lesson, None, None, "seated")
    assert (bytes(read.content or b""), read.file_name, read.content_type, read.size, read.url) == (
        PDF, "資料.pdf", "application/pdf", len(PDF), "",
    )  # fmt: skip
    event = AuditEvent.objects.get(action="courses.add_material")
    assert (event.target, event.detail) == (
        made.public_id,
        {"owner": str(lesson.public_id), "kind": "lesson", "size": len(PDF)},
    )


def test_an_address_belongs_to_a_version_even_when_it_is_published_or_to_a_session(
    lesson: Lesson, session: Session
) -> None:
    for owner, column in ((lesson.module.version, "version"), (session, "session")):
        made = add_material(owner=owner, title_ja="案内", url="https://example.org/a?b=1#c", by=None)
        assert getattr(made, column) == owner
        assert (made.url, made.content, made.size) == ("https://example.org/a?b=1#c", None, None)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        "https://",
        "https:///a",
        "https://user:secret@example.org/",
        "https://example.org/ a",
        "https://example.org/\u202e",
        "https://[::1",
        "ftp://example.org",
    ],
)
def test_an_address_begins_with_https_and_names_a_place(session: Session, url: str) -> None:
    assert faults(lambda: add_material(owner=session, title_ja="案内", url=url, by=None)) == [("/url", "https_only")]


def test_it_is_either_an_address_or_a_file_and_has_a_title(session: Session) -> None:
    file = File("a.pdf", PDF)
    assert faults(lambda: add_material(owner=session, title_ja=" ", by=None)) == [
        ("/title_ja", "required"),
        ("/url", "one_of"),
    ]
    both = faults(lambda: add_material(owner=session, title_ja="案", url="https://a.jp/", file=file, by=None))
    assert both == [("/url", "one_of")]


def test_a_file_is_of_a_known_kind_and_of_ten_mebibytes_at_most(session: Session) -> None:
    def add(name: str, content: bytes) -> Material:
        return add_material(owner=session, title_ja="資料", file=File(name, content), by=None)

    assert faults(lambda: add("a.html", PDF)) == [("/file", "kind_not_allowed")]
    assert faults(lambda: add("a.pdf", PDF + bytes(LARGEST - len(PDF) + 1))) == [("/file", "too_large")]
    assert add("a.pdf", PDF + bytes(LARGEST - len(PDF))).size == LARGEST


def test_its_title_and_readers_change_and_the_rest_stays(lesson: Lesson) -> None:
    made = add_material(owner=lesson, title_ja="資料", file=File("a.pdf", PDF), by=None)
    change_material(material_id=made.pk, title_ja="改", shown_to=MaterialFor.EVERYBODY, by=None)
    read = Material.objects.get()
    assert (read.title_ja, read.shown_to, bytes(read.content or b"")) == ("改", "everybody", PDF)
    with pytest.raises(InvalidInput):
        change_material(material_id=made.pk, title_ja="", by=None)
    remove_material(material_id=made.pk, by=None)
    assert not Material.objects.exists()
    assert AuditEvent.objects.get(action="courses.remove_material").target == made.public_id
    assert ContentVersion.objects.exists()
