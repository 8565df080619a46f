"""Materials by mouse: an address or a file for a session, a version or a lesson; changed and taken away."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from academy.models import AuditEvent
from courses.models import ContentVersion, Material
from courses.operations import content, materials, versions
from tests.cast import Cast
from tests.courses.catalogue import Catalogue
from tests.office import address, faults, office_of, page_of, press, text


@pytest.fixture
def office(cast: Cast) -> Client:
    return office_of(cast.hr)


@pytest.fixture
def version(catalogue: Catalogue) -> ContentVersion:
    """With one lesson."""
    made = versions.start_version(course_id=catalogue.seminar.pk, by=None)
    module = content.add_module(course_id=catalogue.seminar.pk, title_ja="章", by=None)
    content.add_lesson(module_id=module.pk, title_ja="導入", seconds=60, by=None)
    return made


def new(**fields: Any) -> dict[str, Any]:
    return {"title_ja": "資料", "shown_to": "seated", **fields}


def statements(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_an_address_is_handed_out_changed_and_taken_away(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    session = catalogue.draft()
    sent = press(office, session, "material", **new(url="https://example.jp/a", title_ja="当日資料"))
    material = Material.objects.get()
    assert sent.headers["Location"] == page_of(material)
    assert (material.session, material.url, material.shown_to) == (session, "https://example.jp/a", "seated")
    assert "当日資料 受講者 https://example.jp/a" in text(office.get(page_of(session)))
    change = {"title_ja": "配布資料", "title_en": "Handout", "shown_to": "everybody"}
    assert press(office, material, "change", **change).status_code == 302
    material.refresh_from_db()
    assert (material.title_ja, material.title_en, material.shown_to) == ("配布資料", "Handout", "everybody")
    assert "Handout Everybody" in text(office_of(cast.hr, "en").get(page_of(session)))
    assert faults(press(office, material, "change", title_ja="", shown_to="everybody")).keys() == {"title_ja"}
    assert press(office, material, "remove").headers["Location"] == address(Material)
    assert not Material.objects.exists()
    events = AuditEvent.objects.filter(by=cast.hr).order_by("pk").values_list("action", flat=True)
    assert list(events) == ["courses.add_material", "courses.change_material", "courses.remove_material"]


def test_a_file_goes_with_a_version_or_a_lesson(catalogue: Catalogue, office: Client, version: ContentVersion) -> None:
    lesson = version.modules.get().lessons.get()
    for chosen in ("", str(lesson.public_id)):
        file = SimpleUploadedFile("手引き.txt", "本文".encode())
        assert press(office, version, "material", **new(file=file, lesson=chosen)).status_code == 302
    whole, part = Material.objects.order_by("pk")
    assert (whole.version, whole.lesson, part.version, part.lesson) == (version, None, None, lesson)
    assert (part.file_name, bytes(part.content or b"")) == ("手引き.txt", "本文".encode())
    assert text(office.get(page_of(version))).count("手引き.txt") == 2
    page = office.get(page_of(part))
    [link] = page.context["links"]
    assert b"".join(office.get(link["address"])) == "本文".encode()
    assert "セミナー (1) - 導入" in text(page)


def test_what_is_refused_stands_at_its_field(catalogue: Catalogue, office: Client) -> None:
    session = catalogue.draft()

    def wrong(**fields: Any) -> set[str]:
        return set(faults(press(office, session, "material", **new(**fields))))

    assert wrong() == {"url"}, "neither an address nor a file"
    assert wrong(url="http://example.jp/") == {"url"}
    assert wrong(file=SimpleUploadedFile("a.html", b"<html>")) == {"file"}
    assert wrong(file=SimpleUploadedFile("a.txt", b"a" * (10 * 1024 * 1024 + 1))) == {"file"}
    assert wrong(url="https://example.jp/", shown_to="nobody") == {"shown_to"}
    assert not Material.objects.exists()


def test_who_plans_keeps(catalogue: Catalogue, cast: Cast, version: ContentVersion) -> None:
    session = catalogue.draft()
    material = materials.add_material(owner=session, url="https://example.jp/", title_ja="資料", by=None)
    other = office_of(cast.bureau_hr)
    for row in (session, version):
        assert other.get(address(row, "do", "material")).status_code == 404
    for button in ("change", "remove"):
        assert other.get(address(material, "do", button)).status_code == 404
        assert press(other, material, button).status_code == 404
        assert office_of(catalogue.manager).get(address(material, "do", button)).status_code == 200
    assert text(other.get(address(Material))).count("資料") < text(office_of(cast.hr).get(address(Material))).count(
        "資料"
    )
    assert office_of(cast.staff).get(address(Material)).status_code in {302, 403}
    assert Material.objects.count() == 1


def test_a_list_takes_the_statements_of_one(catalogue: Catalogue, office: Client, version: ContentVersion) -> None:
    session, lesson = catalogue.draft(), version.modules.get().lessons.get()

    def add() -> None:
        for owner in (session, version, lesson):
            materials.add_material(owner=owner, url="https://example.jp/", title_ja="資料", by=None)

    add()
    pages = [address(Material), page_of(session), page_of(version)]
    few = [statements(lambda page=page: office.get(page)) for page in pages]  # type: ignore[misc]
    for _ in range(5):
        add()
    assert [statements(lambda page=page: office.get(page)) for page in pages] == few  # type: ignore[misc]
