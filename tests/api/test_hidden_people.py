"""A person who is hidden in the directory: on every surface that shows a person, for everybody who would see them there."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from psycopg.types.multirange import Multirange
from rest_framework.test import APIClient

from academy.models import Role, RoleGrant, Staff, User
from courses.models import AudiencePerson, Session, SessionInstructor
from enrollments.models import Attendance, Enrollment, ExamAttempt, LessonProgress, Team, TeamMember
from skills.models import Assessment, AssessmentCycle
from skills.operations.frameworks import load_framework, publish_framework
from tests import records, stage
from tests.api import props
from tests.cast import ALWAYS, Cast, account
from tests.whole_cast import open_case

ClientOf = Callable[[object], APIClient]
MEETING = (("2022-06-27 14:00", "2022-06-27 16:00"),)
NAME = "髙橋"
SEEING = {"hr", "digital_academy_hr", "ict"}  # HR of the authority, and the person


@pytest.fixture
def session(cast: Cast) -> Session:
    """A session of the digital bureau; `trainer` teaches it, ict2 is in it and in a team with ict, who is hidden."""
    made = stage.session(
        stage.course(stage.program(organization=cast.digital), rule={}), times=MEETING, status="published"
    )
    teacher = stage.instructor("佐藤 四郎", staff=cast.trainer)
    SessionInstructor.objects.create(session=made, instructor=teacher)
    hidden, other = records.enrolled(made, cast.ict, cast.ict2)
    (lesson,) = records.lessons(made.course, 60)
    LessonProgress.objects.create(enrollment=hidden, lesson=lesson, watched=Multirange())
    ExamAttempt.objects.create(
        enrollment=hidden, scheme=records.it_passport(), taken_on=dt.date(2022, 6, 20), total=1, passed=False,
        source="official",
    )  # fmt: skip
    team = Team.objects.create(session=made, name="A班")
    for row in (hidden, other):
        TeamMember.objects.create(team=team, enrollment=row)
    AudiencePerson.objects.create(audience=made.course.audience, staff=cast.ict, kind="include", reason="希望")
    framework = load_framework(path=props.SAMPLE, by=None)
    publish_framework(framework_id=framework.pk, by=None)
    cycle = AssessmentCycle.objects.create(
        framework=framework, fiscal_year=2022, name_ja="2022年度", opens_at=stage.tokyo("2022-06-01 09:00"),
        closes_at=stage.tokyo("2022-09-30 17:00"),
    )  # fmt: skip
    assessment = Assessment.objects.create(cycle=cycle, staff=cast.ict)
    Assessment.objects.filter(pk=assessment.pk).move_to("submitted", by=cast.ict.user, submissions=1)
    Staff.objects.filter(pk=cast.ict.pk).update(directory_hidden=True)
    return made


@pytest.fixture
def users(cast: Cast, session: Session) -> Mapping[str, User]:
    """Everybody who sees a person of the digital bureau somewhere."""
    found = {name: cast.user(name) for name in ("hr", "bureau_hr", "ict", "ict2", "head", "trainer")}
    scopes: dict[str, tuple[Role, dict[str, Any]]] = {
        "digital_academy_hr": (Role.ACADEMY_HR, {"organization": cast.digital}),
        "manager": (Role.PROGRAMME_MANAGER, {"program": session.course.program.public_id}),
        "digital_manager": (
            Role.PROGRAMME_MANAGER,
            {"program": session.course.program.public_id, "organization": cast.digital},
        ),
        "provider": (Role.PROVIDER, {"program": session.course.program.public_id}),
        "skill_office": (Role.SKILL_OFFICE, {}),
        "auditing": (Role.AUDITOR, {}),
    }
    for name, (role, scope) in scopes.items():
        found[name] = account(name)
        RoleGrant.objects.create(user=found[name], role=role, during=ALWAYS, **scope)
    open_case(found["auditing"], by=cast.hr)
    return found


def surfaces(session: Session) -> Mapping[str, set[str]]:
    """Each address that shows people, with who reads the hidden person there."""
    planning = {"hr", "digital_academy_hr"}
    at = f"sessions/{session.public_id}"
    course = session.course.public_id
    return {
        "staff/": SEEING,
        "enrollments/": SEEING,
        f"enrollments/?session={session.public_id}": SEEING,
        f"{at}/roster/": planning,  # the person does not read the roster
        f"{at}/attendance/": SEEING,
        "exam-attempts/": SEEING,
        "lesson-progress/": SEEING,
        "teams/": SEEING,
        "assessments/": SEEING,
        f"courses/{course}/people/": planning,
        "me/tasks/": set(),
        "me/enrollments/": {"ict"},
        "audit-events/": set(),
        "instructors/": set(),
        at + "/": set(),
    }


def test_no_surface_shows_a_hidden_person(
    cast: Cast, client_of: ClientOf, session: Session, users: Mapping[str, User]
) -> None:
    traces = {str(cast.ict.public_id), NAME, str(Enrollment.objects.get(staff=cast.ict).public_id)}
    for address, readers in surfaces(session).items():
        shown = set()
        for who, user in users.items():
            text = client_of(user).get(f"/api/v1/{address}").content.decode()
            if any(trace in text for trace in traces):
                shown.add(who)
        assert shown == readers, address


def test_the_surfaces_would_show_the_person_otherwise(
    cast: Cast, client_of: ClientOf, session: Session, users: Mapping[str, User]
) -> None:
    """The control: of somebody who is not hidden each of these reads more."""
    Staff.objects.update(directory_hidden=False)
    seeing = {
        address: {
            who for who, user in users.items() if NAME in client_of(user).get(f"/api/v1/{address}").content.decode()
        }
        for address in ("staff/", "enrollments/", f"sessions/{session.public_id}/roster/", "teams/", "me/tasks/")
    }
    everybody_here = {"hr", "digital_academy_hr", "bureau_hr", "manager", "trainer", "ict"}
    assert seeing == {
        "staff/": {"hr", "digital_academy_hr", "bureau_hr", "head", "auditing", "ict"},
        "enrollments/": everybody_here | {"head", "digital_manager", "provider", "auditing"},
        f"sessions/{session.public_id}/roster/": everybody_here - {"ict"} | {"digital_manager", "provider"},
        "teams/": everybody_here | {"ict2"},
        "me/tasks/": {"head"},
    }


def one_by_one(cast: Cast, session: Session) -> Iterator[str]:
    enrollment = Enrollment.objects.get(staff=cast.ict)
    yield f"staff/{cast.ict.public_id}/"
    yield f"staff/{cast.ict.public_id}/assignments/"
    yield f"enrollments/{enrollment.public_id}/"
    yield f"exam-attempts/{ExamAttempt.objects.get().public_id}/"
    yield f"lesson-progress/{LessonProgress.objects.get().public_id}/"
    yield f"assessments/{Assessment.objects.get().public_id}/"
    yield f"assessments/{Assessment.objects.get().public_id}/history/"


def test_a_hidden_persons_rows_are_missing_for_the_others(
    cast: Cast, client_of: ClientOf, session: Session, users: Mapping[str, User]
) -> None:
    for address in one_by_one(cast, session):
        found = {who for who, user in users.items() if client_of(user).get(f"/api/v1/{address}").status_code == 200}
        assert found == SEEING, address


@pytest.mark.parametrize("who", ["trainer", "provider", "manager", "bureau_hr", "digital_manager"])
def test_the_rest_includes_hidden_people_who_cannot_be_named(
    cast: Cast, client_of: ClientOf, session: Session, users: Mapping[str, User], who: str
) -> None:
    client, address = client_of(users[who]), f"/api/v1/sessions/{session.public_id}/attendance/"
    hidden, meeting = Enrollment.objects.get(staff=cast.ict), session.meetings.get()
    named = {"meeting": str(meeting.public_id), "marks": [{"enrollment": str(hidden.public_id), "mark": "absent"}]}
    refused = client.post(address, named).json()
    assert [(each["pointer"], each["code"]) for each in refused["errors"]] == [("/marks/0/enrollment", "not_found")]
    answer = client.post(address, {"meeting": str(meeting.public_id), "rest": "present"})
    assert (answer.status_code, answer.json()["present"]) == (200, 1)
    assert Attendance.objects.get(enrollment=hidden).mark == "present"


def test_reports_of_others_do_not_count_a_hidden_person(
    cast: Cast, client_of: ClientOf, session: Session, users: Mapping[str, User]
) -> None:
    decided = {}
    for who in ("hr", "digital_academy_hr", "bureau_hr", "manager", "head", "trainer"):
        rows = client_of(users[who]).get("/api/v1/reports/completion/?by=session").json()["rows"]
        decided[who] = rows[0]["decided"]
    assert decided == {"hr": 2, "digital_academy_hr": 2, "bureau_hr": 1, "manager": 1, "head": 1, "trainer": 1}


def test_a_hidden_assessment_is_reviewed_by_academy_hr(
    cast: Cast, client_of: ClientOf, session: Session, users: Mapping[str, User]
) -> None:
    address = f"/api/v1/assessments/{Assessment.objects.get().public_id}/return/"
    answers = {
        who: client_of(users[who]).post(address, {"reason": "根拠"}).status_code
        for who in ("head", "skill_office", "bureau_hr", "ict", "digital_academy_hr")
    }
    assert answers == {"head": 404, "skill_office": 404, "bureau_hr": 404, "ict": 403, "digital_academy_hr": 200}
