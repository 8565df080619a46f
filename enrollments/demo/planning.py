"""What HR plans beside the programmes, all of it invented: see `data/planning.yaml`.

Operations write what they can; their rows are then dated back into the story and given ids that are equal everywhere.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from academy.models import Notice, Organization, User
from academy.operations.base import kind_of
from courses.deadlines import Rule
from courses.models import (
    CourseSkill,
    Deadline,
    DeadlineRule,
    DeadlineUnit,
    DemandAnswer,
    DemandRequest,
    DemandSurvey,
    Material,
    Prerequisite,
    SeatProposal,
    SeatQuota,
    SeatShare,
    SessionTemplate,
    SurveyedCourse,
)
from courses.operations import deadlines, materials, quotas, requirements, templates
from courses.operations.requirements import Raised, Required
from enrollments.demo.catalogue import Catalogue
from enrollments.demo.repeatable import FIRST_DAY, FISCAL_YEAR, moment, story_id
from skills.models import SkillItem

SAMPLE = "サンプル / sample"


def load_planning(catalogue: Catalogue, organizations: Mapping[str, Organization], users: Mapping[str, User]) -> None:
    """After the skill map, whose items the courses raise."""
    path = Path(__file__).with_name("data") / "planning.yaml"
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    by = users["hr"]
    for entry in content["courses"]:
        _load_course(catalogue, entry, by)
    _load_template(catalogue, content["template"], by)
    asked = _load_survey(catalogue, content["survey"], organizations, users)
    for entry in content["proposals"]:
        _load_proposal(catalogue, entry, asked[entry["course"]], content["survey"]["closed"], by)
    Notice.objects.bulk_create(_notice(catalogue, entry, users) for entry in content["notices"])


def _load_course(catalogue: Catalogue, entry: Mapping[str, Any], by: User) -> None:
    course, code = catalogue.courses[entry["code"]], entry["code"]
    course.summary = entry["summary"]
    course.save(update_fields=["summary"])
    if rules := [_rule(each) for each in entry.get("deadlines", ())]:
        deadlines.set_deadline_rules(course_id=course.pk, rules=rules, by=by)
        for kind in course.deadline_rules.values_list("kind", flat=True):
            named = DeadlineRule.objects.filter(course=course, kind=kind)
            named.update(public_id=story_id("deadline_rule", f"{code}/{kind}"))
    if required := entry.get("requires"):
        asked = [Required(catalogue.courses[each["course"]], each["within_years"]) for each in required]
        requirements.set_prerequisites(course_id=course.pk, prerequisites=asked, by=by)
        for each in required:
            rows = Prerequisite.objects.filter(course=course, required=catalogue.courses[each["course"]])
            rows.update(public_id=story_id("prerequisite", f"{code}/{each['course']}"))
    if raised := entry.get("raises"):
        items = {item.number: item for item in SkillItem.objects.filter(number__in=raised)}
        given = [Raised(items[number], level) for number, level in raised.items()]
        requirements.set_skills(course_id=course.pk, skills=given, by=by)
        for number in raised:
            skill = CourseSkill.objects.filter(course=course, item=items[number])
            skill.update(public_id=story_id("course_skill", f"{code}/{number}"))
    for number, each in enumerate(entry.get("materials", ()), start=1):
        material = materials.add_material(
            owner=catalogue.versions[code],
            url=each["url"],
            title_ja=each["ja"],
            title_en=each["en"],
            shown_to=each["shown_to"],
            by=by,
        )
        Material.objects.filter(pk=material.pk).update(
            public_id=story_id("material", f"{code}/{number}"), created_at=moment(FIRST_DAY, 11)
        )


def _rule(entry: Mapping[str, Any]) -> Rule:
    time = dt.time.fromisoformat(entry["time"])
    return Rule(Deadline(entry["kind"]), entry["count"], DeadlineUnit(entry["unit"]), time, entry.get("weekday"))


def _load_template(catalogue: Catalogue, entry: Mapping[str, Any], by: User) -> None:
    session = catalogue.sessions[entry["course"], entry["ordinal"]]
    made = templates.create_template(session_id=session.pk, name_ja=entry["ja"], name_en=entry["en"], by=by)
    SessionTemplate.objects.filter(pk=made.pk).update(
        public_id=story_id("session_template", entry["course"]), created_at=moment(session.ends_on, 18, 50)
    )


def _load_survey(
    catalogue: Catalogue,
    entry: Mapping[str, Any],
    organizations: Mapping[str, Organization],
    users: Mapping[str, User],
) -> dict[str, SurveyedCourse]:
    """The surveyed courses by code. Who is not of the cast had the office enter the answer."""
    survey = DemandSurvey.objects.create(
        public_id=story_id("demand_survey", entry["code"]),
        fiscal_year=FISCAL_YEAR,
        title_ja=entry["ja"],
        title_en=entry["en"],
        answer_by=entry["answer_by"],
        opened_at=moment(entry["opened"], 10),
        closed_at=moment(entry["closed"], 10),
        created_at=moment(entry["opened"], 9),
    )
    asked = {
        code: SurveyedCourse.objects.create(
            public_id=story_id("surveyed_course", f"{entry['code']}/{code}"),
            survey=survey,
            course=catalogue.courses[code],
            seats=seats,
        )
        for code, seats in entry["courses"].items()
    }
    for code, expected in entry["answers"].items():
        request = DemandRequest.objects.create(
            public_id=story_id("demand_request", f"{entry['code']}/{code}"),
            survey=survey,
            organization=organizations[code],
            answered_at=moment(entry["answer_by"], 15) if expected else None,
            answered_by=users["bureau-hr" if code == "B05" else "hr"] if expected else None,
            note=SAMPLE if expected else "",
        )
        DemandAnswer.objects.bulk_create(
            DemandAnswer(
                public_id=story_id("demand_answer", f"{entry['code']}/{code}/{course}"),
                request=request,
                surveyed=asked[course],
                expected=number,
            )
            for course, number in expected.items()
        )
    return asked


def _load_proposal(
    catalogue: Catalogue, entry: Mapping[str, Any], surveyed: SurveyedCourse, closed: dt.date, by: User
) -> None:
    """Made when the survey was closed, and adopted for a draft an hour later."""
    code = entry["course"]
    made = quotas.propose_seats(surveyed=surveyed, seats=entry["seats"], minimum=entry["minimum"], by=by)
    changed: dict[str, Any] = {"public_id": story_id("seat_proposal", code), "created_at": moment(closed, 11)}
    if "adopted_for" in entry:
        session = catalogue.sessions[code, entry["adopted_for"]]
        quotas.adopt_proposal(proposal_id=made.pk, session=session, by=by)
        changed["adopted_at"] = moment(closed, 12)
        for pk, body in SeatQuota.objects.filter(session=session).values_list("pk", "organization__code"):
            named = story_id("seat_quota", f"{session.public_id}/{body}")
            SeatQuota.objects.filter(pk=pk).update(public_id=named)
    for share in SeatShare.objects.filter(proposal=made).select_related("organization"):
        named = story_id("seat_share", f"{code}/{share.organization.code}")
        SeatShare.objects.filter(pk=share.pk).update(public_id=named)
    SeatProposal.objects.filter(pk=made.pk).update(**changed)


def _notice(catalogue: Catalogue, entry: Mapping[str, Any], users: Mapping[str, User]) -> Notice:
    session, user = catalogue.sessions[entry["course"], entry["ordinal"]], users[entry["user"]]
    name = f"{kind_of(session)}:{session.public_id}:{entry['kind']}"
    return Notice(
        public_id=story_id("notice", f"{name}/{entry['user']}"),
        recipient=user.staff,
        kind=entry["kind"],
        occasion=name,
        subject_kind=kind_of(session),
        subject=session.public_id,
        facts={"session_ja": session.title_ja, "session_en": session.title_en, "reason": SAMPLE},
        created_at=moment(entry["day"], 15, 30),
        read_at=moment(entry["day"], 17) if entry.get("read") else None,
    )
