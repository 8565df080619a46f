"""Programmes, courses, their content and audiences, venues and instructors: written by operations."""

from collections.abc import Callable
from typing import Any

import pytest

from academy.errors import AlreadyExists, InvalidInput
from academy.models import AuditEvent
from courses import errors
from courses.models import (
    AudiencePerson,
    CompletionPolicy,
    Course,
    Instructor,
    Lesson,
    Mode,
    Module,
    Organiser,
    Program,
    Tier,
    Venue,
)
from courses.operations import audiences, content, places, programs
from tests.cast import Cast
from tests.courses.catalogue import Catalogue


def faults(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as refused:
        call()
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def test_a_programme_is_found_by_its_folded_title(cast: Cast) -> None:
    made = programs.create_program(
        code="new", title_ja="デジタル研修", tier=Tier.LITERACY, mode=Mode.LECTURE, by=cast.hr
    )
    assert Program.objects.get().title_folded == "デジタル研修"
    programs.change_program(program_id=made.pk, title_ja="ﾃﾞｰﾀ 研修", by=cast.hr)
    assert Program.objects.get().title_folded == "データ研修"
    event = AuditEvent.objects.get(action="courses.change_program")
    assert (event.by, event.target, event.detail) == (cast.hr, made.public_id, {"changed": ["title_ja"]})


def test_a_programme_names_all_that_is_missing(cast: Cast) -> None:
    assert faults(lambda: programs.create_program(code="x", title_ja=" ", organiser=Organiser.BUREAU, by=None)) == [
        ("/title_ja", "required"),
        ("/tier", "required"),
        ("/mode", "required"),
        ("/organization", "required"),
    ]


def test_codes_are_unique(catalogue: Catalogue) -> None:
    with pytest.raises(AlreadyExists):
        programs.create_program(code="own", title_ja="x", tier=Tier.NONE, mode=Mode.LECTURE, by=None)
    with pytest.raises(AlreadyExists):
        programs.create_course(program=catalogue.own, code="video", title_ja="x", policy=catalogue.policy, by=None)
    with pytest.raises(AlreadyExists):
        places.create_venue(code="room", name_ja="x", by=None)


def test_a_course_comes_with_its_audience(catalogue: Catalogue) -> None:
    rule = {"job_family": ["ict"]}
    made = programs.create_course(
        program=catalogue.own, code="c", title_ja="講座", policy=catalogue.policy, rule=rule, note_ja="ICT職", by=None
    )
    assert (made.audience.rule, made.audience.note_ja) == (rule, "ICT職")
    assert catalogue.seminar.audience.rule == {}
    assert catalogue.seminar.audience_id != catalogue.video.audience_id


def test_the_faults_of_a_rule_are_named_inside_the_body(catalogue: Catalogue) -> None:
    rule: Any = {"all": [{"job_family": ["ninja"]}, {"grade_is": "tmg.kacho"}, {"who": 1}]}
    bad = [
        ("/rule/all/1/grade_is", "not_a_list"),
        ("/rule/all/2/who", "unknown_condition"),
        ("/rule/all/0/job_family/0", "unknown_code"),
    ]
    made = catalogue.seminar
    assert faults(lambda: programs.change_course(course_id=made.pk, rule=rule, by=None)) == bad
    assert faults(lambda: audiences.set_audience_rule(audience_id=made.audience_id, rule=rule, by=None)) == bad
    made.audience.refresh_from_db()
    assert made.audience.rule == {}


def test_a_course_changes_what_is_given(catalogue: Catalogue) -> None:
    programs.change_course(
        course_id=catalogue.seminar.pk, title_ja="改", rule={"new_recruit": True}, note_ja="新規採用", by=None
    )
    made = Course.objects.select_related("audience").get(pk=catalogue.seminar.pk)
    assert (made.title_ja, made.title_folded, made.audience.rule) == ("改", "改", {"new_recruit": True})
    assert (made.audience.note_ja, made.policy_id, made.repeatable) == ("新規採用", catalogue.policy.pk, False)


def test_what_decides_about_results_is_fixed_once_offered(catalogue: Catalogue) -> None:
    other = CompletionPolicy.objects.create(code="other", name_ja="別")
    key = catalogue.seminar.pk
    catalogue.draft()
    programs.change_course(course_id=key, policy=other, repeatable=True, by=None)
    catalogue.published()
    programs.change_course(course_id=key, policy=other, repeatable=True, title_ja="同じ条件", by=None)
    changes: list[dict[str, Any]] = [{"policy": catalogue.policy}, {"repeatable": False}]
    for change in changes:
        with pytest.raises(errors.CourseIsOffered):
            programs.change_course(course_id=key, by=None, **change)


def test_a_person_is_named_once_and_the_last_word_counts(catalogue: Catalogue, cast: Cast) -> None:
    key = catalogue.seminar.audience_id
    audiences.include_person(audience_id=key, staff=cast.ict, reason="希望", by=cast.hr)
    audiences.exclude_person(audience_id=key, staff=cast.ict, reason="受講済み", by=cast.hr)
    named = AudiencePerson.objects.get()
    assert (named.kind, named.reason, named.by) == ("exclude", "受講済み", cast.hr)
    detail = AuditEvent.objects.filter(action="courses.exclude_person").get().detail
    assert detail == {
        "audience": str(catalogue.seminar.audience.public_id),
        "staff": str(cast.ict.public_id),
        "kind": "exclude",
    }
    audiences.unname_person(audience_id=key, staff=cast.ict, by=cast.hr)
    audiences.unname_person(audience_id=key, staff=cast.ict, by=cast.hr)
    assert not AudiencePerson.objects.exists()


def test_naming_a_person_needs_a_reason(catalogue: Catalogue, cast: Cast) -> None:
    naming: dict[str, Any] = {"audience_id": catalogue.seminar.audience_id, "staff": cast.ict, "reason": " "}
    nothing = [("/reason", "required")]
    assert faults(lambda: audiences.include_person(**naming, by=None)) == nothing
    assert faults(lambda: audiences.exclude_person(**naming, by=None)) == nothing


def test_content_keeps_its_order(catalogue: Catalogue) -> None:
    key = catalogue.video.pk
    first, second = (content.add_module(course_id=key, title_ja=title, by=None) for title in ("一", "二"))
    lessons = [content.add_lesson(module_id=second.pk, title_ja="動画", seconds=60, by=None) for _ in range(2)]
    assert [first.position, second.position] == [1, 2]
    assert [lesson.position for lesson in lessons] == [1, 2]
    content.change_module(module_id=first.pk, position=3, title_en="One", by=None)
    content.change_lesson(lesson_id=lessons[0].pk, seconds=90, by=None)
    assert list(Module.objects.order_by("position").values_list("title_ja", "title_en")) == [("二", ""), ("一", "One")]
    assert list(Lesson.objects.order_by("position").values_list("seconds", flat=True)) == [90, 60]


def test_two_parts_never_share_a_position(catalogue: Catalogue) -> None:
    module = content.add_module(course_id=catalogue.video.pk, title_ja="一", by=None)
    with pytest.raises(AlreadyExists):
        content.add_module(course_id=catalogue.video.pk, title_ja="二", position=1, by=None)
    content.add_lesson(module_id=module.pk, title_ja="動画", seconds=1, by=None)
    with pytest.raises(AlreadyExists):
        content.add_lesson(module_id=module.pk, title_ja="動画", seconds=1, position=1, by=None)


@pytest.mark.parametrize("position", [0, content.LAST_POSITION + 1])
def test_a_position_is_one_that_the_column_holds(catalogue: Catalogue, position: int) -> None:
    module = content.add_module(course_id=catalogue.video.pk, title_ja="一", by=None)
    lesson = content.add_lesson(module_id=module.pk, title_ja="動画", seconds=1, by=None)
    calls: list[Callable[[], object]] = [
        lambda: content.add_module(course_id=catalogue.video.pk, title_ja="二", position=position, by=None),
        lambda: content.change_module(module_id=module.pk, position=position, by=None),
        lambda: content.add_lesson(module_id=module.pk, title_ja="二", seconds=1, position=position, by=None),
        lambda: content.change_lesson(lesson_id=lesson.pk, position=position, by=None),
    ]
    assert [faults(call) for call in calls] == [[("/position", "out_of_range")]] * 4


def test_a_lesson_has_a_title_and_a_length(catalogue: Catalogue) -> None:
    module = content.add_module(course_id=catalogue.video.pk, title_ja="一", by=None)
    assert faults(lambda: content.add_lesson(module_id=module.pk, title_ja="", seconds=0, by=None)) == [
        ("/title_ja", "required"),
        ("/seconds", "too_short"),
    ]
    assert faults(lambda: content.change_module(module_id=module.pk, title_ja=" ", by=None)) == [
        ("/title_ja", "required")
    ]


def test_a_member_of_staff_is_one_instructor(catalogue: Catalogue, cast: Cast) -> None:
    with pytest.raises(AlreadyExists):
        places.create_instructor(name="佐藤", staff=cast.trainer, by=None)
    outside = [places.create_instructor(name="外部 講師", by=None) for _ in range(2)]
    places.change_instructor(instructor_id=outside[0].pk, affiliation="大学", by=None)
    assert list(Instructor.objects.filter(staff=None).order_by("pk").values_list("affiliation", flat=True)) == [
        "大学",
        "",
    ]


def test_places_and_instructors_have_names(catalogue: Catalogue) -> None:
    assert faults(lambda: places.create_venue(code="x", by=None)) == [("/name_ja", "required")]
    assert faults(lambda: places.change_venue(venue_id=catalogue.room.pk, name_ja=" ", by=None)) == [
        ("/name_ja", "required")
    ]
    assert faults(lambda: places.create_instructor(name=" ", by=None)) == [("/name", "required")]
    places.change_venue(venue_id=catalogue.room.pk, seats=None, name_en="Room", by=None)
    assert Venue.objects.values_list("name_ja", "name_en", "seats").get(code="room") == ("会議室", "Room", None)


def test_places_are_given_back(catalogue: Catalogue) -> None:
    made = catalogue.published(instructors=[catalogue.lecturer])
    places.free_places(made.pk)
    again = catalogue.published(instructors=[catalogue.lecturer])
    assert made.session_instructors.get().busy is None
    assert again.session_instructors.get().busy is not None
