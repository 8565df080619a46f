"""Sessions drafted from another session, and from a template."""

import datetime as dt
from typing import Any

import pytest

from academy.errors import AlreadyExists, InvalidInput
from academy.models import AuditEvent
from courses.models import AudiencePerson, MeetingForm, Selection, Session, SessionTemplate
from courses.operations import audiences, sessions, templates
from courses.scheduling import Slot
from tests.cast import Cast
from tests.courses.catalogue import Catalogue, at, slot
from tests.courses.test_sessions import faults, row

ICT = {"job_family": ["ict"]}


def source(catalogue: Catalogue, **fields: Any) -> Session:
    """Thursday and Friday in a room, recorded, for the ICT family."""
    recorded = Slot(
        starts_at=at("2022-07-16 00:00"), ends_at=at("2022-07-30 00:00"), form=MeetingForm.ARCHIVE, archive_of=2
    )
    times = (
        slot("2022-07-14 14:00", "2022-07-14 17:00", catalogue.room),
        slot("2022-07-15 14:00", "2022-07-15 17:00"),
        recorded,
    )
    given = {
        "title_ja": "第1回セミナー",
        "selection": Selection.OPEN,
        "capacity": 30,
        "minimum": 5,
        "online_address": "https://meet.example.jp/1",
        "apply_from": at("2022-06-01 09:00"),
        "change_until": at("2022-07-01 12:00"),
        "instructors": [catalogue.lecturer],
        "rule": ICT,
        **fields,
    }
    return catalogue.draft(meetings=times, **given)


def clone(session: Session, day: str, **fields: Any) -> Session:
    return row(sessions.clone_session(session_id=session.pk, starts_on=dt.date.fromisoformat(day), by=None, **fields))


def test_a_copy_has_what_the_session_is_like_and_its_own_days_and_numbers(catalogue: Catalogue, cast: Cast) -> None:
    original = source(catalogue)
    audiences.include_person(audience_id=original.audience_id, staff=cast.staff, reason="本人の希望", by=cast.hr)  # type: ignore[arg-type]
    copy = clone(original, "2022-04-28")
    assert (copy.status, copy.title_ja, copy.fiscal_year, copy.ordinal) == ("draft", "第2回セミナー", 2022, 2)
    assert (copy.selection, copy.capacity, copy.minimum) == ("open", 30, 5)
    assert (copy.starts_on, copy.ends_on) == (dt.date(2022, 4, 28), dt.date(2022, 5, 2))
    shown = [
        (each.during.lower, each.during.upper, each.venue, each.form) for each in copy.meetings.order_by("position")
    ]
    assert shown == [
        (at("2022-04-28 14:00"), at("2022-04-28 17:00"), catalogue.room, "live"),
        (at("2022-05-02 14:00"), at("2022-05-02 17:00"), None, "live"),
        (at("2022-05-03 00:00"), at("2022-05-17 00:00"), None, "archive"),
    ]
    second, third = copy.meetings.order_by("position")[1:]
    assert third.archive_of == second
    assert (copy.audience_id != original.audience_id, copy.applicable_audience.rule) == (True, ICT)
    assert AudiencePerson.objects.filter(audience=copy.audience).count() == 0
    assert (copy.apply_from, copy.change_until, copy.online_address) == (None, None, "")
    assert (copy.substitute_until, copy.fixed_deadlines) == (at("2022-04-27 17:00"), [])
    assert not copy.session_instructors.exists()
    detail = AuditEvent.objects.get(action="courses.clone_session").detail
    assert detail == {
        "course": str(catalogue.seminar.public_id),
        "ordinal": 2,
        "meetings": 3,
        "source": str(original.public_id),
    }


def test_instructors_are_kept_when_that_is_asked(catalogue: Catalogue) -> None:
    copy = clone(source(catalogue), "2022-08-04", keep_instructors=True)
    assert [each.instructor for each in copy.session_instructors.all()] == [catalogue.lecturer]


def test_a_copy_goes_into_another_course_and_year(catalogue: Catalogue) -> None:
    copy = clone(source(catalogue), "2023-04-06", course_id=catalogue.video.pk)
    assert (copy.course, copy.fiscal_year, copy.ordinal, copy.title_ja) == (catalogue.video, 2023, 1, "第1回セミナー")


def test_a_year_round_run_is_copied_to_the_whole_next_year(catalogue: Catalogue) -> None:
    whole = {"starts_on": dt.date(2022, 4, 1), "ends_on": dt.date(2023, 3, 31)}
    copy = clone(catalogue.draft(catalogue.video, (), **whole), "2023-04-01")
    assert (copy.starts_on, copy.ends_on, copy.fiscal_year) == (dt.date(2023, 4, 1), dt.date(2024, 3, 31), 2023)
    part = {"starts_on": dt.date(2022, 6, 1), "ends_on": dt.date(2022, 6, 30)}
    copy = clone(catalogue.draft(catalogue.video, (), **part), "2022-09-01")
    assert (copy.starts_on, copy.ends_on) == (dt.date(2022, 9, 1), dt.date(2022, 9, 30))


