"""Rows that learning records hang on: seats already taken, content, examinations. No rule is in the way."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import pgtrigger
from django.db import connections
from django.db.models import QuerySet

from academy.clock import BusinessNow
from academy.errors import DomainError
from academy.folding import fold
from academy.models import Assignment, Staff
from courses.models import ContentVersion, Course, ExamField, ExamScheme, Lesson, Meeting, Module, Session
from enrollments.models import PARTICIPATING, Enrollment, Status
from tests.cast import ALWAYS, SINCE, Cast
from tests.stage import tokyo

IP_FIELDS = (("strategy", "ストラテジ系"), ("management", "マネジメント系"), ("technology", "テクノロジ系"))
AT_BUSINESS_TIME = {"now": BusinessNow()}
DECIDED = tokyo("2022-06-01 09:00")


def enrolled(session: Session, *people: Staff, status: Status = Status.ENROLLED) -> list[Enrollment]:
    """A seat for each, from the first of June, with the posts of that day copied."""
    posts = {each.staff_id: each for each in Assignment.objects.live().filter(staff__in=people, kind="primary")}
    taken = session.enrollments.count()
    return Enrollment.objects.bulk_create(
        Enrollment(
            session=session,
            course=session.course,
            staff=person,
            fiscal_year=session.fiscal_year,
            status=status,
            queue_no=taken + number,
            applied_at=DECIDED,
            decided_at=DECIDED,
            reference_date=session.starts_on,
            organization=posts[person.pk].organization,
            bureau=posts[person.pk].organization,
            grade=posts[person.pk].grade,
            job_family=posts[person.pk].job_family,
        )
        for number, person in enumerate(people, start=1)
    )


def crowd(cast: Cast, size: int) -> list[Staff]:
    """People without an account, in the skills section."""
    made = Staff.objects.bulk_create(
        Staff(
            issuer=cast.tmg,
            staff_number=f"9{number:07d}",
            family_name="林",
            given_name=str(number),
            family_kana="ハヤシ",
            given_kana=str(number),
            name_folded=fold(f"林{number}"),
            kana_folded=fold(f"ハヤシ{number}"),
            number_folded=f"9{number:07d}",
            hired_on=SINCE,
            hiring_category=cast.hiring,
        )
        for number in range(size)
    )
    Assignment.objects.bulk_create(
        Assignment(
            staff=person,
            organization=cast.skills,
            grade=cast.grades["shuji"],
            job_family=cast.ict_family,
            during=ALWAYS,
        )
        for person in made
    )
    return made


def meetings_of(session: Session) -> list[Meeting]:
    return list(session.meetings.order_by("position"))


def lessons(course: Course, *lengths: int, position: int = 1) -> list[Lesson]:
    """One module of the published version, with a lesson of each length in seconds; published sessions are held with it."""
    version = course.versions.get_or_create(number=1, defaults={"published_at": DECIDED})[0]
    course.sessions.exclude(status="draft").filter(content=None).update(content=version)
    with pgtrigger.ignore("courses.Module:modules_are_frozen", "courses.Lesson:lessons_are_frozen"):
        module = Module.objects.create(version=version, position=position, title_ja=f"第{position}章")
        return [
            Lesson.objects.create(module=module, position=position, title_ja=f"第{position}話", seconds=seconds)
            for position, seconds in enumerate(lengths, start=1)
        ]


def draft(course: Course, *lengths: int) -> ContentVersion:
    """A draft of the content with one module."""
    version = ContentVersion.objects.create(course=course, number=course.versions.count() + 1)
    module = Module.objects.create(version=version, position=1, title_ja="改訂")
    for position, seconds in enumerate(lengths, start=1):
        Lesson.objects.create(module=module, position=position, title_ja=f"改訂{position}", seconds=seconds)
    return version


def it_passport() -> ExamScheme:
    """The IT Passport: 600 of 1,000 in all and 300 of 1,000 in each of three fields."""
    scheme = ExamScheme.objects.create(code="ip", name_ja="ITパスポート試験", total_max=1000, total_min=600)
    ExamField.objects.bulk_create(
        ExamField(scheme=scheme, code=code, name_ja=name, score_max=1000, score_min=300, position=position)
        for position, (code, name) in enumerate(IP_FIELDS)
    )
    return scheme


def scores(strategy: int, management: int, technology: int) -> dict[str, int]:
    return {"strategy": strategy, "management": management, "technology": technology}


def steps_of(enrollment: Enrollment) -> list[tuple[str, str, str]]:
    return list(enrollment.steps.order_by("pk").values_list("old", "new", "reason"))


def at_once(*calls: Callable[[], object]) -> list[str]:
    """Make the calls in threads of their own, at the same moment; gives "done" or the code of each refusal, sorted."""
    ready, outcomes = threading.Barrier(len(calls), timeout=10), []

    def run(call: Callable[[], object]) -> None:
        try:
            ready.wait()
            call()
            outcomes.append("done")
        except DomainError as refusal:
            outcomes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


P = ParamSpec("P")
R = TypeVar("R")


def after_both(function: Callable[P, R]) -> Callable[P, R]:
    """The same function, going on only when two threads have got as far: for controls without a guard."""
    both = threading.Barrier(2, timeout=10)

    def wait(*args: P.args, **kwargs: P.kwargs) -> R:
        both.wait()
        return function(*args, **kwargs)

    return wait


def unlocked(enrollments: QuerySet[Enrollment]) -> list[Enrollment]:
    """`lock_participants` without the lock."""
    found = enrollments.filter(status__in=PARTICIPATING).order_by("pk")
    return list(found.select_related("staff", "course__policy").annotate(**AT_BUSINESS_TIME))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
