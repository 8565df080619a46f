"""The programmes of fiscal year 2022 from their data file: what is offered, to whom, and what completing it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from academy.models import User
from academy.operations.reference_data import data_file
from courses.models import (
    Audience,
    AudiencePerson,
    AudiencePersonKind,
    CompletionPolicy,
    ContentVersion,
    Course,
    ExamField,
    ExamScheme,
    Lesson,
    Mode,
    Module,
    Pillar,
    Program,
    Session,
    Tier,
)
from enrollments.demo.people import Person
from enrollments.demo.repeatable import FIRST_DAY, FISCAL_YEAR, STORY_DAY, moment, story_id


@dataclass
class Catalogue:
    """Everything by its code; sessions by course code and ordinal."""

    entries: Mapping[str, Mapping[str, Any]]
    courses: dict[str, Course] = field(default_factory=dict)
    versions: dict[str, ContentVersion] = field(default_factory=dict)
    lessons: dict[str, list[Lesson]] = field(default_factory=dict)
    sessions: dict[tuple[str, int], Session] = field(default_factory=dict)
    scheme: ExamScheme = field(default_factory=ExamScheme)
    exam_fields: list[ExamField] = field(default_factory=list)


def load_catalogue(people: Sequence[Person], by: User) -> Catalogue:
    content = data_file("courses", "programs_fy2022.yaml")
    catalogue = Catalogue({entry["code"]: entry for entry in content["programs"]})
    _load_exam(catalogue)
    policies = _load_policies(catalogue)
    for entry in content["programs"]:
        _load_course(catalogue, entry, policies[entry["policy"]], _load_program(entry))
        _include_by_name(catalogue, entry, people, by)
        _load_content(catalogue, entry)
    return catalogue


def _load_exam(catalogue: Catalogue) -> None:
    (entry,) = data_file("courses", "exam_schemes.yaml")["exam_schemes"]
    catalogue.scheme = ExamScheme.objects.create(
        public_id=story_id("exam_scheme", entry["code"]),
        code=entry["code"],
        name_ja=entry["ja"],
        name_en=entry["en"],
        total_max=entry["total_max"],
        total_min=entry["total_min"],
        source=entry["source"],
    )
    catalogue.exam_fields = ExamField.objects.bulk_create(
        ExamField(
            public_id=story_id("exam_field", f"{entry['code']}/{part['code']}"),
            scheme=catalogue.scheme,
            code=part["code"],
            name_ja=part["ja"],
            name_en=part["en"],
            score_max=part["score_max"],
            score_min=part["score_min"],
            position=position,
        )
        for position, part in enumerate(entry["fields"], start=1)
    )


def _load_policies(catalogue: Catalogue) -> dict[str, CompletionPolicy]:
    rows = []
    for entry in data_file("courses", "completion_policies.yaml")["completion_policies"]:
        numerator, denominator = entry.get("attendance", (0, 1))
        rows.append(
            CompletionPolicy(
                public_id=story_id("completion_policy", entry["code"]),
                code=entry["code"],
                name_ja=entry["ja"],
                name_en=entry["en"],
                certifies=entry.get("certifies", True),
                attendance_numerator=numerator,
                attendance_denominator=denominator,
                all_lessons=entry.get("all_lessons", False),
                exam=catalogue.scheme if "exam" in entry else None,
                proposal=entry.get("proposal", False),
            )
        )
    return {row.code: row for row in CompletionPolicy.objects.bulk_create(rows)}


def _load_program(entry: Mapping[str, Any]) -> Program:
    program = Program(
        public_id=story_id("program", entry["code"]),
        code=entry["code"],
        title_ja=entry["ja"],
        title_en=entry["en"],
        tier=Tier(entry["tier"]),
        pillar=Pillar(entry.get("pillar", Pillar.TRAINING)),
        mode=Mode(entry["mode"]),
    )
    program.fold_names()
    program.save(force_insert=True)
    return program


def _load_course(catalogue: Catalogue, entry: Mapping[str, Any], policy: CompletionPolicy, program: Program) -> None:
    """One course for each programme: the source knows no finer division."""
    audience = Audience.objects.create(
        public_id=story_id("audience", entry["code"]),
        rule=entry["audience"]["rule"],
        note_ja=entry["audience"]["note_ja"],
    )
    course = Course(
        public_id=story_id("course", entry["code"]),
        program=program,
        code=entry["code"],
        title_ja=entry["ja"],
        title_en=entry["en"],
        policy=policy,
        audience=audience,
        repeatable=entry.get("repeatable", False),
    )
    course.fold_names()
    course.save(force_insert=True)
    catalogue.courses[course.code] = course


def _include_by_name(catalogue: Catalogue, entry: Mapping[str, Any], people: Sequence[Person], by: User) -> None:
    """The people behind a 等: whom the rule does not name are added one by one, with the reason."""
    wanted = entry["audience"].get("include")
    if not wanted:
        return
    AudiencePerson.objects.bulk_create(
        AudiencePerson(
            public_id=story_id("audience_person", f"{entry['code']}/{person.key}"),
            audience=catalogue.courses[entry["code"]].audience,
            staff=person.staff,
            kind=AudiencePersonKind.INCLUDE,
            reason=wanted["reason"],
            by=by,
            created_at=moment(FIRST_DAY, 10),
        )
        for person in people
        if person.family == wanted["job_family"]
        and person.staff.hiring_category.code == wanted["hiring_category"]
        and _hired_this_year(person) == wanted["new_recruit"]
    )


def _hired_this_year(person: Person) -> bool:
    hired = person.staff.hired_on
    return hired < STORY_DAY and hired.year == FISCAL_YEAR and hired.month >= 4


def _load_content(catalogue: Catalogue, entry: Mapping[str, Any]) -> None:
    lessons = catalogue.lessons[entry["code"]] = []
    if not entry.get("modules"):
        return
    version = catalogue.versions[entry["code"]] = ContentVersion.objects.create(
        public_id=story_id("content_version", f"{entry['code']}/1"),
        course=catalogue.courses[entry["code"]],
        number=1,
        created_at=moment(FIRST_DAY, 9),
    )
    for position, part in enumerate(entry["modules"], start=1):
        name = f"{entry['code']}/{position}"
        module = Module.objects.create(
            public_id=story_id("module", name),
            version=version,
            position=position,
            title_ja=part["ja"],
            title_en=part["en"],
        )
        lessons += Lesson.objects.bulk_create(
            Lesson(
                public_id=story_id("lesson", f"{name}/{number}"),
                module=module,
                position=number,
                title_ja=lesson["ja"],
                seconds=lesson["seconds"],
            )
            for number, lesson in enumerate(part["lessons"], start=1)
        )
    version.published_at = moment(FIRST_DAY, 11)
    version.save(update_fields=["published_at"])