def test_a_session_without_a_date_is_copied_without_one(catalogue: Catalogue) -> None:
    copy = clone(catalogue.draft(meetings=(), undated=True, fiscal_year=2022), "2023-05-01")
    assert (copy.undated, copy.fiscal_year, copy.ends_on) == (True, 2023, dt.date(2024, 3, 31))


def test_a_title_with_the_number_of_all_needs_one(catalogue: Catalogue) -> None:
    original = source(catalogue, title_ja="通算21回", all_time_ordinal=21)
    assert clone(original, "2022-08-04").title_ja == "通算22回"
    other = catalogue.video.pk
    found = faults(lambda: clone(original, "2022-08-04", course_id=other))
    assert found == [("/all_time_ordinal", "required")]


def test_days_beyond_the_calendar_are_refused(catalogue: Catalogue) -> None:
    found = faults(lambda: clone(source(catalogue), "2100-12-31"))
    assert {code for _, code in found} == {"out_of_range"}


def template(catalogue: Catalogue, **fields: Any) -> SessionTemplate:
    made = source(catalogue, **fields)
    return templates.create_template(session_id=made.pk, name_ja="定例セミナー", by=None)


def draft(made: SessionTemplate, day: str, **fields: Any) -> Session:
    return row(
        sessions.draft_from_template(template_id=made.pk, starts_on=dt.date.fromisoformat(day), by=None, **fields)
    )


def test_a_template_keeps_what_a_session_is_like(catalogue: Catalogue) -> None:
    made = template(catalogue)
    assert (made.course, made.title_ja, made.selection) == (catalogue.seminar, "第{ordinal}回セミナー", "open")
    assert (made.capacity, made.minimum) == (30, 5)
    assert [(part["offset"], part["unit"], part["venue"]) for part in made.pattern] == [
        (0, "business_day", str(catalogue.room.public_id)),
        (1, "business_day", None),
        (1, "day", None),
    ]
    drafted = draft(made, "2022-12-28")
    assert (drafted.title_ja, drafted.ordinal, drafted.capacity, drafted.minimum) == ("第2回セミナー", 2, 30, 5)
    assert [each.during.lower for each in drafted.meetings.order_by("position")] == [
        at("2022-12-28 14:00"),
        at("2023-01-04 14:00"),
        at("2023-01-05 00:00"),
    ]
    assert drafted.substitute_until == at("2022-12-27 17:00")


def test_what_is_given_takes_the_place_of_the_template_s(catalogue: Catalogue) -> None:
    drafted = draft(
        template(catalogue),
        "2022-08-04",
        title_ja="特別回",
        capacity=None,
        minimum=None,
        ordinal=9,
        all_time_ordinal=40,
    )
    shown = (drafted.title_ja, drafted.capacity, drafted.minimum, drafted.ordinal, drafted.all_time_ordinal)
    assert shown == ("特別回", None, None, 9, 40)


def test_a_template_without_meetings_needs_its_days(catalogue: Catalogue) -> None:
    whole: dict[str, Any] = {"starts_on": dt.date(2022, 4, 1), "ends_on": dt.date(2023, 3, 31)}
    made = templates.create_template(session_id=catalogue.draft(meetings=(), **whole).pk, name_ja="通年", by=None)
    assert faults(lambda: draft(made, "2023-04-01")) == [("/ends_on", "required")]
    assert draft(made, "2023-04-01", ends_on=dt.date(2024, 3, 31)).ends_on == dt.date(2024, 3, 31)


def test_a_venue_that_has_gone_is_named_when_the_template_is_used(catalogue: Catalogue) -> None:
    made = template(catalogue)
    SessionTemplate.objects.filter(pk=made.pk).update(
        pattern=[{**made.pattern[0], "venue": str(made.public_id)}, {**made.pattern[1], "form": "radio"}]
    )
    assert faults(lambda: draft(made, "2022-08-04")) == [
        ("/pattern/0/venue", "not_found"),
        ("/pattern/1/form", "invalid_choice"),
    ]


def test_a_name_is_given_once_in_a_course_and_changes(catalogue: Catalogue) -> None:
    made = template(catalogue)
    with pytest.raises(AlreadyExists):
        template(catalogue)
    templates.rename_template(template_id=made.pk, name_ja="旧定例", name_en="Former", by=None)
    made.refresh_from_db()
    assert (made.name_ja, made.name_en, made.title_ja) == ("旧定例", "Former", "第{ordinal}回セミナー")
    assert template(catalogue).name_ja == "定例セミナー"
    with pytest.raises(InvalidInput):
        templates.rename_template(template_id=made.pk, name_ja=" ", by=None)


def test_a_template_goes_and_its_sessions_stay(catalogue: Catalogue) -> None:
    made = template(catalogue)
    drafted = draft(made, "2022-08-04")
    templates.delete_template(template_id=made.pk, by=None)
    assert not SessionTemplate.objects.exists()
    assert row(drafted).status == "draft"


def test_a_title_too_long_with_its_places_is_refused(catalogue: Catalogue) -> None:
    long = source(catalogue, title_ja="第1回" + "あ" * 190)
    found = faults(lambda: templates.create_template(session_id=long.pk, name_ja="長い", by=None))
    assert found == [("/session", "title_too_long")]
