"""Beyond rows: the schedule as a file, copies and templates, versions of content, and rules for deadlines, by mouse."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from academy.models import AuditEvent
from courses.models import ContentVersion, Course, DeadlineRule, Lesson, Meeting, Session, SessionTemplate
from tests.cast import Cast
from tests.courses.catalogue import Catalogue, at
from tests.office import address, faults, office_of, page_of, press, said, text

IMPORT = "/admin/courses/session/do/import/"


@pytest.fixture
def office(cast: Cast) -> Client:
    return office_of(cast.hr)


# Files.


def written(client: Client) -> bytes:
    """The schedule as the link of the list gives it."""
    answer = client.get("/api/v1/sessions/file/?type=csv")
    assert answer.status_code == 200
    return answer.content


def upload(client: Client, content: bytes, **fields: Any) -> Any:
    file = SimpleUploadedFile("schedule.csv", content, "text/csv")
    return client.post(IMPORT, {"file": file, "fiscal_year": "2022", **fields})


def outcome(answer: Any) -> list[list[str]]:
    return [[str(cell) for cell in cells] for cells in answer.context["form"].preview[0].rows]


def test_a_file_is_looked_at_and_then_taken_in(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    session = catalogue.draft(title_ja="夏のセミナー")
    changed = written(office).replace("夏のセミナー".encode(), "秋のセミナー".encode())
    assert "日程ファイルを取り込む" in text(office.get(address(Session)))
    form = office.get(IMPORT).context["form"]
    assert (form["fiscal_year"].value(), form["rehearse"].value()) == (2022, True)
    looked = upload(office, changed, rehearse="on")
    assert faults(looked) == {}
    assert outcome(looked) == [["新規", "0"], ["変更", "1"], ["変更なし", "0"]]
    session.refresh_from_db()
    assert session.title_ja == "夏のセミナー"
    assert not AuditEvent.objects.filter(action="courses.import_schedule").exists()
    assert said(office, upload(office, changed)) == ["日程ファイルを取り込む: "]
    session.refresh_from_db()
    assert session.title_ja == "秋のセミナー"


def test_every_fault_of_a_file_is_named_and_nothing_changes(catalogue: Catalogue, office: Client) -> None:
    session = catalogue.draft(title_ja="夏のセミナー")
    wrong = written(office).replace(b"2022-07-14", "七月某日".encode())
    for rehearse in ({"rehearse": "on"}, {}):
        found = faults(upload(office, wrong, **rehearse))
        assert list(found) == ["__all__"]
        assert any(place.startswith("/rows/2/") for place in found["__all__"])
    assert faults(upload(office, b"", fiscal_year="1999"))["fiscal_year"]
    assert office.post(IMPORT, {"fiscal_year": "2022"}).context["form"].errors["file"]
    assert list(Session.objects.values_list("pk", flat=True)) == [session.pk]


def test_a_file_reaches_what_one_plans(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    catalogue.draft()
    everything = written(office)
    found = faults(upload(office_of(cast.bureau_hr), everything))
    assert any("計画を担当する講座に、このコードはありません。" in place for place in found["__all__"])
    assert office_of(cast.staff).get(IMPORT).status_code == 403


# Copies and templates.


def test_a_session_is_copied_to_another_day(catalogue: Catalogue, office: Client) -> None:
    session = catalogue.draft(instructors=[catalogue.lecturer])
    answer = press(office, session, "clone", starts_on="2022-09-01", keep_instructors="on")
    copy = Session.objects.exclude(pk=session.pk).get()
    assert answer.headers["Location"] == page_of(copy)
    assert (str(copy.starts_on), str(copy.ends_on), copy.status) == ("2022-09-01", "2022-09-02", "draft")
    assert [each.instructor for each in copy.session_instructors.all()] == [catalogue.lecturer]
    assert faults(press(office, session, "clone", starts_on="soon"))["starts_on"]


def test_a_template_is_kept_used_renamed_and_removed(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    session = catalogue.draft()
    assert said(office, press(office, session, "keep", name_ja="2日間")) == ["ひな型にする: 2日間"]
    template = SessionTemplate.objects.get()
    assert (template.course, len(template.pattern)) == (catalogue.seminar, 2)
    assert faults(press(office, session, "keep", name_ja="2日間")).keys() == {"__all__"}
    assert press(office, template, "draft", starts_on="2022-10-03").status_code == 302
    drafted = Session.objects.latest("pk")
    assert Meeting.objects.filter(session=drafted).count() == 2
    assert press(office, template, "change", name_ja="二日間").status_code == 302
    assert SessionTemplate.objects.get().name_ja == "二日間"
    assert office_of(cast.bureau_hr).get(address(template, "do", "remove")).status_code == 404
    gone = press(office, template, "remove")
    assert gone.headers["Location"] == address(SessionTemplate)
    assert SessionTemplate.objects.count() == 0


# Content.


def test_a_version_of_the_content_is_written_and_published(catalogue: Catalogue, cast: Cast, office: Client) -> None:
    course = catalogue.seminar
    started = press(office, course, "start", note_text="初版")
    version = ContentVersion.objects.get(course=course)
    assert started.headers["Location"] == page_of(version)
    assert (version.number, version.note, version.published_at) == (1, "初版", None)
    assert faults(press(office, course, "start")).keys() == {"__all__"}
    assert faults(press(office, version, "publish")).keys() == {"__all__"}, "nothing is in it"
    assert press(office, version, "module", title_ja="第1章").status_code == 302
    module = version.modules.get()
    sent = {"module": str(module.public_id), "title_ja": "導入", "seconds": "600"}
    assert press(office, version, "lesson", **sent).status_code == 302
    assert Lesson.objects.get(module=module).seconds == 600
    assert "1 第1章 1 導入 600" in text(office.get(page_of(version)))
    assert "公開した版の構成と長さは変更できません。" in text(office.get(address(version, "do", "publish")))
    assert press(office, version, "publish").status_code == 302
    version.refresh_from_db()
    assert version.published_at is not None
    assert [each["label"] for each in office.get(page_of(version)).context["buttons"]] == ["資料を配る"]
    second = press(office, course, "start")
    draft = ContentVersion.objects.get(published_at=None)
    assert second.headers["Location"] == page_of(draft)
    assert press(office, draft, "discard").headers["Location"] == address(ContentVersion)
    assert list(ContentVersion.objects.filter(course=course)) == [version]


# Deadlines.


def rules(course: Course) -> list[tuple[object, ...]]:
    found = DeadlineRule.objects.filter(course=course).order_by("kind")
    return list(found.values_list("kind", "count", "unit", "weekday", "time"))


def test_the_deadlines_of_a_course_are_set(catalogue: Catalogue, office: Client) -> None:
    course = catalogue.seminar
    sent = {
        "apply_count": "2", "apply_unit": "week", "apply_weekday": "4", "apply_time": "17:00",
        "substitute_count": "1", "substitute_unit": "business_day", "substitute_time": "12:00",
        "change_unit": "day", "change_time": "17:00",
    }  # fmt: skip
    assert press(office, course, "deadlines", **sent).status_code == 302
    assert rules(course) == [
        ("apply", 2, "week", 4, dt.time(17)),
        ("substitute", 1, "business_day", None, dt.time(12)),
    ]
    form = office.get(address(course, "do", "deadlines")).context["form"]
    assert (form["apply_count"].value(), form["apply_weekday"].value(), form["change_count"].value()) == (2, 4, None)
    wrong = {**sent, "apply_unit": "day"}
    assert faults(press(office, course, "deadlines", **wrong)).keys() == {"apply_weekday"}
    assert faults(press(office, course, "deadlines", **{**sent, "substitute_time": ""})).keys() == {"substitute_time"}
    assert len(rules(course)) == 2
    assert press(office, course, "deadlines").status_code == 302
    assert rules(course) == []


def test_the_deadlines_of_a_session_are_set_by_hand_and_follow_the_rules_again(
    catalogue: Catalogue, office: Client
) -> None:
    session = catalogue.published()
    ruled = session.substitute_until
    assert press(office, session, "deadlines", substitute_until="2022-07-12T12:00").status_code == 302
    session.refresh_from_db()
    assert (session.substitute_until, session.fixed_deadlines) == (at("2022-07-12 12:00"), ["substitute"])
    late = press(office, session, "deadlines", substitute_until="2022-07-20T12:00")
    assert faults(late).keys() == {"substitute_until"}
    sent = {"substitute_until": "2022-07-12T12:00", "follow_rules": ["substitute"]}
    assert press(office, session, "deadlines", **sent).status_code == 302
    session.refresh_from_db()
    assert (session.substitute_until, session.fixed_deadlines) == (ruled, [])
