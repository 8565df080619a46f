"""What the cast plays with: rows made in one line, with no rule in the way. Tests of operations go through operations."""

import datetime as dt
import itertools
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from academy.models import Organization
from courses.models import (
    Audience,
    CompletionPolicy,
    Course,
    DemandRequest,
    DemandSurvey,
    Instructor,
    Meeting,
    Program,
    Session,
    SurveyedCourse,
    Venue,
)

TOKYO = ZoneInfo("Asia/Tokyo")
_numbers = itertools.count(1)


def tokyo(text: str) -> dt.datetime:
    """A time in Tokyo: `tokyo("2022-07-14 14:00")`."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def program(title: str = "スキルアップ勉強会", **fields: object) -> Program:
    number = next(_numbers)
    made = Program(
        **{"code": f"program-{number}", "title_ja": title, "tier": "ict_specialist", "mode": "study_session", **fields}
    )
    made.fold_names()
    made.save()
    return made


def policy(**fields: object) -> CompletionPolicy:
    number = next(_numbers)
    return CompletionPolicy.objects.create(
        **{"code": f"policy-{number}", "name_ja": "参加", "certifies": False, "attendance_numerator": 1, **fields}
    )


def course(of: Program | None = None, *, rule: object = None, **fields: object) -> Course:
    number = next(_numbers)
    made = Course(
        **{
            "program": of or program(),
            "code": f"course-{number}",
            "title_ja": "スキルアップ勉強会",
            "policy": fields.pop("policy", None) or policy(),
            "audience": Audience.objects.create(rule=rule or {}),
            "repeatable": True,
            **fields,
        }
    )
    made.fold_names()
    made.save()
    return made


def session(of: Course | None = None, *, times: tuple[tuple[str, str], ...] = (), **fields: object) -> Session:
    """A session with its meetings; without times it has none and lies in July 2022. What is no draft has its content."""
    number = next(_numbers)
    made = Session.objects.create(
        **{
            "course": of or course(),
            "title_ja": f"第{number}回",
            "fiscal_year": 2022,
            "ordinal": number,
            "starts_on": tokyo(times[0][0]).date() if times else dt.date(2022, 7, 14),
            "ends_on": tokyo(times[-1][1]).date() if times else dt.date(2022, 7, 14),
            **fields,
        }
    )
    if made.status != "draft" and made.content_id is None:
        made.content = made.course.versions.current().first()
        made.save(update_fields=["content"])
    for position, (begins, ends) in enumerate(times, start=1):
        Meeting.objects.create(session=made, position=position, during=DateTimeTZRange(tokyo(begins), tokyo(ends)))
    return made


def survey(*courses: Course, asks: Sequence[Organization] = (), **fields: object) -> DemandSurvey:
    """A survey of the courses; without `opened_at` it is a draft."""
    made = DemandSurvey.objects.create(
        **{"fiscal_year": 2023, "title_ja": "需要調査", "answer_by": dt.date(2022, 7, 31), **fields}
    )
    for each in courses:
        SurveyedCourse.objects.create(survey=made, course=each)
    for organization in asks:
        DemandRequest.objects.create(survey=made, organization=organization)
    return made


def venue(code: str, name: str, **fields: object) -> Venue:
    made = Venue(**{"code": code, "name_ja": name, **fields})
    made.fold_names()
    made.save()
    return made


def instructor(name: str, **fields: object) -> Instructor:
    made = Instructor(**{"name": name, **fields})
    made.fold_names()
    made.save()
    return made
