"""`materials/`: who sees which, how they come in, and how a file goes out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant, Staff, User
from courses.file_kinds import LARGEST
from courses.models import Lesson, Material, Session, SessionInstructor
from courses.operations.materials import File, add_material
from enrollments.models import Status
from tests import records, stage
from tests.cast import ALWAYS, Cast, account
from tests.courses.files import PDF

ClientOf = Callable[[User | Staff], APIClient]
MATERIALS = "/api/v1/materials/"
ADDRESS = "https://example.org/"


@pytest.fixture
def lesson(cast: Cast) -> Lesson:
    return records.lessons(stage.course(stage.program(organization=cast.digital)), 60)[0]


@pytest.fixture
def session(cast: Cast, lesson: Lesson) -> Session:
    """`ict` takes part, `ict2` waits, `trainer` teaches; bureau HR plans it."""
    made = stage.session(lesson.module.version.course, status="published")
    SessionInstructor.objects.create(session=made, instructor=stage.instructor("佐藤 四郎", staff=cast.trainer))
    records.enrolled(made, cast.ict)
    records.enrolled(made, cast.ict2, status=Status.WAITLISTED)
    return made


def hand_out(owner: Any, title: str, **fields: Any) -> Material:
    return add_material(owner=owner, title_ja=title, by=None, **{"url": ADDRESS, **fields})


def titles(client: APIClient, query: str = "") -> list[str]:
    answer = client.get(f"{MATERIALS}?order=created_at&{query}")
    return [row["title_ja"] for row in answer.json()["results"]]


def faults(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input"), answer.content
    return sorted((fault["pointer"], fault["code"]) for fault in answer.json()["errors"])


def test_an_address_comes_in_as_json(cast: Cast, client_of: ClientOf, session: Session) -> None:
    client = client_of(cast.bureau_hr)
    body = {"session": str(session.public_id), "title_ja": "案内", "url": ADDRESS, "shown_to": "everybody"}
    made = client.post(MATERIALS, body)
    material = Material.objects.get()
    shown = {
        "id": str(material.public_id),
        "version": None,
        "lesson": None,
        "session": str(session.public_id),
        "title_ja": "案内",
        "title_en": "",
        "shown_to": "everybody",
        "shown_to_label": "Everybody",
        "url": ADDRESS,
        "file_name": "",
        "content_type": "",
        "size": None,
        "created_at": made.json()["created_at"],
    }
    assert (made.status_code, made.json()) == (201, shown)
    address = f"{MATERIALS}{material.public_id}/"
    assert client_of(cast.staff).get(address).json() == shown
    assert client.get(f"{address}file/").status_code == 404
    changed = client.patch(address, {"title_en": "Guide", "shown_to": "seated"})
    shown |= {"title_en": "Guide", "shown_to": "seated", "shown_to_label": "Those with a seat"}
    assert (changed.status_code, changed.json()) == (200, shown)
    assert client_of(cast.staff).get(address).status_code == 404
    assert client.delete(address).status_code == 204
    assert not Material.objects.exists()


def test_a_file_comes_in_as_a_form_and_goes_out_to_be_saved(cast: Cast, client_of: ClientOf, lesson: Lesson) -> None:
    client = client_of(cast.bureau_hr)
    body = {"lesson": str(lesson.public_id), "title_ja": "資料", "file": SimpleUploadedFile("第1回 資料.pdf", PDF)}
    made = client.post(MATERIALS, body, format="multipart")
    assert made.status_code == 201, made.content
    names = ("lesson", "shown_to", "url", "file_name", "content_type", "size")
    assert [made.json()[name] for name in names] == [
        str(lesson.public_id), "seated", "", "第1回 資料.pdf", "application/pdf", len(PDF),
    ]  # fmt: skip
    answer = client.get(f"{MATERIALS}{made.json()['id']}/file/")
    assert (answer.status_code, answer.content) == (200, PDF)
    headers = {name: answer.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options",
                                                       "Content-Security-Policy", "Cache-Control")}  # fmt: skip
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="material.pdf"; '
        "filename*=UTF-8''%E7%AC%AC1%E5%9B%9E%20%E8%B3%87%E6%96%99.pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    address = f"{MATERIALS}{made.json()['id']}/file/"
    assert client.get(address, headers={"accept": "application/pdf"}).content == PDF
    assert client.get(f"{address}?type=csv").status_code == 400


def test_what_may_not_be_handed_out_is_refused(cast: Cast, client_of: ClientOf, session: Session) -> None:
    client, owner = client_of(cast.hr), {"session": str(session.public_id), "title_ja": "資料"}
    for name, content in (("a.html", b"<html>"), ("a.pdf", b"<html>"), ("a.svg", b"<svg/>"), ("a.txt", b"<script>")):
        sent = client.post(MATERIALS, {**owner, "file": SimpleUploadedFile(name, content)}, format="multipart")
        assert faults(sent) == [("/file", "kind_not_allowed")]
    large = SimpleUploadedFile("a.pdf", PDF + bytes(LARGEST))
    assert faults(client.post(MATERIALS, {**owner, "file": large}, format="multipart")) == [("/file", "too_large")]
    huge = SimpleUploadedFile("a.pdf", PDF + bytes(LARGEST + 2_000_000))
    assert faults(client.post(MATERIALS, {**owner, "file": huge}, format="multipart")) == [("/file", "too_large")]
    assert faults(client.post(MATERIALS, {**owner, "url": "javascript:alert(1)"})) == [("/url", "https_only")]
    assert faults(client.post(MATERIALS, owner)) == [("/url", "one_of")]
    assert faults(client.post(MATERIALS, {"title_ja": "資料", "url": ADDRESS})) == [("", "one_owner")]
    both = {**owner, "url": ADDRESS, "version": str(session.content.public_id if session.content else "")}
    assert faults(client.post(MATERIALS, both)) == [("", "one_owner")]
    assert not Material.objects.exists()


def test_who_sees_which(cast: Cast, client_of: ClientOf, lesson: Lesson, session: Session) -> None:
    version, course = lesson.module.version, lesson.module.version.course
    draft, planned = records.draft(course, 60), stage.session(course)
    elsewhere = stage.session(course, status="published")
    records.enrolled(elsewhere, cast.staff)
    for name, owner in (("version", version), ("lesson", lesson), ("session", session), ("elsewhere", elsewhere),
                        ("draft", draft), ("planned", planned)):  # fmt: skip
        for shown_to in ("everybody", "seated"):
            hand_out(owner, f"{name} {shown_to}", shown_to=shown_to)
    manager, provider = account("manager"), account("provider")
    program = course.program.public_id
    RoleGrant.objects.create(user=manager, role=Role.PROGRAMME_MANAGER, program=program, during=ALWAYS)
    RoleGrant.objects.create(user=provider, role=Role.PROVIDER, program=program, during=ALWAYS)

    public = ["version everybody", "lesson everybody", "session everybody", "elsewhere everybody"]
    content = ["version seated", "lesson seated"]
    everything = [
        f"{owner} {shown_to}"
        for owner in ("version", "lesson", "session", "elsewhere", "draft", "planned")
        for shown_to in ("everybody", "seated")
    ]
    seen: dict[str, tuple[User | Staff, list[str]]] = {
        "takes part": (cast.ict, [*public, *content, "session seated"]),
        "takes part elsewhere": (cast.staff, [*public, *content, "elsewhere seated"]),
        "teaches": (cast.trainer, [*public, *content, "session seated"]),
        "waits": (cast.ict2, public),
        "head": (cast.head, public),
        "another bureau": (cast.industry_head, public),
        "auditor": (cast.auditor, public),
        "provider": (provider, [*public, "planned everybody"]),
        "central HR": (cast.hr, everything),
        "HR of the bureau": (cast.bureau_hr, everything),
        "manager": (manager, everything),
    }
    for who, (somebody, expected) in seen.items():
        assert sorted(titles(client_of(somebody))) == sorted(expected), who


def test_a_file_is_given_out_only_to_who_sees_it(cast: Cast, client_of: ClientOf, session: Session) -> None:
    made = hand_out(session, "資料", url="", file=File("a.pdf", PDF))
    address = f"{MATERIALS}{made.public_id}/file/"
    told = {
        name: client_of(getattr(cast, name)).get(address).status_code
        for name in ("ict", "trainer", "hr", "bureau_hr", "ict2", "staff", "head", "auditor")
    }
    assert told == {
        "ict": 200, "trainer": 200, "hr": 200, "bureau_hr": 200,
        "ict2": 404, "staff": 404, "head": 404, "auditor": 404,
    }  # fmt: skip
    assert APIClient().get(address).status_code == 401


def test_only_who_plans_the_course_writes(cast: Cast, client_of: ClientOf, session: Session) -> None:
    made = hand_out(session, "案内", shown_to="everybody")
    body = {"session": str(session.public_id), "title_ja": "案内", "url": ADDRESS}
    for somebody in (cast.ict, cast.trainer, cast.head, cast.industry_head, cast.auditor):
        client = client_of(somebody)
        for answer in (
            client.post(MATERIALS, body),
            client.patch(f"{MATERIALS}{made.public_id}/", {"title_ja": "改"}),
            client.delete(f"{MATERIALS}{made.public_id}/"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert Material.objects.get().title_ja == "案内"


def test_lists_are_filtered(cast: Cast, client_of: ClientOf, lesson: Lesson, session: Session) -> None:
    version = lesson.module.version
    other = stage.session(status="published")
    for name, owner in (("version", version), ("lesson", lesson), ("session", session), ("other", other)):
        hand_out(owner, name)
    client = client_of(cast.hr)
    assert titles(client) == ["version", "lesson", "session", "other"]
    assert titles(client, f"course={version.course.public_id}") == ["version", "lesson", "session"]
    assert titles(client, f"course={other.course.public_id}") == ["other"]
    assert titles(client, f"version={version.public_id}") == ["version"]
    assert titles(client, f"lesson={lesson.public_id}") == ["lesson"]
    assert titles(client, f"session={session.public_id}") == ["session"]
    assert client.get(f"{MATERIALS}?title_ja=x").status_code == 400


def test_nothing_but_a_download_reads_a_file(cast: Cast, client_of: ClientOf, session: Session) -> None:
    made = hand_out(session, "資料", url="", file=File("a.pdf", PDF))
    address = f"{MATERIALS}{made.public_id}/"
    for somebody in (cast.hr, cast.ict):
        client = client_of(somebody)
        with CaptureQueriesContext(connection) as captured:
            client.get(MATERIALS)
            client.get(address)
        assert not [each["sql"] for each in captured if '"courses_material"."content"' in each["sql"]]
    with CaptureQueriesContext(connection) as captured:
        client_of(cast.hr).patch(address, {"title_ja": "改"})
        client_of(cast.hr).delete(address)
    assert not [each["sql"] for each in captured if '"courses_material"."content"' in each["sql"]]


def test_the_same_key_adds_a_file_once(cast: Cast, client_of: ClientOf, session: Session) -> None:
    client = client_of(cast.hr)
    for _ in range(2):
        body = {
            "session": str(session.public_id), "title_ja": "資料", "file": SimpleUploadedFile("a.pdf", PDF),
        }  # fmt: skip
        made = client.post(MATERIALS, body, format="multipart", headers={"Idempotency-Key": "once"})
        assert made.status_code == 201, made.content
    assert Material.objects.count() == 1
